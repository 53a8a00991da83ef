/** Tokens come back with time, up to a burst. */
export class RateLimit {
  private readonly taken = new Map<string, { tokens: number; at: number }>()

  constructor(
    private readonly burst: number,
    private readonly refillMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  take(who: string): boolean {
    const now = this.now()
    const before = this.taken.get(who) ?? { tokens: this.burst, at: now }
    const tokens = Math.min(this.burst, before.tokens + (now - before.at) / this.refillMs)
    if (tokens < 1) return false
    this.taken.set(who, { tokens: tokens - 1, at: now })
    if (this.taken.size > MAX_REMEMBERED) this.forgetFull(now)
    return true
  }

  private forgetFull(now: number): void {
    for (const [who, { tokens, at }] of this.taken) {
      if (tokens + (now - at) / this.refillMs >= this.burst) this.taken.delete(who)
    }
  }
}

/** Those whose tokens are all back are as good as unknown. */
const MAX_REMEMBERED = 10_000
