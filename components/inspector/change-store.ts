/** What commands changed, as the gateway tells it. React reads it by `useSyncExternalStore`. */
import type { CommandChange } from '#labs/protocol/log.ts'

export class ChangeStore {
  #known: ReadonlyMap<number, CommandChange> = new Map()
  readonly #asked = new Set<number>()
  readonly #listeners = new Set<() => void>()

  constructor(private readonly ask: (seq: number) => void) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  readonly getSnapshot = (): ReadonlyMap<number, CommandChange> => this.#known
  readonly getServerSnapshot = (): ReadonlyMap<number, CommandChange> => NONE

  /** Another lab session. */
  reset(): void {
    this.#asked.clear()
    this.#set(new Map())
  }

  reconnected(): void {
    for (const seq of this.#asked) this.ask(seq)
  }

  /** @param seq of the command's event on the timeline. Asked each time: what overlaps it may have ended meanwhile. */
  want(seq: number): void {
    this.#asked.add(seq)
    this.ask(seq)
  }

  receive(change: CommandChange): void {
    this.#asked.delete(change.seq)
    this.#set(new Map(this.#known).set(change.seq, change))
  }

  #set(next: ReadonlyMap<number, CommandChange>): void {
    this.#known = next
    for (const listener of this.#listeners) listener()
  }
}

const NONE: ReadonlyMap<number, CommandChange> = new Map()
