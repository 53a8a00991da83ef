/**
 * The one WebSocket of a lab page, a learner's own or an instructor's: terminals and state, see labs/protocol/live.ts.
 * Reconnects by itself and attaches every terminal again. Terminals get their bytes directly.
 */
import { EditorStore } from '#components/editor/editor-store.ts'
import { InspectorStore } from '#components/inspector/inspector-store.ts'
import { TimelineStore } from '#components/timeline/timeline-store.ts'
import { ERRORS } from '#config/errors.ts'
import { CLOSE } from '#labs/protocol/close.ts'
import type { ChangeResult, LineChange } from '#labs/protocol/edit.ts'
import type { LabSessionState, ShownAction, ToBrowser, ToGateway } from '#labs/protocol/live.ts'
import type { Fault } from '#labs/protocol/observation.ts'
import { gatewayUrl } from './gateway-url.ts'
import { Store } from './store.ts'

const FIRST_RETRY_MS = 100
const LAST_RETRY_MS = 5_000
/** Until then a lost connection is not worth a learner's eye. */
const CALM_MS = 1_000
/** Keeps the room from counting as idle; more often says nothing new. */
const ACTIVE_EVERY_MS = 60_000
/** The gateway's limit for one message (labs/protocol/live.ts), with room for the envelope. */
const INPUT_CHUNK_CHARS = 32_768
/** So many refusals in a row and it is worth asking why; a gateway that restarts is back before. */
const REFUSALS = 6
/** Refused from the start, or for longer than a restart takes: an instructor's view is not theirs. */
const REFUSALS_OF_TAUGHT = 12
const USUAL_SIZE = { cols: 100, rows: 28 }

export type Size = { cols: number; rows: number }
export type Connection = 'idle' | 'connecting' | 'open' | 'reconnecting'
export type Notice = { code: string; message: string; number: number }

export type LiveSnapshot = {
  session: string | null
  connection: Connection
  state: LabSessionState | null
  notice: Notice | null
  /** a prediction that was not taken: said at its field */
  refused: { step: string; says: string } | null
  /** step → how it is solved, of those that were asked for */
  solutions: Record<string, ShownAction[]>
  /** an instructor who watches: under this name among the watchers */
  watcher: string | null
  /** the terminal on top */
  active: string | null
  /** counts the times that a terminal was brought to the learner, by a click to run or a new one */
  brought: number
}

/** What a terminal on the page is to the socket. */
export type TerminalViewer = {
  screen: (data: string, size: Size) => void
  output: (data: string) => void
  resized: (size: Size) => void
  /** asked at each attach */
  now: () => Size & { visible: boolean }
  focus: () => void
}

const NOTHING: LiveSnapshot = {
  session: null,
  connection: 'idle',
  state: null,
  notice: null,
  refused: null,
  solutions: {},
  watcher: null,
  active: null,
  brought: 0,
}

export class LiveClient extends Store<LiveSnapshot> {
  readonly timeline = new TimelineStore((at) => this.send({ type: 'look', at }))
  readonly inspector = new InspectorStore((message) => this.send(message))
  readonly editor = new EditorStore((message) => this.send(message))
  /** An instructor watches until they stop, also after a reconnect. */
  #watches = false
  readonly #viewers = new Map<string, TerminalViewer>()
  #socket: WebSocket | null = null
  #retryMs = FIRST_RETRY_MS
  #timer: ReturnType<typeof setTimeout> | undefined
  #calm: ReturnType<typeof setTimeout> | undefined
  #lastActive = 0
  #notices = 0
  #refusals = 0
  /** A terminal to show and focus once its viewer is there. */
  #focusNext: string | null = null

  /** @param taughtIn the class in which the learner is taught; null: the page is the learner's own */
  constructor(readonly taughtIn: string | null = null) {
    super(NOTHING)
  }

  connect(session: string): void {
    const watches = this.#watches
    this.close()
    this.#watches = watches
    this.set({ ...NOTHING, session, connection: 'connecting' })
    const unsaved = this.editor.begin(session, this.taughtIn === null ? sessionStorage : null)
    // What is not saved is to be seen.
    if (unsaved) this.inspector.show('files')
    this.#open()
  }

  /** Leaves the room running. */
  close(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#calm)
    this.#retryMs = FIRST_RETRY_MS
    this.#watches = false
    const socket = this.#socket
    this.#socket = null
    socket?.close()
    this.timeline.reset()
    this.inspector.reset()
    this.editor.reset()
    this.set(NOTHING)
  }

  send(message: ToGateway): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  /** Whether what is typed goes to the room: an instructor's does when the learner has allowed it. */
  get mayType(): boolean {
    if (this.taughtIn === null) return true
    const { watcher, state } = this.snapshot
    return state?.watchers.find(({ id }) => id === watcher)?.typing === 'allowed'
  }

  watch(on: boolean): void {
    this.send({ type: 'watch', on })
  }

  help(wanted: boolean): void {
    this.send({ type: 'help', wanted })
    this.acted()
  }

  input(terminal: string, data: string): void {
    if (!this.mayType) return
    for (let at = 0; at < data.length; at += INPUT_CHUNK_CHARS)
      this.send({ type: 'terminal.input', terminal, data: data.slice(at, at + INPUT_CHUNK_CHARS) })
    this.acted()
  }

  /** Types a command where the learner sees it. */
  run(host: string, command: string): void {
    const preferred = this.snapshot.active
    this.send({ type: 'terminal.run', host, preferred, command, ...this.#size() })
    this.acted()
  }

  /** Lines of a file of the lab's editor, which is brought to the learner. @param tell as `EditorStore.change` */
  edit(path: string, change: LineChange, tell: (state: ChangeResult['state']) => void): void {
    this.inspector.bring('files')
    this.editor.change(path, change, tell)
    this.acted()
  }

  /** The host's terminal, brought to the learner; a new one where it has none that lives. */
  showTerminal(host: string): void {
    const open = this.snapshot.state?.terminals.findLast((one) => one.host === host && one.ended === null)
    if (open) this.activate(open.id)
    else if (this.taughtIn === null) this.openTerminal(host)
  }

  fault(fault: Fault): void {
    this.send({ type: 'fault', fault })
    this.acted()
  }

  predict(step: string, given: string): void {
    this.set({ ...this.snapshot, refused: null })
    this.send({ type: 'predict', step, given })
    this.acted()
  }

  openTerminal(host: string): void {
    this.send({ type: 'terminal.open', host, ...this.#size() })
    this.acted()
  }

  /** Tells the gateway that somebody is here. */
  acted(): void {
    if (this.taughtIn !== null) return
    if (performance.now() - this.#lastActive < ACTIVE_EVERY_MS && this.#lastActive > 0) return
    this.#lastActive = performance.now()
    this.send({ type: 'active' })
  }

  activate(terminal: string, { focus = true } = {}): void {
    if (focus) this.#focusNext = terminal
    this.set({ ...this.snapshot, active: terminal, brought: this.snapshot.brought + (focus ? 1 : 0) })
    this.#giveFocus()
  }

  dismissNotice(): void {
    this.set({ ...this.snapshot, notice: null })
  }

  notify(code: string, message: string): void {
    this.#notices += 1
    this.set({ ...this.snapshot, notice: { code, message, number: this.#notices } })
  }

  /** Returns what ends the view. */
  view(terminal: string, viewer: TerminalViewer): () => void {
    this.#viewers.set(terminal, viewer)
    this.#attach(terminal, viewer)
    // Let the caller finish its own set-up before it is focused.
    queueMicrotask(() => this.#giveFocus())
    return () => {
      if (this.#viewers.get(terminal) !== viewer) return
      this.#viewers.delete(terminal)
      this.send({ type: 'terminal.detach', terminal })
    }
  }

  #attach(terminal: string, viewer: TerminalViewer): void {
    this.send({ type: 'terminal.attach', terminal, ...viewer.now() })
  }

  #giveFocus(): void {
    const next = this.#focusNext
    if (next === null || next !== this.snapshot.active) return
    const viewer = this.#viewers.get(next)
    if (!viewer) return
    this.#focusNext = null
    // After React has shown it: a hidden element takes no focus.
    requestAnimationFrame(() => {
      if (!isTyping()) viewer.focus()
    })
  }

  #size(): Size {
    const viewer = this.#viewers.get(this.snapshot.active ?? '')
    if (!viewer) return USUAL_SIZE
    const { cols, rows } = viewer.now()
    return { cols, rows }
  }

  #open(): void {
    const { session } = this.snapshot
    const query = this.taughtIn === null ? undefined : { class: this.taughtIn }
    const socket = new WebSocket(gatewayUrl(`/gateway/lab-sessions/${session}/live`, query))
    this.#socket = socket
    socket.onopen = () => {
      if (this.#socket !== socket) return
      clearTimeout(this.#calm)
      this.#calm = undefined
      this.#retryMs = FIRST_RETRY_MS
      this.#refusals = 0
      this.set({ ...this.snapshot, connection: 'open' })
      this.timeline.reconnected()
      this.inspector.reconnected()
      // An instructor reads along once they watch.
      if (this.taughtIn === null) this.editor.reconnected()
      if (this.#watches) this.watch(true)
      else for (const [terminal, viewer] of this.#viewers) this.#attach(terminal, viewer)
    }
    socket.onmessage = ({ data }) => {
      if (this.#socket === socket) this.#receive(JSON.parse(String(data)) as ToBrowser)
    }
    socket.onclose = ({ code }) => {
      if (this.#socket !== socket) return
      if (code === CLOSE.signedOut) this.#giveUp('NOT_SIGNED_IN')
      else if (code === CLOSE.notAllowed) this.#giveUp('NOT_YOURS')
      else this.#lost()
    }
  }

  #lost(): void {
    this.#socket = null
    if (isOver(this.snapshot.state)) {
      this.set({ ...this.snapshot, connection: 'idle' })
      return
    }
    this.#calm ??= setTimeout(() => this.set({ ...this.snapshot, connection: 'reconnecting' }), CALM_MS)
    this.#timer = setTimeout(() => this.#open(), this.#retryMs)
    this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2)
    this.#refusals += 1
    if (this.taughtIn !== null && this.#refusals >= REFUSALS_OF_TAUGHT) this.#giveUp('NOT_YOURS')
    else if (this.#refusals % REFUSALS === 0) void this.#askWhy()
  }

  /** A refused WebSocket does not say why; the same question over HTTP does. */
  async #askWhy(): Promise<void> {
    const { session } = this.snapshot
    const answer = await fetch(`/gateway/lab-sessions?lab=-`).catch(() => null)
    if (answer?.status === ERRORS.NOT_SIGNED_IN.status && this.snapshot.session === session)
      this.#giveUp('NOT_SIGNED_IN')
  }

  #giveUp(code: 'NOT_SIGNED_IN' | 'NOT_YOURS'): void {
    this.close()
    this.notify(code, code === 'NOT_YOURS' ? ERRORS.NOT_YOUR_CLASS.message : ERRORS[code].message)
  }

  #receive(message: ToBrowser): void {
    switch (message.type) {
      case 'state': {
        const { next } = message.state.room
        // An instructor has put another in its place.
        if (next !== null) return this.connect(next)
        this.set({ ...this.snapshot, state: message.state, active: topmost(this.snapshot.active, message.state) })
        break
      }
      case 'watching':
        this.#watches = message.watcher !== null
        this.set({ ...this.snapshot, watcher: message.watcher })
        if (message.watcher === null) break
        this.editor.reconnected()
        for (const [terminal, viewer] of this.#viewers) this.#attach(terminal, viewer)
        break
      case 'timeline':
      case 'then':
        this.timeline.receive(message)
        break
      case 'log.page':
      case 'state.view':
      case 'state.compared':
      case 'state.proved':
      case 'change':
        this.inspector.receive(message)
        break
      case 'files':
      case 'file':
      case 'file.saved':
        this.editor.receive(message)
        break
      case 'terminal.screen':
        this.#viewers.get(message.terminal)?.screen(message.data, message)
        break
      case 'terminal.output':
        this.#viewers.get(message.terminal)?.output(message.data)
        break
      case 'terminal.resized':
        this.#viewers.get(message.terminal)?.resized(message)
        break
      case 'refused':
        this.set({ ...this.snapshot, refused: { step: message.step, says: message.says } })
        break
      case 'solution':
        this.set({ ...this.snapshot, solutions: { ...this.snapshot.solutions, [message.step]: message.actions } })
        break
      case 'ran':
      case 'opened':
        this.activate(message.terminal)
        break
      case 'error':
        // Said where the snapshot was chosen.
        if (message.code === 'UNKNOWN_SNAPSHOT') this.inspector.states.refuse(message.message)
        else this.notify(message.code, message.message)
        break
    }
  }
}

export const isOver = (state: LabSessionState | null): boolean =>
  state?.room.status === 'ended' || state?.room.status === 'failed'

/** The active terminal while it is there (or about to be), else the last one that lives. */
function topmost(active: string | null, { terminals }: LabSessionState): string | null {
  if (active !== null && terminals.some(({ id }) => id === active)) return active
  return (terminals.findLast(({ ended }) => ended === null) ?? terminals.at(-1))?.id ?? active
}

/** Somebody is in a field of the page: a terminal that opens meanwhile does not take their keys. */
function isTyping(): boolean {
  const isField = document.activeElement?.matches('input, textarea, select, [contenteditable="true"]') ?? false
  return isField && !document.activeElement?.closest('[data-terminal]')
}
