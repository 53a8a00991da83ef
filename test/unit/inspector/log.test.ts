/** How pages of a metadata log join in the browser, and which rows they become. */
import { expect, test } from 'vitest'
import { matcher, NO_FILTER } from '#components/inspector/filter.ts'
import { joinPage, type LogParts, missFiles, nextOffset, withoutOpenNoOps } from '#components/inspector/log-items.ts'
import { learnNames } from '#components/inspector/names.ts'
import { lastRecord, type Row, recordsBehind, rowAt, rowsOf } from '#components/inspector/rows.ts'
import type { LogItem, LogPage, LogRange } from '#labs/protocol/log.ts'
import type { LogFile, MetadataRecord } from '#labs/protocol/observation.ts'

const AT = 1_764_000_000_000

const record = (offset: number, type: string, data: unknown = {}): MetadataRecord => ({
  offset,
  epoch: 1,
  timestamp: AT + offset,
  type,
  version: 0,
  data,
})

function batch(epoch: number, ...records: MetadataRecord[]): LogItem {
  const [first, last] = [records[0]!, records.at(-1)!]
  return {
    kind: 'batch',
    baseOffset: first.offset,
    lastOffset: last.offset,
    epoch,
    timestamp: last.timestamp,
    bytes: 100,
    control: first.type === 'LeaderChange',
    compression: 'none',
    place: null,
    records,
    left: 0,
  }
}

const noOps = (from: number, to: number, epoch = 1): LogItem => ({
  kind: 'no-ops',
  baseOffset: from,
  lastOffset: to,
  epoch,
  count: to - from + 1,
  bytes: 72 * (to - from + 1),
  from: AT + from,
  timestamp: AT + to,
})

const page = (items: LogItem[], part: Partial<LogPage> = {}): LogPage => ({
  host: 'controller-1',
  source: 'wire',
  generation: 1,
  items,
  earlier: false,
  later: false,
  logStart: 0,
  logEnd: (items.at(-1)?.lastOffset ?? -1) + 1,
  highWatermark: (items.at(-1)?.lastOffset ?? -1) + 1,
  files: null,
  says: '',
  ...part,
})

const END: LogRange = { of: 'end' }
const from = (offset: number): LogRange => ({ of: 'from', offset })
const spans = ({ items }: LogParts): string => items.map((one) => `${one.baseOffset}-${one.lastOffset}`).join(' ')

const LEADS = (epoch: number, offset: number, leaderId: number) =>
  batch(epoch, record(offset, 'LeaderChange', { leaderId, voters: [] }))

test('what is not committed is asked for again, and taken back where the log was cut', () => {
  const first = joinPage(null, page([noOps(0, 3), noOps(4, 6)], { highWatermark: 4 }), END)
  expect(spans(first)).toBe('0-3 4-6')
  expect(nextOffset(first.items, 4)).toBe(4)
  const cut = joinPage(first, page([LEADS(2, 4, 102)], { highWatermark: 4 }), from(4))
  expect(spans(cut)).toBe('0-3 4-4')
  expect(nextOffset(cut.items, 5)).toBe(5)
  expect(nextOffset(cut.items, null)).toBe(4)
})

test('NoOps join as they are committed, in one epoch and where none is missing', () => {
  let parts = joinPage(null, page([noOps(0, 3)]), END)
  parts = joinPage(parts, page([noOps(4, 5)], { highWatermark: 6 }), from(4))
  expect(spans(parts)).toBe('0-5')
  expect(parts.items[0]).toMatchObject({ count: 6, bytes: 6 * 72, from: AT, timestamp: AT + 5 })
  expect(spans(joinPage(parts, page([noOps(6, 6)], { highWatermark: 6 }), from(6)))).toBe('0-5 6-6')
  expect(spans(joinPage(parts, page([noOps(6, 6, 2)]), from(6)))).toBe('0-5 6-6')
})

test('a page that begins behind what was asked for takes the place of all: what lay between is gone', () => {
  const parts = joinPage(null, page([noOps(0, 5)]), END)
  const later = joinPage(parts, page([noOps(8, 9)], { earlier: false }), from(6))
  expect(spans(later)).toBe('8-9')
  expect(later.earlier).toBe(false)
})

test('damage without an offset of its own is gone on from where the next batch would begin', () => {
  const says = 'It is not a batch.'
  const between: LogItem = { kind: 'damage', baseOffset: 6, lastOffset: 6, place: null, bytes: 9, says }
  expect(nextOffset([noOps(0, 5), between], 9)).toBe(6)
  expect(nextOffset([noOps(0, 5), { ...between, lastOffset: 8 }], 9)).toBe(9)
})

test('NoOps at the end that are not committed can be left out; all else stays', () => {
  const items = [batch(1, record(0, 'TOPIC_RECORD')), noOps(1, 3), noOps(4, 5)]
  expect(withoutOpenNoOps(items, 4)).toEqual(items.slice(0, 2))
  expect(withoutOpenNoOps(items, 6)).toBe(items)
  expect(withoutOpenNoOps(items, null)).toBe(items)
  expect(withoutOpenNoOps(items.slice(0, 1), 0)).toEqual(items.slice(0, 1))
})

test('older pages go before, and another generation replaces all', () => {
  const newest = joinPage(null, page([batch(1, record(7, 'TOPIC_RECORD'))], { earlier: true }), END)
  const older = joinPage(newest, page([noOps(0, 6)], { highWatermark: 8 }), { of: 'before', offset: 7 })
  expect(spans(older)).toBe('0-6 7-7')
  expect(older.earlier).toBe(false)
  expect(spans(joinPage(older, page([noOps(0, 1)], { generation: 2 }), END))).toBe('0-1')
})

test('a file is gone when it is missed; one that was renamed to be deleted is the same', () => {
  const file = (name: string): LogFile => ({ name, kind: 'segment', bytes: 10, modified: AT, offset: 0, epoch: null })
  const before = [file('00000000000000000000.log'), file('00000000000000000040.log')]
  const renamed = [file('00000000000000000000.log.deleted'), before[1]!]
  expect(missFiles([], before, renamed, AT)).toEqual([])
  expect(missFiles([], renamed, [before[1]!], AT)).toEqual([{ ...renamed[0], goneAt: AT }])
})

const TOPIC_ID = 'EhhJcBFsS7SinXwUeSRa7Q'
const ITEMS = [
  LEADS(1, 0, 101),
  batch(
    1,
    record(1, 'BEGIN_TRANSACTION_RECORD', { name: 'Bootstrap records' }),
    record(2, 'TOPIC_RECORD', { name: 'orders', topicId: TOPIC_ID }),
    record(3, 'END_TRANSACTION_RECORD'),
  ),
  noOps(4, 9),
  LEADS(2, 10, 102),
  batch(2, record(11, 'PARTITION_CHANGE_RECORD', { topicId: TOPIC_ID, partitionId: 0, leader: 2, isr: [2, 3] })),
]
const BATCHES = ITEMS.filter((item) => item.kind === 'batch')
const rowsIn = (part: Partial<Parameters<typeof rowsOf>[0]> = {}): Row[] =>
  rowsOf({
    items: ITEMS,
    highWatermark: 11,
    matches: null,
    latest: { epoch: null, leader: null },
    beginsAt: null,
    ...part,
  })
const told = (rows: Row[]): string =>
  rows.map((row) => (row.kind === 'record' ? row.record.offset : row.kind)).join(' ')

test('rows are parted by epochs, batches and the high watermark', () => {
  const rows = rowsIn()
  expect(told(rows)).toBe('epoch 0 batch 1 2 3 no-ops epoch 10 watermark 11')
  expect(rows.filter(({ kind }) => kind === 'epoch')).toMatchObject([
    { epoch: 1, leader: 101, begins: 0 },
    { epoch: 2, leader: 102, begins: 10 },
  ])
  const parts = rows.filter((row) => row.kind === 'record')
  expect(parts.map(({ inBatch }) => inBatch)).toEqual([null, 'in', 'in', 'last', null, null])
  expect(parts.map(({ transaction }) => transaction)).toEqual([null, 'begin', 'in', 'end', null, null])
  expect(parts.map(({ committed }) => committed)).toEqual([true, true, true, true, true, false])
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length)
})

test('where the high watermark is not known, no record counts as committed or not', () => {
  const rows = rowsIn({ highWatermark: null })
  expect(told(rows)).not.toContain('watermark')
  for (const row of rows) if (row.kind === 'record') expect(row.committed).toBeNull()
})

test('a log whose beginning was deleted says where it begins; one with a hole, what is missing', () => {
  const items = [noOps(40, 41), noOps(45, 46)]
  expect(told(rowsIn({ items, highWatermark: 50, beginsAt: 40 }))).toBe('begin epoch no-ops hole no-ops')
  const read = rowsIn({ beginsAt: 10 })
  expect(told(read)).toBe('epoch 0 batch 1 2 3 no-ops begin epoch 10 watermark 11')
  expect(read.find(({ kind }) => kind === 'begin')).toMatchObject({ above: true })
})

test('a filter by topic, node or words leaves its records and their dividers', () => {
  const names = learnNames(BATCHES, [], null)
  const shown = (filter: Partial<typeof NO_FILTER>) =>
    told(rowsIn({ matches: matcher({ ...NO_FILTER, ...filter }, names, (type) => type) }))
  expect(shown({ topic: 'orders' })).toBe('epoch batch 2 epoch watermark 11')
  expect(shown({ broker: 3 })).toBe('epoch watermark 11')
  expect(shown({ broker: 102 })).toBe('epoch 10')
  expect(shown({ type: 'family:transaction' })).toBe('epoch batch 1 3')
  expect(shown({ text: 'bootstrap RECORDS' })).toBe('epoch batch 1')
  expect(shown({ text: 'nothing like it' })).toBe('')
})

test('ids have the names that records gave them, and else those of the live state', () => {
  const live = { topics: { payments: { id: 'abc' } }, brokers: { '2': { logDirs: ['dir-2'] } } }
  const { topics, directories, before } = learnNames(BATCHES, [], live)
  expect([...topics]).toEqual([
    ['abc', 'payments'],
    [TOPIC_ID, 'orders'],
  ])
  expect(directories.get('dir-2')).toBe(2)
  expect([...before.values()]).toEqual([{ leader: null, isr: null }])
})

test('records behind an offset are counted, and an offset leads to its row', () => {
  const rows = rowsIn()
  expect(lastRecord(rows)).toBe(11)
  expect(recordsBehind(rows, 3)).toBe(2)
  expect(recordsBehind(rows, 11)).toBe(0)
  expect(rows[rowAt(rows, 2)]).toMatchObject({ kind: 'record', record: { offset: 2 } })
  expect(rows[rowAt(rows, 7)]).toMatchObject({ kind: 'no-ops' })
  expect(rowAt(rows, 12)).toBe(-1)
})
