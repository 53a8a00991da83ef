/** Work on bytes of any number beside terminals: after so long the event loop gets its turn. */
import { setImmediate as turn } from 'node:timers/promises'

/** A keystroke waits for no longer than this and the largest step between two looks. */
const SLICE_MS = 6

export class Slices {
  #began = performance.now()

  get isOver(): boolean {
    return performance.now() - this.#began > SLICE_MS
  }

  /** Lets others have their turn. */
  async rest(): Promise<void> {
    await turn()
    this.#began = performance.now()
  }
}
