/** The leader's log over the wire and, before where that begins, from its files. */
import { expect, it } from 'vitest'
import { readBatches } from '#labs/kafka/log/batch.ts'
import { EpochStarts } from '#labs/watcher/epoch-starts.ts'
import { JoinedLog } from '#labs/watcher/joined-log.ts'
import { type Kept, KeptLog, kept, type LogView } from '#labs/watcher/kept-log.ts'
import { encodeBatch, schemas } from '../../support/batches.ts'
import { metadata } from '../../support/segments.ts'

const entry = (bytes: Buffer, file: string | null): Kept =>
  kept(schemas, [...readBatches(bytes)][0]!, file === null ? null : { file, position: 0 }, true)
const noOp = (baseOffset: number, file: string | null = null): Kept =>
  entry(encodeBatch([metadata('NoOpRecord', {})], { baseOffset }), file)
const topics = (baseOffset: number, count: number, file: string | null = null): Kept => {
  const topicId = Buffer.alloc(16, 7).toString('base64url')
  const records = Array.from({ length: count }, (_, at) => metadata('TopicRecord', { name: `t${at}`, topicId }))
  return entry(encodeBatch(records, { baseOffset }), file)
}

function viewOf(all: Kept[], more: Partial<LogView> = {}): LogView {
  const log = new KeptLog()
  for (const one of all) log.add(one)
  const { kept: entries, generation } = log
  return { kept: entries, generation, logStart: entries[0]?.baseOffset ?? null, logEnd: log.end, says: '', ...more }
}
const ranges = ({ kept: all }: LogView): string[] =>
  all.map(({ kind, baseOffset, lastOffset, file }) => `${kind} ${baseOffset}-${lastOffset} ${file ? 'file' : 'wire'}`)

const SNAPSHOT = { logStart: 0, says: 'Read from a snapshot that ends at offset 6.' }
const files = (): Kept[] => [
  topics(0, 4, 'a.log'),
  ...[4, 5, 6, 7].map((at) => noOp(at, 'a.log')),
  topics(8, 2, 'a.log'),
]

it('is whole where the reading over the wire began with a snapshot', () => {
  const wire = viewOf([noOp(6), noOp(7), topics(8, 2)], SNAPSHOT)
  expect(JoinedLog.lacks(wire)).toBe(true)
  const joined = new JoinedLog().view(viewOf(files()), wire)
  // the run of NoOps is told up to where the wire goes on
  expect(ranges(joined)).toEqual(['batch 0-3 file', 'no-ops 4-5 file', 'no-ops 6-7 wire', 'batch 8-9 wire'])
  expect(joined).toMatchObject({ logStart: 0, logEnd: 10, says: '' })
})

it('is whole where nothing has come behind the snapshot', () => {
  const wire = viewOf([], { ...SNAPSHOT, logEnd: 6 })
  expect(JoinedLog.lacks(wire)).toBe(true)
  expect(ranges(new JoinedLog().view(viewOf(files()), wire))).toEqual(['batch 0-3 file', 'no-ops 4-5 file'])
})

it('lacks nothing that was read from its start, or from before it', () => {
  expect(JoinedLog.lacks(viewOf([topics(0, 2)]))).toBe(false)
  expect(JoinedLog.lacks(viewOf([topics(4, 2)], { logStart: 5 }))).toBe(false)
  expect(JoinedLog.lacks(viewOf([], { logStart: null, logEnd: 0 }))).toBe(false)
})

it('names what neither has, and says what the files lack', () => {
  const wire = viewOf([topics(20, 1)], SNAPSHOT)
  const joined = new JoinedLog().view(viewOf([topics(2, 3, 'a.log')], { says: 'Only the newest.' }), wire)
  expect(ranges(joined)).toEqual(['batch 2-4 file', 'damage 5-19 wire', 'batch 20-20 wire'])
  expect(joined).toMatchObject({ logStart: 2, says: 'Only the newest.' })
  expect(new JoinedLog().view(viewOf([]), wire)).toBe(wire)
})

it('is another log when one of the two is, and only then', () => {
  const joined = new JoinedLog()
  const there = viewOf(files())
  const wire = viewOf([noOp(6)], SNAPSHOT)
  const first = joined.view(there, wire).generation
  expect(joined.view({ ...there }, { ...wire, logEnd: 9 }).generation).toBe(first)
  const others = [joined.view(viewOf(files()), wire), joined.view(there, viewOf([noOp(6)], SNAPSHOT))]
  expect(new Set([first, wire.generation, there.generation, ...others.map(({ generation }) => generation)]).size).toBe(
    5,
  )
})

it('knows the epoch of each offset that was seen, and of no other', () => {
  const starts = new EpochStarts()
  expect(starts.at(0)).toBeNull()
  starts.add(2, 5, 8)
  starts.add(2, 8, 10)
  starts.add(4, 10, 11)
  expect([4, 5, 9, 10, 11].map((offset) => starts.at(offset))).toEqual([null, 2, 2, 4, null])
  starts.clear()
  expect(starts.at(5)).toBeNull()
})

it('forgets the oldest epochs of a cluster that elects without end', () => {
  const starts = new EpochStarts()
  for (let epoch = 0; epoch < 10_001; epoch++) starts.add(epoch, epoch, epoch + 1)
  expect([0, 1, 10_000].map((offset) => starts.at(offset))).toEqual([null, 1, 10_000])
})
