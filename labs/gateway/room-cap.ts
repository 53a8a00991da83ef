/** How many rooms this machine holds, and how fast one learner may start them. */
import { freemem } from 'node:os'

/** Three nodes, a compiling JVM, shells and their files in memory. */
const ROOM_BYTES = 1.5 * 2 ** 30
/** For the site, the gateway and the system. */
const RESERVED_BYTES = 2 ** 30

/**
 * @param configured KRAFTLAB_MAX_ROOMS
 * @param running rooms that already take their memory
 */
export function roomCap(configured: number | null, running: number): number {
  if (configured !== null) return configured
  // freemem is MemAvailable; in a container the limit counts, which is 0 or huge where there is none.
  const limit = process.constrainedMemory()
  const free = limit > 0 ? Math.min(freemem(), limit - process.memoryUsage.rss()) : freemem()
  return Math.max(1, running + Math.floor((free - RESERVED_BYTES) / ROOM_BYTES))
}

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

/** So many of a kind at once; the others wait in order. */
export class Slots {
  private readonly waiting: (() => void)[] = []

  constructor(private free: number) {}

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.free > 0) this.free--
    else await new Promise<void>((resolve) => this.waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.waiting.shift()
      if (next) next()
      else this.free++
    }
  }
}
