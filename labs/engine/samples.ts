/**
 * Thins samples to one a second of each kind and host. The newest is never lost, only late by
 * that second: events that came meanwhile stand before it, and the fold believes it no more than they allow.
 */
import type { Observation } from '#labs/protocol/observation.ts'

const EVERY_MS = 1_000

type Seen = { number: number; at: number; mono: number; observation: Observation }

export class Samples {
  /** kind and host → when one was last let through, ms since 1970 by the switch's clock */
  private readonly last = new Map<string, number>()
  private readonly waiting = new Map<string, Seen>()
  /** let through or waiting */
  private readonly newest = new Map<string, Observation>()
  private timer: NodeJS.Timeout | null = null

  constructor(private readonly through: (seen: Seen) => void) {}

  take(seen: Seen): void {
    const key = sampleKey(seen.observation)
    const before = this.newest.get(key)
    this.newest.set(key, seen.observation)
    if (before && !supersedes(seen.observation, before)) {
      const waits = this.waiting.get(key)
      if (waits) this.pass(key, waits)
      return this.pass(key, seen)
    }
    const since = seen.at - (this.last.get(key) ?? Number.NEGATIVE_INFINITY)
    // A clock that was set back must not hold samples up.
    if (since >= EVERY_MS || since < 0) return this.pass(key, seen)
    // Later is newer, also among those that wait.
    this.waiting.delete(key)
    this.waiting.set(key, seen)
    this.timer ??= setTimeout(() => this.flush(), EVERY_MS - since)
  }

  /** Lets through what waits. */
  flush(): void {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    for (const [key, seen] of [...this.waiting]) this.pass(key, seen)
  }

  private pass(key: string, seen: Seen): void {
    this.waiting.delete(key)
    this.last.set(key, seen.at)
    this.through(seen)
  }
}

/** Of samples with the same key the newest says all that those before it said, where it supersedes them. */
export function sampleKey(seen: Observation): string {
  const of = 'host' in seen ? seen.host : 'cluster' in seen ? seen.cluster : ''
  return `${seen.type} ${of}`
}

/** A probe that counts less than before, or no longer tells of a lost record, has begun anew. */
export function supersedes(seen: Observation, before: Observation): boolean {
  if (seen.type !== 'probe' || before.type !== 'probe') return true
  return seen.acknowledged >= before.acknowledged && before.lost.every((offset) => seen.lost.includes(offset))
}
