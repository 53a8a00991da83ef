/** Held against a segment that Kafka 4.3.1 wrote, and what kafka-dump-log and grep said of it. */
import { expect, test } from 'vitest'
import { indexOf, keyAt, placed, readCommitted } from '#labs/catalog/topic-log.ts'
import type { TopicBatch, TopicRecord } from '#labs/protocol/observation.ts'

const batch = (baseOffset: number, count: number, bytes: number): TopicBatch => ({
  ...{ partition: 0, baseOffset, lastOffset: baseOffset + count - 1, count, bytes, leaderEpoch: 0 },
  ...{ compression: 'none', maxTimestamp: 0, transactional: false, control: null },
  ...{ producerId: 0, producerEpoch: 0, baseSequence: 0, records: [] },
})
const record = (key: string | null, value: string): TopicRecord => ({
  ...{ partition: 0, offset: 5, timestamp: 0, key, value, headers: [], binary: false },
})

/** Five records, one, and 499 times three of a kilobyte; the log was rolled at offset 1023. */
const LOG = [batch(0, 5, 139), batch(5, 1, 75), ...Array.from({ length: 499 }, (_, at) => batch(6 + at * 3, 3, 3_088))]

test('a batch begins where those before it in its segment end', () => {
  const all = placed(LOG, [0, 1023])
  expect(all[1]).toMatchObject({ segment: 0, position: 139 })
  expect(all.find(({ baseOffset }) => baseOffset === 1023)).toMatchObject({ segment: 1023, position: 0 })
  expect(all.findLast(({ segment }) => segment === 0)).toMatchObject({ position: 1_047_046 - 3_088 })
})

test('the index has the entries that Kafka made', () => {
  const entries = indexOf(placed(LOG, [0, 1023]).filter(({ segment }) => segment === 1023))
  expect(entries.slice(0, 3)).toEqual([
    { offset: 1031, position: 6_176 },
    { offset: 1037, position: 12_352 },
    { offset: 1043, position: 18_528 },
  ])
  expect(entries.findLast(({ offset }) => offset <= 1200)).toEqual({ offset: 1199, position: 179_104 })
  expect(indexOf(placed(LOG, [0, 1023]).filter(({ segment }) => segment === 0))).toHaveLength(1_352 / 8)
})

test('a key begins behind the header of its batch, and the lengths before it', () => {
  const second = placed(LOG, [0])[1]!
  expect(keyAt(second, record('erin', 'map'))).toBe(205)
  // a body of 64 bytes or more has a length of two bytes, and so has a key
  expect(keyAt(second, record('erin', 'm'.repeat(53)))).toBe(205)
  expect(keyAt(second, record('erin', 'm'.repeat(54)))).toBe(206)
  expect(keyAt(second, record('é'.repeat(32), 'm'))).toBe(207)
})

test('what counts for read_committed is of no transaction, or of one that was committed', () => {
  const of = (producerId: number, baseOffset: number, count: number) => ({
    ...{ ...batch(baseOffset, count, 100), producerId, transactional: true },
  })
  const marker = (producerId: number, baseOffset: number, control: 'commit' | 'abort') => ({
    ...{ ...of(producerId, baseOffset, 1), control },
  })
  const log = [
    ...[of(1, 0, 2), of(2, 2, 1), batch(3, 1, 100), marker(1, 4, 'commit'), marker(2, 5, 'abort')],
    // The same producer again, aborted; one that is open; and one of another partition, which that marker does not end.
    ...[of(1, 6, 1), marker(1, 7, 'abort'), of(3, 8, 1), { ...of(1, 0, 1), partition: 1 }],
  ]
  const { counting, open } = readCommitted(log)
  expect([...counting]).toEqual(['0/3', '0/0', '0/1'])
  expect([open, readCommitted(log.slice(0, 5)).open]).toEqual([true, false])
})
