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

/** Of a log that grows all the time: what is worth telling. */
export class LogEndNews {
  #told: LogEnd | null | undefined
  #lastEnd: number | null | undefined

  /** @returns the newest, unless NoOps alone made it longer and still do: then what was told before */
  of(now: LogEnd | null): LogEnd | null {
    const isAtRest = now?.end === this.#lastEnd
    this.#lastEnd = now?.end
    if (this.#told === undefined || isAtRest || steady(now) !== steady(this.#told)) this.#told = now
    return this.#told
  }
}

/** What NoOps alone do not change: where the part begins moves with them. */
const steady = (log: LogEnd | null): string =>
  JSON.stringify(log && [log.source, log.epochs.map(({ epoch, from }, at) => [epoch, at > 0 && from]), log.records])
