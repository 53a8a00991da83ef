/**
 * The fold at any earlier time. Folds at every chunk's beginning are kept (they share what did not change), the entries
 * are not: those of one chunk are read again from the file.
 */
import { isSample } from '#labs/protocol/observation.ts'
import { type Fold, foldEntry } from './fold.ts'
import { CHUNK, type Entry } from './history.ts'
import type { Layout } from './layout.ts'
import { sampleKey } from './samples.ts'

type Checkpoint = { fold: Fold; at: number }

export class LookBack {
  private readonly checkpoints: Checkpoint[] = []
  private count = 0
  /** of the newest entry, ms since 1970 */
  private newest = 0
  /** Scrubbing stays near where it is: the chunk that was read last. */
  private cached: { chunk: number; count: number; entries: Promise<Entry[]> } | null = null

  constructor(
    private readonly layout: Layout,
    private readonly read: (chunk: number) => Promise<Entry[]>,
  ) {}

  /** @param fold of all before the entry */
  take({ at }: Entry, fold: Fold): void {
    // Clocks of gateway and switch: a later entry may be earlier by some milliseconds.
    this.newest = Math.max(this.newest, at)
    if (this.count % CHUNK === 0) this.checkpoints.push({ fold, at: this.newest })
    this.count++
  }

  /** @param at ms since 1970 @returns null where nothing came later */
  async foldAt(at: number): Promise<Fold | null> {
    if (at >= this.newest) return null
    const chunk = this.chunkAt(at)
    const checkpoint = this.checkpoints[chunk]
    if (!checkpoint) return null
    let { fold } = checkpoint
    for (const entry of whatCounts(await this.entries(chunk), at)) fold = foldEntry(fold, entry, this.layout)
    return fold
  }

  private chunkAt(at: number): number {
    let [low, high] = [0, this.checkpoints.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.checkpoints[middle]!.at > at) high = middle
      else low = middle + 1
    }
    return Math.max(0, low - 1)
  }

  private entries(chunk: number): Promise<Entry[]> {
    const count = Math.min(this.count - chunk * CHUNK, CHUNK)
    if (this.cached?.chunk !== chunk || this.cached.count !== count) {
      this.cached = { chunk, count, entries: this.read(chunk) }
    }
    return this.cached.entries
  }
}

/** Those up to then, oldest first, without the samples that later ones made meaningless: most of a quiet hour. */
function whatCounts(entries: Entry[], at: number): Entry[] {
  const counting: Entry[] = []
  const sampled = new Set<string>()
  const later = entries.findIndex((entry) => entry.at > at)
  for (let index = (later < 0 ? entries.length : later) - 1; index >= 0; index--) {
    const entry = entries[index]!
    const { body } = entry
    if (body.type === 'observed' && isSample(body.observation)) {
      const key = sampleKey(body.observation)
      if (sampled.has(key)) continue
      sampled.add(key)
    }
    counting.push(entry)
  }
  return counting.reverse()
}
