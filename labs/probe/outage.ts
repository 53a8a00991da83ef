/** When something stopped working and when it worked again, from successes and silence. Does nothing by itself. */

export type Outage = {
  /** the last success before, ms since 1970 */
  from: number
  /** the first success after; null while it lasts */
  to: number | null
  why: string
}

/** Time, so that it can be a test's: `mono` in ms on a monotonic clock, `wall` in ms since 1970. */
export type MeterClock = { mono(): number; wall(): number }

/** How often `tick` is to be called. */
export const TICK_MS = 50
/** Told within a second, and no answer of a busy machine takes so long as a rule. */
export const SURE_MS = 900
/** A tick this late means that this process itself did not run, and would not have seen an answer. */
const STALL_MS = 250

export class OutageMeter {
  readonly #clock: MeterClock
  readonly #tell: (outage: Outage) => void
  /** the last success, or the end of a stall in which there may have been others; null before the first success */
  #since: { mono: number; wall: number } | null = null
  #ticked: number
  /** ms since then in which this process did run */
  #silent = 0
  #failure: string | null = null
  #told = false

  constructor(clock: MeterClock, tell: (outage: Outage) => void) {
    this.#clock = clock
    this.#tell = tell
    this.#ticked = clock.mono()
  }

  get worked(): boolean {
    return this.#since !== null
  }
  /** ms for which nothing has succeeded; 0 before the first success */
  get silentMs(): number {
    return this.#since ? this.#clock.mono() - this.#since.mono : 0
  }

  success(): void {
    const now = this.#now()
    if (this.#told && this.#since) {
      // by the monotonic clock: the other may be set meanwhile
      const lasted = now.mono - this.#since.mono
      this.#tell({ ...this.#outage(this.#since), to: Math.round(this.#since.wall + lasted) })
    }
    this.#since = now
    this.#silent = 0
    this.#failure = null
    this.#told = false
  }

  /** An attempt failed, which proves nothing: another may succeed at once. */
  failure(why: string): void {
    this.#failure = why
  }

  tick(): void {
    const now = this.#now()
    const gap = now.mono - this.#ticked
    this.#ticked = now.mono
    if (!this.#since || this.#told) return
    if (gap < STALL_MS) this.#silent += gap
    // what nobody has seen fail did not fail in a time in which nobody looked
    else if (this.#failure === null) this.#since = now
    if (this.#silent < SURE_MS) return
    this.#told = true
    this.#tell({ ...this.#outage(this.#since), to: null })
  }

  #outage(since: { wall: number }): Omit<Outage, 'to'> {
    return { from: Math.round(since.wall), why: this.#failure ?? 'no answer' }
  }
  #now(): { mono: number; wall: number } {
    return { mono: this.#clock.mono(), wall: this.#clock.wall() }
  }
}
