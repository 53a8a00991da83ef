/**
 * What browsers look at again and again, of one lab session: one at a time, the newest wish of each, and most of the time
 * nobody. However many ask, however long a history takes to fold, a tenth of the loop at most is theirs.
 */
import { setTimeout as delay } from 'node:timers/promises'

/** Nobody sees more than two frames of a screen do. */
const EVERY_MS = 30
const REST = 10
/** However long one took: it may have waited for a host. */
const MAX_REST_MS = 2_000

type Waiting<Wish, Then> = { wish: Wish; resolve: (then: Then | null) => void; reject: (error: unknown) => void }

export class Looks<Wish, Then> {
  /** by browser, in the order in which they are served */
  private readonly wishes = new Map<string, Waiting<Wish, Then>>()
  private serving = false

  /** @param rest times as long as one took nobody is served */
  constructor(
    private readonly look: (wish: Wish) => Promise<Then>,
    private readonly rest = REST,
  ) {}

  /** @returns null where the same browser has wished for something else since, or has left */
  ask(browser: string, wish: Wish): Promise<Then | null> {
    return new Promise((resolve, reject) => {
      this.wishes.get(browser)?.resolve(null)
      this.wishes.set(browser, { wish, resolve, reject })
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
      await this.look(next.wish).then(next.resolve, next.reject)
      const rest = Math.min(MAX_REST_MS, this.rest * (performance.now() - began))
      await delay(Math.max(EVERY_MS, rest), undefined, { ref: false })
    }
    this.serving = false
  }

  private take(): Waiting<Wish, Then> | null {
    const [first] = this.wishes
    if (!first) return null
    this.wishes.delete(first[0])
    return first[1]
  }
}
