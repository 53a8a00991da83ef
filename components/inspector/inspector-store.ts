/**
 * What the inspector shows and where: which tab and host, a place that was asked for; and what it fetched. Beside the
 * state of the workbench, since the timeline and the lesson lead into it.
 */
import { SnapshotFiles } from '#components/snapshots/snapshot-files.ts'
import { Store } from '#components/workbench/store.ts'
import type { ShownFact, ToBrowser, ToGateway } from '#labs/protocol/live.ts'
import type { StateSource } from '#labs/protocol/log.ts'
import { ChangeStore } from './change-store.ts'
import { type Filter, NO_FILTER } from './filter.ts'
import { LogStore } from './log-store.ts'
import { StateStore } from './state-store.ts'

/** besides what every lab shows, the facts and files that this one does */
export type PanelTab = 'cluster' | 'log' | 'snapshots' | 'files' | ShownFact['kind']
export type InspectorView = {
  tab: PanelTab
  /** null: the one that leads */
  host: string | null
  filter: Filter
  /** key of the row of the log that is opened: the same record has the same in every host's log */
  opened: string | null
  /** the state that the tab Snapshots shows, and one before it to compare with; null: none was chosen */
  state: StateSource | null
  before: StateSource | null
  /** offsets to show, once; `number` tells one request from the next */
  target: { first: number; last: number; number: number } | null
  /** counts the times that something else led here */
  brought: number
}

const BEGIN: InspectorView = {
  tab: 'cluster',
  host: null,
  filter: NO_FILTER,
  opened: null,
  state: null,
  before: null,
  target: null,
  brought: 0,
}

export class InspectorStore extends Store<InspectorView> {
  readonly log: LogStore
  readonly states: StateStore
  readonly changes: ChangeStore
  readonly files: SnapshotFiles

  constructor(send: (message: ToGateway) => void) {
    super(BEGIN)
    this.log = new LogStore((host, range) => send({ type: 'log.read', host, range }))
    this.files = new SnapshotFiles((host, range) => send({ type: 'log.read', host, range }))
    this.states = new StateStore(send)
    this.changes = new ChangeStore((seq) => send({ type: 'change', seq }))
  }

  /** Another lab session. */
  reset(): void {
    this.log.reset()
    this.states.reset()
    this.changes.reset()
    this.files.reset()
    this.set({ ...BEGIN, tab: this.snapshot.tab })
  }

  /** A new connection: what was asked on the old one is not answered. */
  reconnected(): void {
    this.log.reconnected()
    this.states.reconnected()
    this.changes.reconnected()
    this.files.reconnected()
  }

  receive(
    message: Extract<ToBrowser, { type: 'log.page' | 'state.view' | 'state.compared' | 'state.proved' | 'change' }>,
  ): void {
    if (message.type === 'log.page') {
      this.log.receive(message.page)
      this.files.receive(message.page)
    } else if (message.type === 'change') this.changes.receive(message.change)
    else this.states.receive(message)
  }

  show(tab: PanelTab): void {
    this.set({ ...this.snapshot, tab })
  }

  /** The same where something else leads there: on a small screen it comes to the front. */
  bring(tab: PanelTab): void {
    this.set({ ...this.snapshot, tab, brought: this.snapshot.brought + 1 })
  }

  choose(host: string | null): void {
    this.set({ ...this.snapshot, host, target: null })
  }

  setFilter(filter: Filter): void {
    this.set({ ...this.snapshot, filter })
  }

  open(row: string | null): void {
    this.set({ ...this.snapshot, opened: row })
  }

  /** @param before what it is compared with; null: nothing */
  showState(state: StateSource, before: StateSource | null): void {
    this.set({ ...this.snapshot, state, before })
  }

  /** Leads to these offsets in the log, of the host that is looked at or the one given; no filter hides them. */
  showOffsets(first: number, last = first, host = this.snapshot.host): void {
    const { target, brought } = this.snapshot
    this.set({
      ...this.snapshot,
      tab: 'log',
      host,
      filter: NO_FILTER,
      target: { first, last, number: (target?.number ?? 0) + 1 },
      brought: brought + 1,
    })
  }
}
