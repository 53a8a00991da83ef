/** The log as rows of equal height: records, and between them what parts them. */
import type { LogBatch, LogItem } from '#labs/protocol/log.ts'
import type { MetadataRecord } from '#labs/protocol/observation.ts'
import { dataOf } from './names.ts'

/** null: the high watermark is not known */
type Committed = boolean | null
type NoOps = Extract<LogItem, { kind: 'no-ops' }>
type Damage = Extract<LogItem, { kind: 'damage' }>

export type Row = { key: string; committed: Committed } & (
  | { kind: 'begin'; offset: number /** what was read before it was deleted */; above: boolean }
  | { kind: 'epoch'; epoch: number; leader: number | null /** null: not seen */; begins: number | null }
  | { kind: 'watermark'; offset: number }
  | { kind: 'batch'; batch: LogBatch }
  | {
      kind: 'record'
      record: MetadataRecord
      batch: LogBatch
      /** of the records shown of a batch with several */
      inBatch: 'in' | 'last' | null
      /** between BEGIN_TRANSACTION_RECORD and END or ABORT (KIP-868) */
      transaction: 'begin' | 'in' | 'end' | null
    }
  | { kind: 'left'; batch: LogBatch }
  | { kind: 'no-ops'; noOps: NoOps }
  | { kind: 'damage'; damage: Damage }
  | { kind: 'hole'; from: number; to: number }
)
export type RecordRow = Extract<Row, { kind: 'record' }>

export type RowsOf = {
  items: LogItem[]
  highWatermark: number | null
  /** null: all are shown, and NoOps and damage with them */
  matches: ((record: MetadataRecord) => boolean) | null
  /** the leader of the cluster's latest epoch, where its own record is not there */
  latest: { epoch: number | null; leader: number | null }
  /** what was before this offset is deleted, though it may have been read before; null: nothing is, or not read yet */
  beginsAt: number | null
}

export function rowsOf({ items, highWatermark, matches, latest, beginsAt }: RowsOf): Row[] {
  const rows: Row[] = []
  let begun = beginsAt === null || matches !== null
  const beginnings = beginningsIn(items)
  const committedAt = (offset: number): Committed => (highWatermark === null ? null : offset < highWatermark)
  let epoch: number | null = null
  let told: number | null = null
  let end: number | null = null
  let inTransaction = false
  let marked = false
  // Dividers are put before the next row that is shown, so that none stands alone.
  const push = (row: Row, offset: number, itemEpoch: number | null) => {
    if (itemEpoch !== null && told !== itemEpoch) {
      told = itemEpoch
      const known = beginnings.get(itemEpoch)
      rows.push({
        kind: 'epoch',
        key: `e${itemEpoch}-${offset}`,
        committed: committedAt(offset),
        epoch: itemEpoch,
        leader: known?.leader ?? (itemEpoch === latest.epoch ? latest.leader : null),
        begins: known?.offset ?? null,
      })
    }
    if (!marked && highWatermark !== null && offset >= highWatermark) {
      marked = true
      rows.push({ kind: 'watermark', key: 'watermark', committed: null, offset: highWatermark })
    }
    rows.push(row)
  }
  for (const item of items) {
    if (!begun && beginsAt !== null && item.lastOffset >= beginsAt) {
      begun = true
      rows.push({ kind: 'begin', key: 'begin', committed: true, offset: beginsAt, above: rows.length > 0 })
    }
    if (end !== null && item.baseOffset > end && item.kind !== 'damage' && matches === null)
      push(
        { kind: 'hole', key: `h${end}`, committed: committedAt(end), from: end, to: item.baseOffset - 1 },
        end,
        epoch,
      )
    end = item.lastOffset + 1
    if (item.kind === 'damage') {
      if (matches === null)
        push(
          {
            kind: 'damage',
            key: `d${item.place?.file ?? ''}${item.place?.position ?? ''}-${item.baseOffset}`.replaceAll(
              /[^\w-]/g,
              '_',
            ),
            committed: null,
            damage: item,
          },
          item.baseOffset,
          null,
        )
      continue
    }
    epoch = item.epoch
    const committed = committedAt(item.lastOffset)
    if (item.kind === 'no-ops') {
      if (matches === null)
        push({ kind: 'no-ops', key: `n${item.baseOffset}`, committed, noOps: item }, item.baseOffset, epoch)
      continue
    }
    const shown: RecordRow[] = []
    for (const record of item.records) {
      const transaction = transactionPart(record.type, inTransaction)
      inTransaction = transaction === 'begin' || transaction === 'in'
      if (matches === null || matches(record))
        shown.push({
          kind: 'record',
          key: `r${record.offset}`,
          committed,
          record,
          batch: item,
          inBatch: null,
          transaction,
        })
    }
    const several = item.records.length + item.left > 1
    if (several && shown.length > 0)
      push({ kind: 'batch', key: `b${item.baseOffset}`, committed, batch: item }, item.baseOffset, epoch)
    for (const [at, row] of shown.entries()) {
      if (several) row.inBatch = at === shown.length - 1 && item.left === 0 ? 'last' : 'in'
      push(row, item.baseOffset, epoch)
    }
    if (item.left > 0 && (matches === null || shown.length > 0))
      push({ kind: 'left', key: `l${item.baseOffset}`, committed, batch: item }, item.baseOffset, epoch)
  }
  return rows
}

function transactionPart(type: string, inside: boolean): RecordRow['transaction'] {
  if (type === 'BEGIN_TRANSACTION_RECORD') return 'begin'
  if (!inside) return null
  return type === 'END_TRANSACTION_RECORD' || type === 'ABORT_TRANSACTION_RECORD' ? 'end' : 'in'
}

/** Epoch → who leads it and where it begins, as its first record says. */
function beginningsIn(items: LogItem[]): Map<number, { leader: number; offset: number }> {
  const beginnings = new Map<number, { leader: number; offset: number }>()
  for (const item of items) {
    if (item.kind !== 'batch' || !item.control) continue
    for (const record of item.records) {
      const { leaderId } = dataOf(record)
      if (record.type === 'LeaderChange' && typeof leaderId === 'number')
        beginnings.set(item.epoch, { leader: leaderId, offset: record.offset })
    }
  }
  return beginnings
}

/** Of the same record, NoOps, ... and shown in the same way. */
export const sameRow = (a: Row, b: Row): boolean =>
  a === b || Object.entries(a).every(([name, value]) => (b as Record<string, unknown>)[name] === value)

/** Offset of the last record in these rows; -1 where there is none. */
export const lastRecord = (rows: Row[]): number => rows.findLast(isRecord)?.record.offset ?? -1

/** How many of these rows show a record from behind this offset. */
export function recordsBehind(rows: Row[], offset: number): number {
  let count = 0
  for (let at = rows.length - 1; at >= 0; at -= 1) {
    const row = rows[at]
    if (row?.kind !== 'record') continue
    if (row.record.offset <= offset) break
    count += 1
  }
  return count
}

const isRecord = (row: Row): row is RecordRow => row.kind === 'record'

/** Index of the row that shows this offset, or the next one that is there; -1 where all are before. */
export const rowAt = (rows: Row[], offset: number): number =>
  rows.findIndex((row) => {
    if (row.kind === 'record') return row.record.offset >= offset
    return row.kind === 'no-ops' && row.noOps.lastOffset >= offset
  })
