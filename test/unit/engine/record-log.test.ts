import { expect, test } from 'vitest'
import brokerFailure from '#labs/catalog/broker-failure/lab.ts'
import { RecordLog } from '#labs/engine/record-log.ts'
import type { MetadataRecord } from '#labs/protocol/observation.ts'
import { broker, FIRST_AT, partition, partitionChange, recordsFrom, topic } from '#test/support/metadata-log.ts'
import { Recorded } from '#test/support/recorded.ts'

const START = [topic('orders'), partition('orders', 0, [1, 2]), broker(1)] as const
const offsets = (records: readonly MetadataRecord[]) => records.map(({ offset }) => offset)
const topicsAt = (log: RecordLog, offset?: number) => {
  const image = log.imageAt(offset)
  return image && Object.keys(image.tree().topics!)
}
const snapshot = (
  endOffset: number,
  ...given: Parameters<typeof recordsFrom> extends [number, ...infer G] ? G : never
) =>
  recordsFrom(endOffset - 1, ['SnapshotHeader', { version: 0, lastContainedLogTimestamp: 5 }], ...given, [
    'SnapshotFooter',
  ]).map((record) => ({ ...record, offset: endOffset - 1 }))

test('an empty log has no records, and an empty state', () => {
  const log = new RecordLog()
  expect([log.endOffset, log.records(), topicsAt(log), topicsAt(log, 0), log.imageAt(1)]).toEqual([0, [], [], [], null])
})

test('records since an entry and within a time, and the state at each offset', () => {
  const log = new RecordLog()
  log.take(recordsFrom(0, ...START), 10)
  // a NoOp lies between
  log.take(recordsFrom(4, topic('b'), topic('c')), 11)
  expect(log.endOffset).toBe(6)
  expect(offsets(log.records())).toEqual([0, 1, 2, 4, 5])
  expect(offsets(log.since(10))).toEqual([4, 5])
  expect(offsets(log.within(FIRST_AT + 2_000, FIRST_AT + 4_000))).toEqual([2, 4])
  expect([0, 1, 3, 4, 5, 6].map((offset) => topicsAt(log, offset))).toEqual([
    [],
    ['orders'],
    ['orders'],
    ['orders'],
    ['b', 'orders'],
    ['b', 'c', 'orders'],
  ])
  expect(log.imageAt(7)).toBeNull()
  expect(log.imageAt(4)!.endOffset).toBe(3)
})

test('the state of long ago is found from a checkpoint, and stays what it was', () => {
  const log = new RecordLog()
  log.take(recordsFrom(0, ...START), 1)
  const isr = (offset: number) => log.imageAt(offset)!.look('topics', 'orders', 'partitions', '0', 'isr')
  for (let at = 3; at < 4_003; at += 50)
    log.take(
      recordsFrom(at, ...Array.from({ length: 50 }, (_, index) => partitionChange('orders', 0, { isr: [at + index] }))),
      at,
    )
  expect([3, 4, 1_000, 2_500, 4_003].map(isr)).toEqual([[1, 2], [3], [999], [2_499], [4_002]])
  const old = log.imageAt(2_500)!.tree()
  expect(log.imageAt(2_500)!.tree()).toEqual(old)
})

test('the log begins again: what was is gone, what comes again was seen before', () => {
  const log = new RecordLog()
  log.take(recordsFrom(0, ...START, topic('late')), 5)
  log.take(recordsFrom(0, ...START.slice(0, 2)), 9)
  expect(offsets(log.records())).toEqual([0, 1])
  expect(log.records().map(({ seq }) => seq)).toEqual([5, 5])
  log.take(recordsFrom(2, topic('other')), 10)
  expect([log.records().map(({ seq }) => seq), topicsAt(log)]).toEqual([
    [5, 5, 10],
    ['orders', 'other'],
  ])
})

test('a snapshot ahead: the log goes on behind it, and what lies between is not known', () => {
  const log = new RecordLog()
  log.take(recordsFrom(0, ...START), 5)
  log.take([...snapshot(20, topic('orders'), topic('new')), ...recordsFrom(20, topic('newer'))], 6)
  expect(offsets(log.records())).toEqual([0, 1, 2, 20])
  expect([3, 4, 19, 20, 21].map((offset) => topicsAt(log, offset))).toEqual([
    ['orders'],
    null,
    null,
    ['new', 'orders'],
    ['new', 'newer', 'orders'],
  ])
})

test('a snapshot that says what is known takes nothing away; one of another log does', () => {
  const log = new RecordLog()
  log.take(recordsFrom(0, ...START, topic('b')), 5)
  log.take(snapshot(3, ...START), 6)
  expect(offsets(log.records())).toEqual([0, 1, 2, 3])
  log.take(recordsFrom(3, topic('b'), topic('c')), 7)
  expect(log.records().map(({ offset, seq }) => [offset, seq])).toEqual([
    [0, 5],
    [1, 5],
    [2, 5],
    [3, 5],
    [4, 7],
  ])
  log.take(snapshot(3, topic('stranger')), 8)
  expect([offsets(log.records()), topicsAt(log), topicsAt(log, 2), log.endOffset]).toEqual([[], ['stranger'], null, 3])
})

test('a snapshot without an end counts as far as it came', () => {
  const log = new RecordLog()
  log.take(snapshot(20, topic('a')).slice(0, -1), 1)
  expect(topicsAt(log)).toEqual([])
  log.take(recordsFrom(20, topic('b')), 2)
  expect([topicsAt(log), log.imageAt()!.says]).toEqual([['a', 'b'], 'The snapshot has no end.'])
})

test('however much there is, so much is held, and the state stays whole', () => {
  const log = new RecordLog()
  let offset = 0
  for (; offset < 45_000; offset += 500)
    log.take(recordsFrom(offset, ...Array.from({ length: 500 }, (_, at) => topic(`t${(offset + at) % 3_000}`))), offset)
  expect(log.records().length).toBeLessThanOrEqual(20_000)
  expect(log.records().length).toBeGreaterThan(18_000)
  expect(Object.keys(log.imageAt()!.tree().topics!)).toHaveLength(3_000)
  expect(log.imageAt(100)).toBeNull()
  expect(Object.keys(log.imageAt(40_000)!.tree().topics!)).toHaveLength(3_000)
  const large = new RecordLog()
  for (let at = 0; at < 3_000; at++) large.take(recordsFrom(at, topic('x'.repeat(20_000))), at)
  expect(large.records().length).toBeLessThanOrEqual(1_000)
})

test('a node that lets its log begin again with each record costs little', () => {
  const log = new RecordLog()
  log.take(recordsFrom(0, ...Array.from({ length: 10_000 }, (_, at) => topic(`t${at}`))), 1)
  const began = performance.now()
  const nonsense = Array.from({ length: 5_000 }, (_, at) => recordsFrom(9_000 - at, topic('x'))[0]!)
  log.take(nonsense, 2)
  log.take(Array.from({ length: 5_000 }, (_, at) => snapshot(at * 2 + 3, topic('y'))).flat(), 3)
  expect(performance.now() - began).toBeLessThan(10_000)
  expect(log.records().length).toBeLessThan(10_000)
})

test('a recorded cluster', async () => {
  const { entries } = await Recorded.of(brokerFailure)
  const log = new RecordLog()
  for (const { body, seq } of entries)
    if (body.type === 'observed' && body.observation.type === 'metadata') log.take(body.observation.records, seq)
  const fencing = log
    .records()
    .find(
      ({ type, data }) => type === 'BROKER_REGISTRATION_CHANGE_RECORD' && (data as { fenced?: number }).fenced === 1,
    )
  expect(fencing?.offset).toBe(67)
  const fenced = (offset: number) => log.imageAt(offset)!.look('brokers', '2', 'fenced')
  expect([fenced(67), fenced(68), fenced(log.endOffset)]).toEqual([false, true, false])
})
