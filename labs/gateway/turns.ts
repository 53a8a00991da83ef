/**
 * Costly questions about one lab session, of all its browsers: one after another, and most of the time none. However many
 * ask, a tenth of the loop at most is theirs; what waits for the room costs nobody anything.
 */
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { KraftlabError } from '#config/errors.ts'

const REST = 10
const MIN_REST_MS = 30
/** A page asks for a few at once when it opens. */
const MAX_WAITING = 12

type Wish = { browser: string; work: () => Promise<void>; drop: (why: Error) => void }

export class Turns {
  private waiting: Wish[] = []
  private serving = false

  /** @throws KraftlabError UNAVAILABLE where this browser has asked for too much, or has left; and as `work` */
  ask<Answer>(browser: string, work: () => Promise<Answer>): Promise<Answer> {
    if (this.waiting.filter((one) => one.browser === browser).length >= MAX_WAITING)
      return Promise.reject(new KraftlabError('UNAVAILABLE', 'That was too much at once. Wait a few seconds.'))
    return new Promise((resolve, reject) => {
      this.waiting.push({ browser, work: () => work().then(resolve, reject), drop: reject })
      if (!this.serving) void this.serve()
    })
  }

  forget(browser: string): void {
    const left = this.waiting.filter((one) => one.browser === browser)
    this.waiting = this.waiting.filter((one) => one.browser !== browser)
    for (const { drop } of left) drop(new KraftlabError('UNAVAILABLE'))
  }

  private async serve(): Promise<void> {
    this.serving = true
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      const before = performance.eventLoopUtilization()
      await next.work()
      const { active } = performance.eventLoopUtilization(before)
      await delay(Math.max(MIN_REST_MS, REST * active), undefined, { ref: false })
    }
    this.serving = false
  }
}
