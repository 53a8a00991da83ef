/** What labs about a broker's inside ask of the log of one partition: which batch lies where in its segment files. Pure. */
import type { Fact } from '#labs/engine/define.ts'
import type { PartitionFile, PartitionFiles, TopicBatch, TopicRecord } from '#labs/protocol/observation.ts'

/** DefaultRecordBatch.RECORD_BATCH_OVERHEAD */
const HEADER_BYTES = 61
/** index.interval.bytes by default: LogSegment.append makes an entry before the batch that comes after so many bytes. */
const INDEX_INTERVAL_BYTES = 4096

export type Batches = Fact<{ batches: TopicBatch[]; complete: boolean }>
/** A batch with the segment that it is in, by the offset in the segment's name, and the byte at which it begins there. */
export type Placed = TopicBatch & { segment: number; position: number }

/** Why nothing can be said of what was fetched; null where something can. */
export function unread(topic: string, fact: Fact<unknown>): string | null {
  if (fact.state === 'failed') return `${topic} cannot be read: ${fact.why}.`
  return fact.state === 'not-fetched' ? `${topic} is being read.` : null
}

export const batchesIn = (fact: Batches, partition = 0): TopicBatch[] =>
  fact.state === 'fetched' ? fact.value.batches.filter((one) => one.partition === partition) : []

export const segmentsIn = (fact: Fact<PartitionFiles | null>): PartitionFile[] =>
  fact.state === 'fetched' ? (fact.value?.files ?? []).filter(({ kind }) => kind === 'segment') : []

/** The batches of one partition where they lie, when its segments begin at these offsets. */
export function placed(batches: TopicBatch[], segments: number[]): Placed[] {
  const starts = new Set(segments)
  let [segment, position] = [segments[0] ?? 0, 0]
  return batches.map((batch) => {
    if (starts.has(batch.baseOffset) && batch.baseOffset !== segment) [segment, position] = [batch.baseOffset, 0]
    const here = { ...batch, segment, position }
    position += batch.bytes
    return here
  })
}

/** The entries of a segment's offset index, as they follow from its batches: the last offset of a batch, and where it begins. */
export function indexOf(batches: Placed[]): { offset: number; position: number }[] {
  let since = 0
  return batches.flatMap(({ lastOffset, position, bytes }) => {
    const entry = since > INDEX_INTERVAL_BYTES ? [{ offset: lastOffset, position }] : []
    if (entry.length > 0) since = 0
    since += bytes
    return entry
  })
}

/** The byte of the segment file at which the key of a batch's first record begins. DefaultRecord says what comes before it. */
export function keyAt({ position }: Placed, { key, value, headers }: TopicRecord): number {
  const side = (text: string | null) => (text === null ? 1 : varint(Buffer.byteLength(text)) + Buffer.byteLength(text))
  const before = 3 + varint(Buffer.byteLength(key ?? ''))
  const all = 3 + side(key) + side(value) + 1 + headers.reduce((sum, one) => sum + side(one.key) + side(one.value), 0)
  return position + HEADER_BYTES + varint(all) + before
}

/** Bytes of a length that is not negative, written zigzag in groups of seven bits. */
const varint = (length: number): number => Math.max(1, Math.ceil(Math.log2(length * 2 + 1) / 7))

/**
 * As a consumer with read_committed sees these logs. `counting`: `partition/offset` of the records of no transaction, or of
 * one that was committed; `open`: a transaction has not ended.
 */
export function readCommitted(batches: TopicBatch[]): { counting: Set<string>; open: boolean } {
  const counting = new Set<string>()
  const pending = new Map<string, string[]>()
  for (const { partition, baseOffset, lastOffset, transactional, control, producerId } of batches) {
    const producer = `${partition}/${producerId}`
    if (control !== null) {
      if (control === 'commit') for (const one of pending.get(producer) ?? []) counting.add(one)
      pending.delete(producer)
      continue
    }
    const offsets = Array.from({ length: lastOffset - baseOffset + 1 }, (_, at) => `${partition}/${baseOffset + at}`)
    if (transactional) pending.set(producer, [...(pending.get(producer) ?? []), ...offsets])
    else for (const one of offsets) counting.add(one)
  }
  return { counting, open: pending.size > 0 }
}
