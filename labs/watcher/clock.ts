/** Time as the watcher sees it, so that it can be another's. */
export type Clock = {
  /** ms on a monotonic clock */
  now(): number
  /** Resolves after `ms` ms, or at once when the signal is aborted. Never rejects. */
  delay(ms: number, signal: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => performance.now(),
  delay: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const done = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal.addEventListener('abort', done, { once: true })
    }),
}

/** A wait that can be cut short: by `ring`, by time, or by the signal. A ring while nobody waits counts for the next. */
export class Bell {
  readonly #clock: Clock
  #rung = false
  #waking: AbortController | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  ring(): void {
    this.#rung = true
    this.#waking?.abort()
  }

  /** @returns whether it was rung */
  async wait(ms: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#rung && !signal.aborted && ms > 0) {
      const waking = new AbortController()
      const stop = (): void => waking.abort()
      signal.addEventListener('abort', stop, { once: true })
      this.#waking = waking
      await this.#clock.delay(ms, waking.signal)
      this.#waking = undefined
      signal.removeEventListener('abort', stop)
    }
    const rung = this.#rung
    this.#rung = false
    return rung
  }
}

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 2_000

/** Pauses that double from one failure to the next. */
export class Backoff {
  #pause = FIRST_PAUSE_MS

  reset(): void {
    this.#pause = FIRST_PAUSE_MS
  }

  next(): number {
    const pause = this.#pause
    this.#pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
    return pause
  }
}

/** Rejects if the promise has not settled in time; whatever comes later is dropped. */
export function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what} took more than ${ms} ms`)), ms)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
