/** The parts of a metadata log that the browser has: how pages join. Knows nothing of React. */

import type { LogItem, LogPage, LogRange } from '#labs/protocol/log.ts'
import type { LogFile } from '#labs/protocol/observation.ts'

/** So many, and no older ones are asked for; as new ones come, the oldest are let go. */
export const MAX_ITEMS = 20_000
/** Of older pages that were still wanted. */
const MAX_PAGE = 200

/** Deleted files that are still shown: some runs of the cleaner. */
const MAX_GONE = 20

export type LogParts = {
  generation: number
  /** oldest first, without holes */
  items: LogItem[]
  /** there is more before the first, behind the last */
  earlier: boolean
  later: boolean
}

/**
 * Puts a page where it belongs. Its items take the place of those from its range on, since what is not committed may be
 * taken back; another generation replaces all.
 */
export function joinPage(kept: LogParts | null, page: LogPage, range: LogRange): LogParts {
  const { generation, earlier, later, highWatermark } = page
  if (!kept || kept.generation !== generation || range.of === 'end')
    return { generation, items: fold(page.items, highWatermark), earlier, later }
  if (range.of === 'before') {
    const first = kept.items[0]?.baseOffset ?? Number.POSITIVE_INFINITY
    const older = page.items.filter(({ lastOffset }) => lastOffset < first)
    const items = fold([...older, ...kept.items], highWatermark)
    // Not too many: no more are asked for then (LogStore.fetchEarlier).
    return { generation, items, earlier, later: kept.later }
  }
  // What lay between is not there any more: a follower that went on from a snapshot.
  const first = page.items[0]?.baseOffset ?? range.offset
  if (first > range.offset) return { generation, items: fold(page.items, highWatermark), earlier, later }
  const from = first
  const before = kept.items.findLastIndex(({ lastOffset }) => lastOffset < from) + 1
  const items = fold([...kept.items.slice(0, before), ...page.items], highWatermark, before)
  return items.length > MAX_ITEMS + MAX_PAGE
    ? { generation, items: items.slice(-MAX_ITEMS), earlier: true, later }
    : { generation, items, earlier: kept.earlier, later }
}

/**
 * Where to go on: behind all that is committed, since the rest may be taken back.
 * @param highWatermark null: not known, so that only the newest item is asked for again
 */
export function nextOffset(items: LogItem[], highWatermark: number | null): number {
  const last = items.at(-1)
  if (!last) return 0
  if (highWatermark === null) return last.baseOffset
  const open = items.findLastIndex(({ lastOffset }) => lastOffset < highWatermark) + 1
  // damage may have no offset of its own: the next batch begins where it does
  const isBetween = last.kind === 'damage' && last.baseOffset === last.lastOffset
  return items[open]?.baseOffset ?? (isBetween ? last.baseOffset : last.lastOffset + 1)
}

/** Runs of NoOps that follow each other become one, as far as they are committed: others may be taken back. */
function fold(items: LogItem[], highWatermark: number | null, from = 0): LogItem[] {
  const begin = Math.max(0, from - 1)
  const folded = items.slice(0, begin)
  for (const item of items.slice(begin)) {
    const last = folded.at(-1)
    if (
      item.kind === 'no-ops' &&
      last?.kind === 'no-ops' &&
      last.epoch === item.epoch &&
      last.lastOffset + 1 === item.baseOffset &&
      item.lastOffset < (highWatermark ?? 0)
    )
      folded[folded.length - 1] = {
        ...last,
        lastOffset: item.lastOffset,
        count: last.count + item.count,
        bytes: last.bytes + item.bytes,
        timestamp: item.timestamp,
      }
    else folded.push(item)
  }
  return folded
}

/** Without the NoOps at the end that are not committed: in a healthy cluster they are in a moment. */
export function withoutOpenNoOps(items: LogItem[], highWatermark: number | null): LogItem[] {
  if (highWatermark === null) return items
  const last = items.findLastIndex((item) => item.kind !== 'no-ops' || item.baseOffset < highWatermark)
  return last + 1 === items.length ? items : items.slice(0, last + 1)
}

export type GoneFile = LogFile & { /** when it was first missed, ms since 1970 */ goneAt: number }

/** Files that were there while somebody looked, and are not any more. */
export function missFiles(gone: GoneFile[], before: LogFile[] | null, now: LogFile[] | null, at: number): GoneFile[] {
  if (!before || !now) return gone
  const there = new Set(now.map(keyOf))
  const missed = before.filter((file) => !there.has(keyOf(file)) && !gone.some((one) => keyOf(one) === keyOf(file)))
  const stillGone = gone.filter((file) => !there.has(keyOf(file)))
  if (missed.length === 0 && stillGone.length === gone.length) return gone
  return [...stillGone, ...missed.map((file) => ({ ...file, goneAt: at }))].slice(-MAX_GONE)
}

/** A file that is renamed before it is deleted (`.deleted`) stays the same one. */
export const keyOf = ({ name }: LogFile): string => name.replace(/\.deleted$/, '')
