/**
 * Looking back at one lab session, for all its browsers: one at a time, the newest wish of each, and most of the time
 * nobody. However many ask, however long a history takes to fold, a tenth of the loop at most is theirs.
 */
import { setTimeout as delay } from 'node:timers/promises'

/** Nobody sees more than two frames of a screen do. */
const EVERY_MS = 30
const REST = 10

type Wish<Then> = { at: number; resolve: (then: Then | null) => void; reject: (error: unknown) => void }

export class Looks<Then> {
  /** by browser, in the order in which they are served */
  private readonly wishes = new Map<string, Wish<Then>>()
  private serving = false

  constructor(private readonly viewAt: (at: number) => Promise<Then>) {}

  /** @param at ms since 1970 @returns null where the same browser has wished for another time since, or has left */
  ask(browser: string, at: number): Promise<Then | null> {
    return new Promise((resolve, reject) => {
      this.wishes.get(browser)?.resolve(null)
      this.wishes.set(browser, { at, resolve, reject })
      if (!this.serving) void this.serve()
    })
  }

  forget(browser: string): void {
    this.wishes.get(browser)?.resolve(null)
    this.wishes.delete(browser)
  }

  private async serve(): Promise<void> {
    this.serving = true
    for (let next = this.take(); next; next = this.take()) {
      const began = performance.now()
      await this.viewAt(next.at).then(next.resolve, next.reject)
      await delay(Math.max(EVERY_MS, REST * (performance.now() - began)), undefined, { ref: false })
    }
    this.serving = false
  }

  private take(): Wish<Then> | null {
    const [first] = this.wishes
    if (!first) return null
    this.wishes.delete(first[0])
    return first[1]
  }
}
