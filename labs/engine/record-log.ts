/**
 * A cluster's metadata log as it was seen in the present room: its records in order, and the state at any of their offsets.
 * NoOps are not among them (the watcher leaves them out). Derived from the history's entries, and from nothing else.
 */
import { compareTrees } from '#labs/kafka/metadata/compare.ts'
import { type ImageState, MetadataImage } from '#labs/kafka/metadata/image.ts'
import type { MetadataRecord } from '#labs/protocol/observation.ts'
import { firstAfter } from './first-after.ts'

/** `seq`: of the history's entry with which it was first seen */
export type LoggedRecord = MetadataRecord & { seq: number }

/** Some hundreds in a lab. The oldest go; the state stays known from there on. */
const MAX_RECORDS = 20_000
const MAX_CHARS = 16 * 1_024 * 1_024
/** So many at most are folded to look at an offset. */
const CHUNK = 1_000
/** A log that is read again: once for a snapshot, once for what lies behind it. */
const MAX_RESTARTS = 4
/** Judges look at the same few offsets again and again. */
const KEPT_IMAGES = 8

/** Records that follow each other, and the state before the first of them. `start`: from this offset on. */
type Chunk = { start: number; base: ImageState; records: LoggedRecord[]; chars: number; afterGap: boolean }

const EMPTY = new MetadataImage().state()
const chunkAt = (start: number, base: ImageState, afterGap = false): Chunk => ({
  start,
  base,
  records: [],
  chars: 0,
  afterGap,
})

export class RecordLog {
  private chunks: Chunk[] = [chunkAt(0, EMPTY)]
  private live = new MetadataImage()
  /** a snapshot that is being told: its records all have the offset where it ends */
  private snapshot: { image: MetadataImage; offset: number } | null = null
  /** of before it was read again from the beginning: what comes again has been seen before */
  private former = new Map<number, LoggedRecord>()
  private readonly images = new Map<number, MetadataImage>()
  /** how often the log may still begin again within what is told at once: a node that lies does it with each record */
  private restarts = 0

  /** One behind the last record; 0 before the first. */
  get endOffset(): number {
    return this.live.endOffset
  }

  /** @param seq of the entry that has them */
  take(records: readonly MetadataRecord[], seq: number): void {
    this.images.clear()
    this.restarts = MAX_RESTARTS
    for (const record of records) this.takeOne(record, seq)
    this.forgetOldest()
  }

  /** All that are held, oldest first. */
  records(): LoggedRecord[] {
    return this.chunks.flatMap(({ records }) => records)
  }

  /** Those that were first seen with entries after `seq`. */
  since(seq: number): LoggedRecord[] {
    return this.records().filter((record) => record.seq > seq)
  }

  /** Those that were appended in that time, both ends included; ms since 1970. */
  within(from: number, to: number): LoggedRecord[] {
    return this.records().filter(({ timestamp }) => timestamp >= from && timestamp <= to)
  }

  /**
   * The state that all records before this offset make; left out: all there are. Not to be applied to.
   * @returns null where it is not known: before the oldest that is held, in a part that was missed, or not reached yet
   */
  imageAt(offset: number = this.endOffset): MetadataImage | null {
    if (offset > this.endOffset) return null
    if (offset === this.endOffset) return new MetadataImage(this.live.state())
    const at = firstAfter(this.chunks, offset, ({ start }) => start) - 1
    const chunk = this.chunks[at]
    if (!chunk) return null
    const last = chunk.records.at(-1)
    if (this.chunks[at + 1]?.afterGap && offset > (last ? last.offset + 1 : chunk.start)) return null
    const known = this.images.get(offset)
    if (known) return known
    const image = new MetadataImage(chunk.base)
    for (const record of chunk.records) {
      if (record.offset >= offset) break
      image.apply(record)
    }
    if (this.images.size >= KEPT_IMAGES) this.images.clear()
    this.images.set(offset, image)
    return image
  }

  private takeOne(record: MetadataRecord, seq: number): void {
    if (record.type === 'SnapshotHeader') {
      this.snapshot = { image: new MetadataImage(), offset: record.offset }
    }
    const { snapshot } = this
    if (snapshot && snapshot.offset === record.offset) {
      snapshot.image.apply(record)
      if (record.type === 'SnapshotFooter') this.goOnFrom(snapshot.image)
      return
    }
    // The rest of it was missed: it counts as it came.
    if (snapshot) this.goOnFrom(snapshot.image)
    if (record.offset < this.endOffset && !this.dropFrom(record.offset)) return
    let chunk = this.chunks.at(-1)!
    if (chunk.records.length >= CHUNK) {
      chunk = chunkAt(this.endOffset, this.live.state())
      this.chunks.push(chunk)
    }
    chunk.records.push({ ...record, seq: this.firstSeen(record) ?? seq })
    chunk.chars += charsOf(record)
    this.live.apply(record)
  }

  /** What is known of the log before a snapshot stays where it leads to the same state. */
  private goOnFrom(image: MetadataImage): void {
    this.snapshot = null
    const known = image.endOffset <= this.endOffset ? this.imageAt(image.endOffset) : null
    if (known && compareTrees(known.tree(), image.tree()).length === 0) return
    const isAhead = image.endOffset > this.endOffset
    if (!isAhead && !this.dropFrom(0)) return
    const next = chunkAt(image.endOffset, image.state(), true)
    const kept = this.chunks.filter(({ records }) => records.length > 0)
    this.chunks = [...kept, next]
    this.live = new MetadataImage(next.base)
  }

  /** The log is told again from an offset on. @returns false where that is nonsense */
  private dropFrom(offset: number): boolean {
    if (this.restarts-- <= 0) return false
    const before = offset === 0 ? null : this.imageAt(offset)
    const dropped = this.records().filter((record) => record.offset >= offset)
    if (dropped.length > 0) this.former = new Map(dropped.map((record) => [record.offset, record]))
    if (before) {
      this.chunks = this.chunks.filter((chunk, at) => at === 0 || chunk.start < offset)
      for (const chunk of this.chunks) {
        chunk.records = chunk.records.filter((record) => record.offset < offset)
        chunk.chars = chunk.records.reduce((sum, record) => sum + charsOf(record), 0)
      }
    } else this.chunks = [chunkAt(offset, EMPTY)]
    this.live = new MetadataImage(before?.state() ?? EMPTY)
    this.images.clear()
    return true
  }

  /** The entry with which the same record came before. */
  private firstSeen({ offset, epoch, timestamp, type }: MetadataRecord): number | null {
    const before = this.former.get(offset)
    if (!before) return null
    this.former.delete(offset)
    return before.epoch === epoch && before.timestamp === timestamp && before.type === type ? before.seq : null
  }

  private forgetOldest(): void {
    const sum = (of: (chunk: Chunk) => number) => this.chunks.reduce((all, chunk) => all + of(chunk), 0)
    while (
      this.chunks.length > 1 &&
      (sum(({ records }) => records.length) > MAX_RECORDS || sum(({ chars }) => chars) > MAX_CHARS)
    )
      this.chunks.shift()
  }
}

const charsOf = ({ data }: MetadataRecord): number => JSON.stringify(data)?.length ?? 0
