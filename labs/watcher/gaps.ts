import type { Surroundings } from './room.ts'

const PERIOD_MS = 1_000

/** Tells what could not be told, once a second at most, and each time from when on. */
export class Gaps {
  readonly #room: Surroundings
  #told = Number.NEGATIVE_INFINITY
  #isDue = false

  constructor(room: Surroundings) {
    this.#room = room
  }

  note(why: string): void {
    if (this.#isDue) return
    this.#isDue = true
    const since = Date.now()
    const { clock, signal, emit, problem } = this.#room
    const later = async (): Promise<void> => {
      const early = this.#told + PERIOD_MS - clock.now()
      if (early > 0) await clock.delay(early, signal)
      this.#isDue = false
      this.#told = clock.now()
      emit({ type: 'unobserved', why, since })
    }
    later().catch(problem)
  }
}
