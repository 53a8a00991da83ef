import type { Clock } from './clock.ts'

/** How much of something may be done: so much each second, and a store of what was not. What is taken may make debts. */
export class Budget {
  readonly #clock: Clock
  readonly #perMs: number
  readonly #burst: number
  #left: number
  #at: number

  constructor(clock: Clock, { perSecond, burst }: { perSecond: number; burst: number }) {
    this.#clock = clock
    this.#perMs = perSecond / 1_000
    this.#burst = burst
    this.#left = burst
    this.#at = clock.now()
  }

  /** ms until something may be taken again; 0: now. */
  get waitMs(): number {
    this.#refill()
    return this.#left > 0 ? 0 : Math.ceil((1e-6 - this.#left) / this.#perMs)
  }

  take(amount: number): void {
    this.#refill()
    this.#left -= amount
  }

  #refill(): void {
    const now = this.#clock.now()
    this.#left = Math.min(this.#burst, this.#left + (now - this.#at) * this.#perMs)
    this.#at = now
  }
}
