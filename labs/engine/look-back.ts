/**
 * The fold at any earlier time. Folds at every chunk's beginning are kept (they share what did not change), the entries
 * are not: those of one chunk are read again from the file.
 */
import { isSample, type Observation } from '#labs/protocol/observation.ts'
import { firstAfter } from './first-after.ts'
import { type Fold, foldEntry } from './fold.ts'
import type { Entry, History } from './history.ts'
import type { Layout } from './layout.ts'
import { sampleKey, supersedes } from './samples.ts'

/** `count`: of the entries before it */
type Checkpoint = { fold: Fold; at: number; count: number }

/** Scrubbing comes back within moments; a chunk's entries are too large to keep for nobody. */
const KEPT_MS = 5_000

export class LookBack {
  private readonly checkpoints: Checkpoint[] = []
  private count = 0
  /** of the newest entry, ms since 1970 */
  private newest = 0
  /** Scrubbing stays near where it is: the chunk that was read last. */
  private cached: { chunk: number; end: number; entries: Promise<Entry[]> } | null = null
  private dropping: NodeJS.Timeout | null = null

  constructor(
    private readonly layout: Layout,
    private readonly history: () => Pick<History, 'read' | 'beginsChunk'>,
  ) {}

  /** @param fold of all before the entry */
  take({ at, seq }: Entry, fold: Fold): void {
    // Clocks of gateway and switch: a later entry may be earlier by some milliseconds.
    this.newest = Math.max(this.newest, at)
    if (this.history().beginsChunk(seq)) this.checkpoints.push({ fold, at: this.newest, count: this.count })
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
    return Math.max(0, firstAfter(this.checkpoints, at, (checkpoint) => checkpoint.at) - 1)
  }

  private entries(chunk: number): Promise<Entry[]> {
    const end = this.checkpoints[chunk + 1]?.count ?? this.count
    if (this.cached?.chunk !== chunk || this.cached.end !== end)
      this.cached = { chunk, end, entries: this.history().read(chunk) }
    if (this.dropping) clearTimeout(this.dropping)
    this.dropping = setTimeout(() => {
      this.cached = null
    }, KEPT_MS).unref()
    return this.cached.entries
  }
}

/** Those up to then, oldest first, without the samples that later ones made meaningless: most of a quiet hour. */
function whatCounts(entries: Entry[], at: number): Entry[] {
  const counting: Entry[] = []
  const sampled = new Map<string, Observation>()
  const end = entries.findIndex((entry) => entry.at > at)
  for (let index = (end < 0 ? entries.length : end) - 1; index >= 0; index--) {
    const entry = entries[index]!
    const { body } = entry
    if (body.type === 'observed' && isSample(body.observation)) {
      const key = sampleKey(body.observation)
      const later = sampled.get(key)
      sampled.set(key, body.observation)
      if (later && supersedes(later, body.observation)) continue
    }
    counting.push(entry)
  }
  return counting.reverse()
}
