/** What commands changed, as the gateway tells it. */
import { Store } from '#components/workbench/store.ts'
import type { CommandChange } from '#labs/protocol/log.ts'

export class ChangeStore extends Store<ReadonlyMap<number, CommandChange>> {
  readonly #asked = new Set<number>()

  constructor(private readonly ask: (seq: number) => void) {
    super(NONE)
  }

  /** Another lab session. */
  reset(): void {
    this.#asked.clear()
    this.set(new Map())
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
    this.set(new Map(this.snapshot).set(change.seq, change))
  }
}

const NONE: ReadonlyMap<number, CommandChange> = new Map()
