/** How a host's metadata log ends, from the page that the inspector shows of it. */
import type { LogItem, LogPage } from '#labs/protocol/log.ts'
import type { LogEnd } from '#labs/protocol/observation.ts'

/** What a lab asks about is among the last few things that were written. */
const MAX_RECORDS = 20

/** @returns null where the host has no metadata log */
export function endOfLog({ items, source, logEnd, files }: LogPage): LogEnd | null {
  if (files === null && source === 'files') return null
  const epochs: LogEnd['epochs'] = []
  for (const item of items) {
    if (item.kind === 'damage') continue
    const { epoch, baseOffset: from, lastOffset } = item
    const last = epochs.at(-1)
    if (last?.epoch === epoch) last.to = lastOffset + 1
    else epochs.push({ epoch, from, to: lastOffset + 1 })
  }
  return { source, end: logEnd, epochs, records: items.flatMap(recordsOf).slice(-MAX_RECORDS) }
}

const recordsOf = (item: LogItem): LogEnd['records'] =>
  item.kind === 'batch' ? item.records.filter(({ type }) => type !== 'NO_OP_RECORD') : []
