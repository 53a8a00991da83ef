/** One page of a metadata log: what is kept of it, decoded as far as it is shown. */
import { DecodeError } from '#labs/kafka/codec/errors.ts'
import type { Schemas } from '#labs/kafka/codec/schemas.ts'
import { prepareZstd } from '#labs/kafka/log/compression.ts'
import { metadataRecordsIn } from '#labs/kafka/metadata/records.ts'
import {
  type LogBatch,
  type LogItem,
  type LogPage,
  type LogRange,
  MAX_PAGE_CHARS,
  MAX_PAGE_ITEMS,
} from '#labs/protocol/log.ts'
import type { LogFile } from '#labs/protocol/observation.ts'
import { jsonSafe, MAX_VALUE_BYTES } from './json-safe.ts'
import type { Kept, LogView } from './kept-log.ts'
import { Slices } from './slices.ts'

/** Of a batch's records as JSON: two such batches fit on a page. */
const MAX_BATCH_CHARS = MAX_PAGE_CHARS / 4
/** Beside its data: offset, epoch, timestamp, type, version. */
const CHARS_AROUND_RECORD = 120
/** An item without its records. */
const CHARS_OF_ITEM = 300
const CHARS_OF_FILE = 200
/** Decompressed at once, without a rest. Kafka does not compress this log: somebody else wrote it. */
const MAX_DECOMPRESSED_BYTES = 2 << 20

type Selected = Pick<LogPage, 'items' | 'earlier' | 'later'>

export type PageOf = {
  host: string
  source: LogPage['source']
  view: LogView
  /** offsets from here on are not committed; null: nobody has told */
  highWatermark: number | null
  files: LogFile[] | null
}

export async function readPage(schemas: Schemas, range: LogRange, of: PageOf): Promise<LogPage> {
  const { host, source, view, highWatermark, files } = of
  const { kept, ...about } = view
  const chars = MAX_PAGE_CHARS - (files?.length ?? 0) * CHARS_OF_FILE
  const selected = await select(schemas, [...kept], range, highWatermark, chars)
  return { host, source, ...about, ...selected, highWatermark, files }
}

async function select(
  schemas: Schemas,
  kept: readonly Kept[],
  range: LogRange,
  highWatermark: number | null,
  maxChars: number,
): Promise<Selected> {
  const { from, to } = bounds(kept, range)
  const forward = range.of === 'from'
  const slices = new Slices()
  const items: LogItem[] = []
  let chars = 0
  let isWhole = true
  for (let taken = 0; from + taken < to && isWhole; taken++) {
    const one = kept[forward ? from + taken : to - 1 - taken]!
    const next = await itemsOf(schemas, one, range, highWatermark, slices)
    for (const { item, size } of forward ? next : next.reverse()) {
      const last = items.at(-1)
      const joined = last && join(forward ? last : item, forward ? item : last, highWatermark)
      if (joined) items[items.length - 1] = joined
      else if (items.length >= MAX_PAGE_ITEMS || (items.length > 0 && chars + size > maxChars)) isWhole = false
      else {
        items.push(item)
        chars += size
      }
      if (!isWhole) break
    }
    if (slices.isOver) await slices.rest()
  }
  if (forward) return { items, earlier: from > 0, later: !isWhole }
  return { items: items.reverse(), earlier: !isWhole, later: to < kept.length }
}

/** Those at `from` and up to `to`, exclusive, lie in the range, the first or last of them perhaps in part. */
function bounds(kept: readonly Kept[], range: LogRange): { from: number; to: number } {
  const behind = (is: (one: Kept) => boolean): number => {
    const at = kept.findIndex(is)
    return at < 0 ? kept.length : at
  }
  switch (range.of) {
    case 'end':
      return { from: 0, to: kept.length }
    case 'from':
      return { from: behind(({ lastOffset }) => lastOffset >= range.offset), to: kept.length }
    case 'before':
      return { from: 0, to: behind((one) => firstOf(one).lastOffset >= range.offset) }
  }
}

const firstOf = (kept: Kept): { lastOffset: number } => (kept.kind === 'no-ops' ? kept.noOps[0]! : kept)

type Sized = { item: LogItem; size: number }

/** NoOps are told apart where some of them lie outside the range, or are committed and others are not. */
async function itemsOf(
  schemas: Schemas,
  kept: Kept,
  range: LogRange,
  highWatermark: number | null,
  slices: Slices,
): Promise<Sized[]> {
  switch (kept.kind) {
    case 'damage':
      return [{ item: kept.item, size: CHARS_OF_ITEM + kept.item.says.length }]
    case 'batch':
      return [await batchItem(schemas, kept, slices)]
    case 'no-ops': {
      const wanted = kept.noOps
        .slice(0, kept.length)
        .filter(
          ({ lastOffset }) =>
            range.of === 'end' || (range.of === 'from' ? lastOffset >= range.offset : lastOffset < range.offset),
        )
      const isCommitted = isBelow(highWatermark)
      return [wanted.filter(isCommitted), wanted.filter((one) => !isCommitted(one))].flatMap((noOps) => {
        const first = noOps[0]
        const last = noOps.at(-1)
        if (!first || !last) return []
        const sum = (of: 'count' | 'bytes') => noOps.reduce((all, one) => all + one[of], 0)
        const { baseOffset, timestamp: from } = first
        const { lastOffset, timestamp } = last
        const told = { epoch: kept.epoch, count: sum('count'), bytes: sum('bytes'), from, timestamp }
        return [{ item: { kind: 'no-ops' as const, baseOffset, lastOffset, ...told }, size: CHARS_OF_ITEM }]
      })
    }
  }
}

const isBelow =
  (highWatermark: number | null) =>
  ({ lastOffset }: { lastOffset: number }): boolean =>
    highWatermark === null || lastOffset < highWatermark

function join(first: LogItem, second: LogItem, highWatermark: number | null): LogItem | null {
  if (first.kind !== 'no-ops' || second.kind !== 'no-ops' || first.epoch !== second.epoch) return null
  if (isBelow(highWatermark)(first) !== isBelow(highWatermark)(second)) return null
  const { lastOffset, timestamp } = second
  return { ...first, lastOffset, timestamp, count: first.count + second.count, bytes: first.bytes + second.bytes }
}

async function batchItem(schemas: Schemas, { batch, place }: Kept & { kind: 'batch' }, slices: Slices): Promise<Sized> {
  const { baseOffset, lastOffset, leaderEpoch: epoch, maxTimestamp: timestamp, bytes, control, compression } = batch
  const records: LogBatch['records'] = []
  let size = CHARS_OF_ITEM
  try {
    if (compression === 'zstd') await prepareZstd()
    for (const record of metadataRecordsIn(schemas, batch, { left: MAX_DECOMPRESSED_BYTES }, MAX_VALUE_BYTES)) {
      const { data, chars } = jsonSafe(record.data)
      if (size + chars + CHARS_AROUND_RECORD > MAX_BATCH_CHARS) break
      size += chars + CHARS_AROUND_RECORD
      records.push({ ...record, data })
      if (slices.isOver) await slices.rest()
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const says = `It cannot be decoded: ${error.reason}.`
    return {
      item: { kind: 'damage', baseOffset, lastOffset, place, bytes, says },
      size: CHARS_OF_ITEM + error.reason.length,
    }
  }
  const about = { epoch, timestamp, bytes, control, compression, place }
  const left = Math.max(0, batch.count - records.length)
  return { item: { kind: 'batch', baseOffset, lastOffset, ...about, records, left }, size }
}
