import { expect, test } from 'vitest'
import { RecordLog } from '#labs/engine/record-log.ts'
import { type SnapshotPart, States } from '#labs/gateway/states.ts'
import { Turns } from '#labs/gateway/turns.ts'
import { partition, partitionChange, recordsFrom, topic } from '#test/support/metadata-log.ts'

const FILE = '00000000000000000003-0000000001.checkpoint'
const START = [topic('a'), topic('orders'), partition('orders', 0, [1, 2])] as const
const AFTER = recordsFrom(3, ['NO_OP_RECORD'], partitionChange('orders', 0, { isr: [1] }), topic('b'), ['NO_OP_RECORD'])
const SNAPSHOT: SnapshotPart = {
  from: 'snapshot',
  records: recordsFrom(0, ['SnapshotHeader', { lastContainedLogTimestamp: 7 }], ...START, ['SnapshotFooter']),
  says: '',
}
const behind = (records = AFTER, says = ''): SnapshotPart => ({ from: 'log', records, says })

/** @param seen records that came over the wire, without NoOps */
function statesOf(parts: SnapshotPart[], seen = [...recordsFrom(0, ...START), ...AFTER]) {
  const log = new RecordLog()
  log.take(
    seen.filter(({ type }) => type !== 'NO_OP_RECORD'),
    1,
  )
  const asked: unknown[] = []
  const states = new States({ recordLog: () => log, commandChange: () => null }, async (host, file, after, take) => {
    asked.push([host, file, after])
    for (const part of parts) if (after || part.from === 'snapshot') take(part)
  })
  return { states, asked, log }
}
const snapshot = { of: 'snapshot', host: 'broker-1', file: FILE } as const
const live = { of: 'live' } as const

test('a snapshot is shown at the offset that its name says, the live state at its end', async () => {
  const { states, asked } = statesOf([SNAPSHOT, behind()])
  const view = await states.view(snapshot)
  expect(view).toMatchObject({ source: snapshot, endOffset: 3, epoch: 1, timestamp: 7, records: 5, says: '' })
  expect(Object.keys(view.tree.topics!)).toEqual(['a', 'orders'])
  expect(asked).toEqual([['broker-1', FILE, false]])
  const now = await states.view(live)
  expect(now).toMatchObject({ source: live, endOffset: 6, records: 5 })
  expect(Object.keys(now.tree.topics!)).toEqual(['a', 'b', 'orders'])
  const { changes, left } = await states.compare(snapshot, live)
  expect(changes.map(({ kind, path }) => [kind, ...path].join(' '))).toEqual([
    'added topics b',
    'changed topics orders partitions 0 partitionEpoch',
    'changed topics orders partitions 0 isr',
  ])
  expect(left).toBe(0)
})

test('a snapshot and the log behind it are what was seen', async () => {
  const { states } = statesOf([SNAPSHOT, behind()])
  expect(await states.prove('broker-1', FILE)).toMatchObject({
    snapshotEnd: 3,
    applied: 4,
    endOffset: 7,
    equal: true,
    changes: [],
  })
})

test('a host that is behind, or ahead of what was seen, is compared as far as both go', async () => {
  const short = statesOf([SNAPSHOT, behind(AFTER.slice(0, 2))])
  expect(await short.states.prove('broker-1', FILE)).toMatchObject({ applied: 2, endOffset: 5, equal: true })
  const ahead = statesOf([SNAPSHOT, behind()], [...recordsFrom(0, ...START), ...AFTER.slice(0, 2)])
  expect(await ahead.states.prove('broker-1', FILE)).toMatchObject({ applied: 2, endOffset: 5, equal: true })
  const beyond = statesOf([SNAPSHOT, behind([])], recordsFrom(0, topic('a')))
  expect(await beyond.states.prove('broker-1', FILE)).toMatchObject({ equal: false })
})

test('what differs, or could not be read, is no proof', async () => {
  const changed = recordsFrom(3, ['NO_OP_RECORD'], partitionChange('orders', 0, { isr: [2] }), topic('b'))
  const differing = await statesOf([SNAPSHOT, behind(changed)]).states.prove('broker-1', FILE)
  expect(differing).toMatchObject({ equal: false })
  expect(differing.changes).toEqual([
    { path: ['topics', 'orders', 'partitions', '0', 'isr'], kind: 'changed', was: [2], is: [1] },
  ])
  const damaged = await statesOf([SNAPSHOT, behind(AFTER, '7 bytes were damaged.')]).states.prove('broker-1', FILE)
  expect(damaged).toMatchObject({ equal: false, changes: [], says: 'No difference was found. 7 bytes were damaged.' })
  const cut = { ...SNAPSHOT, records: SNAPSHOT.records.slice(0, -1) }
  expect(await statesOf([cut]).states.view(snapshot)).toMatchObject({ says: 'The snapshot has no end.' })
})

test('names that are no snapshot, and commands that are none', async () => {
  const { states, asked } = statesOf([])
  for (const file of ['../../etc/passwd', `${FILE}.deleted`, '3-1.checkpoint', ''])
    await expect(states.view({ ...snapshot, file })).rejects.toMatchObject({ code: 'UNKNOWN_SNAPSHOT' })
  expect(asked).toEqual([])
  expect(() => states.change(1)).toThrow(expect.objectContaining({ code: 'UNKNOWN_COMMAND' }))
})

test('questions are answered in turn, with rests; a browser that asks too much is refused, one that left is forgotten', async () => {
  const turns = new Turns()
  const began: number[] = []
  const busy = async (index: number) => {
    began.push(performance.now())
    const until = performance.now() + 10
    while (performance.now() < until);
    if (index === 1) throw new Error('the file is gone')
    return index
  }
  const asked = Array.from({ length: 20 }, (_, index) =>
    turns.ask('a', () => busy(index)).catch((error: Error) => error.message),
  )
  const other = turns.ask('b', () => busy(100))
  await expect(Promise.all(asked.slice(13))).resolves.toEqual(Array(7).fill(expect.stringContaining('too much')))
  expect(await Promise.all(asked.slice(0, 3))).toEqual([0, 'the file is gone', 2])
  expect(began[2]! - began[1]!).toBeGreaterThan(90)
  turns.forget('a')
  expect(await other).toBe(100)
  expect(began.length).toBeLessThan(8)
})
