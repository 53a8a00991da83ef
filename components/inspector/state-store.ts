/**
 * States of the metadata that were asked for: trees, comparisons, proofs. An answer names what it answers, so several
 * may be under way.
 */
import { Store } from '#components/workbench/store.ts'
import type { ToBrowser, ToGateway } from '#labs/protocol/live.ts'
import type { StateProof, StateSource, StateView, TreeChange } from '#labs/protocol/log.ts'

/** A snapshot is read from the host's files, and the log behind it for a proof. */
const ANSWER_LIMIT_MS = 20_000

export type Comparison = { before: StateSource; after: StateSource; changes: TreeChange[]; left: number }
/** `problem`: why there is no (new) answer, in a sentence; empty: none came in time; null: all is well */
export type Asked<Answer> = { answer: Answer | null; pending: boolean; problem: string | null }
export type StatesSnapshot = {
  views: ReadonlyMap<string, Asked<StateView>>
  comparisons: ReadonlyMap<string, Asked<Comparison>>
  proofs: ReadonlyMap<string, Asked<StateProof>>
}
type Kind = keyof StatesSnapshot

const NOTHING: StatesSnapshot = { views: new Map(), comparisons: new Map(), proofs: new Map() }
const PENDING = { answer: null, pending: true, problem: null }

export const keyOfSource = (source: StateSource): string =>
  source.of === 'live' ? 'live' : `${source.host} ${source.file}`
export const keyOfComparison = (before: StateSource, after: StateSource): string =>
  `${keyOfSource(before)} ↔ ${keyOfSource(after)}`
export const keyOfProof = (host: string, file: string): string => `${host} ${file}`

export class StateStore extends Store<StatesSnapshot> {
  readonly #limits = new Map<string, { timer: ReturnType<typeof setTimeout>; message: ToGateway }>()

  constructor(private readonly send: (message: ToGateway) => void) {
    super(NOTHING)
  }

  /** Another lab session. */
  reset(): void {
    for (const { timer } of this.#limits.values()) clearTimeout(timer)
    this.#limits.clear()
    this.set(NOTHING)
  }

  /** A new connection: what was asked on the old one is not answered. */
  reconnected(): void {
    for (const { message } of this.#limits.values()) this.send(message)
  }

  read(source: StateSource): void {
    this.#ask('views', keyOfSource(source), { type: 'state.read', source })
  }

  compare(before: StateSource, after: StateSource): void {
    this.#ask('comparisons', keyOfComparison(before, after), { type: 'state.compare', before, after })
  }

  prove(host: string, file: string): void {
    this.#ask('proofs', keyOfProof(host, file), { type: 'state.prove', host, file })
  }

  receive(message: Extract<ToBrowser, { type: 'state.view' | 'state.compared' | 'state.proved' }>): void {
    if (message.type === 'state.view') this.#answer('views', keyOfSource(message.view.source), message.view)
    else if (message.type === 'state.proved')
      this.#answer('proofs', keyOfProof(message.proof.host, message.proof.file), message.proof)
    else this.#answer('comparisons', keyOfComparison(message.before, message.after), message)
  }

  /** A snapshot is not there any more. An error does not name its question: it holds for all that wait for a file. */
  refuse(problem: string): void {
    for (const [id, { timer, message }] of this.#limits) {
      if (message.type === 'state.read' && message.source.of === 'live') continue
      clearTimeout(timer)
      this.#limits.delete(id)
      const [kind = '', ...key] = id.split(' ')
      this.#put(kind as Kind, key.join(' '), { pending: false, problem })
    }
  }

  /** What was known is shown until the answer is there. */
  #ask(kind: Kind, key: string, message: ToGateway): void {
    const id = `${kind} ${key}`
    clearTimeout(this.#limits.get(id)?.timer)
    const timer = setTimeout(() => {
      this.#limits.delete(id)
      this.#put(kind, key, { pending: false, problem: '' })
    }, ANSWER_LIMIT_MS)
    this.#limits.set(id, { timer, message })
    this.#put(kind, key, { pending: true, problem: null })
    this.send(message)
  }

  #answer(kind: Kind, key: string, answer: StateView | Comparison | StateProof): void {
    const id = `${kind} ${key}`
    clearTimeout(this.#limits.get(id)?.timer)
    this.#limits.delete(id)
    this.#put(kind, key, { answer, pending: false, problem: null })
  }

  #put(kind: Kind, key: string, part: Partial<Asked<unknown>>): void {
    const known: ReadonlyMap<string, Asked<unknown>> = this.snapshot[kind]
    this.set({ ...this.snapshot, [kind]: new Map(known).set(key, { ...(known.get(key) ?? PENDING), ...part }) })
  }
}
