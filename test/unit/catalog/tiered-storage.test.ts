/** The checks of the lab on a recorded history: false before what they are about, true with it, and with nothing like it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/tiered-storage/lab.ts'
import type { Group, PartitionFiles, ReplicaLog } from '#labs/protocol/observation.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
/** So many records the solution writes. */
const END = 50_000

test.each([
  ['tiered', recorded.created('archive'), /^archive is tiered; a segment may go from the broker 1 s after it has been/],
  ['written', recorded.passOf('tiered'), /^The log of archive-0 ends at 50000\.$/],
  ['offloaded', recorded.passOf('written'), /^The log begins at 0; what lies on node-1 begins at its end, 50000\.$/],
  ['from-zero', recorded.passOf('offloaded'), /^auditor stands at 0, a record that is not on the broker\.$/],
  ['read-back', recorded.passOf('from-zero'), /^auditor has read 50,000 records, which came from elsewhere\.$/],
  ['expired', recorded.passOf('read-back'), /^The log begins at \d+: what lay before that is in neither place\.$/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.whereItPassed(check)).toMatchObject({ passed: true, says: expect.stringMatching(says) })
})

const configured = (name: string, value: string | null) =>
  recorded.butRecords<{ name: string; value: string }>('CONFIG_RECORD', (data) =>
    data.name !== name ? data : value === null ? null : { ...data, value },
  )
const twoPartitions = recorded.but((seen) => {
  if (seen.type !== 'metadata') return seen
  const records = seen.records.flatMap((one) =>
    one.type === 'PARTITION_RECORD' ? [one, { ...one, data: { ...(one.data as object), partitionId: 1 } }] : [one],
  )
  return { ...seen, records }
})

test.each([
  ['two partitions', twoPartitions, 'archive has 2 partitions.'],
  ['one place', configured('remote.storage.enable', null), 'remote.storage.enable of archive is not true.'],
  ['switched off again', configured('remote.storage.enable', 'false'), 'remote.storage.enable of archive is not true.'],
  ['its segments', configured('segment.bytes', null), 'segment.bytes of archive is the default, not 1048576.'],
  ['a byte less', configured('segment.bytes', '1048575'), 'segment.bytes of archive is 1048575, not 1048576.'],
  [
    'as long as anywhere',
    configured('local.retention.ms', null),
    'local.retention.ms of archive is the default, not 1000.',
  ],
  ['longer', configured('local.retention.ms', '10000'), 'local.retention.ms of archive is 10000, not 1000.'],
])('the topic is not as asked for: %s', async (_, other, says) => {
  expect(await other.whereItPassed('tiered')).toMatchObject({ passed: false, says })
})

test('no topic, and one with a record too few', async () => {
  expect((await recorded.at('tiered', recorded.created('archive'))).says).toBe('There is no topic archive.')
  const few = recorded.butEnds('archive', () => 49_999)
  expect(await few.whereItPassed('written')).toMatchObject({ passed: false, says: 'archive has 49,999 records.' })
  expect(await few.whereItPassed('offloaded')).toMatchObject({ passed: false, says: 'archive has too few records.' })
})

const FILES = 'partition-files'
const LOGS = 'replicas'
const lying = (...bases: number[]) =>
  recorded.butFetched<PartitionFiles | null>(FILES, (directory) => {
    const segment = { ...directory!.files.find(({ kind }) => kind === 'segment')! }
    const others = directory!.files.filter(({ kind }) => kind !== 'segment')
    return { ...directory, files: [...others, ...bases.map((offset) => ({ ...segment, offset }))] }
  })
const logs = (change: (log: ReplicaLog) => ReplicaLog | null) =>
  recorded.butFetched<{ replicas: ReplicaLog[] }>(LOGS, ({ replicas }) => ({
    replicas: replicas.flatMap((log) => change(log) ?? []),
  }))

test.each([
  [
    'copied, and not deleted yet',
    lying(0, 10_000, 20_000, END),
    'On node-1 lie 4 segments of archive-0, from offset 0 on.',
  ],
  [
    'the last of them lies there, named in any order',
    lying(END, 49_999),
    'On node-1 lie 2 segments of archive-0, from offset 49999 on.',
  ],
  ['no segment', lying(), 'On node-1 there is no directory of archive-0 yet.'],
  [
    'no directory',
    recorded.butFetched<PartitionFiles | null>(FILES, () => null),
    'On node-1 there is no directory of archive-0 yet.',
  ],
  [
    'the directory cannot be read',
    recorded.butFailed(FILES, 'node-1 is gone'),
    'The directory of archive-0 cannot be read: node-1 is gone.',
  ],
  ['nobody has looked', recorded.butUnread(FILES), 'The directory of archive-0 is being read.'],
  [
    'deleted in both places',
    logs((log) => ({ ...log, logStart: 10_000 })),
    'The log of archive-0 begins at 10000: its first records are deleted.',
  ],
  ['the leader does not answer', logs(() => null), 'Broker 1 does not answer.'],
  [
    'its beginning cannot be read',
    recorded.butFailed(LOGS, 'no broker answers'),
    'The beginning of archive-0 cannot be read: no broker answers.',
  ],
])('not offloaded: %s', async (_, other, says) => {
  expect(await other.whereItPassed('offloaded')).toMatchObject({ passed: false, says })
})

test('where the part on the broker begins is not where the log does', async () => {
  const answered = (given: string, from = recorded, count = recorded.passOf('offloaded') + 1) =>
    from.answered('offload', given, count)
  expect(await answered(`${END}`)).toMatchObject({
    passed: true,
    says: 'The first segment on node-1 is 00000000000000050000.log.',
  })
  expect(await answered('50,000')).toMatchObject({ passed: true })
  for (const other of ['0', '49999'])
    expect(await answered(other)).toMatchObject({
      passed: false,
      says: `Not at ${other}. kafka-get-offsets knows a time that is named earliest-local.`,
    })
  expect(await answered('earliest-local')).toMatchObject({ passed: false, says: 'An offset is a whole number.' })
  expect(await answered('0', lying(0, 10_000))).toMatchObject({
    passed: false,
    says: 'All of it lies there just now. Wait until the first check of this step has passed.',
  })
  expect(
    await answered(
      '0',
      recorded.butFetched(FILES, () => null),
    ),
  ).toMatchObject({
    passed: false,
    says: 'On node-1 there is no directory of archive-0 yet.',
  })
})

const standing = (offset: number | null) =>
  recorded.butFetched<Group[]>('groups', (groups) =>
    groups.map((one) => ({
      ...one,
      offsets: offset === null ? [] : one.offsets.map((committed) => ({ ...committed, offset })),
    })),
  )

test.each([
  ['from-zero', 'another place', standing(1), 'auditor stands at 1.'],
  ['from-zero', 'none', standing(null), 'Group auditor has no offset for archive.'],
  [
    'from-zero',
    'another group',
    recorded.butFetched<Group[]>('groups', (groups) => groups.map((one) => ({ ...one, id: 'audit' }))),
    'There is no group auditor. There is audit.',
  ],
  [
    'from-zero',
    'no answer',
    recorded.butFailed('groups', 'no broker answers'),
    'The groups cannot be read: no broker answers.',
  ],
  ['read-back', 'not to the end', standing(49_999), 'auditor stands at 49999 of 50000.'],
  [
    'read-back',
    'more was written since',
    recorded.butEnds('archive', () => 50_001),
    'auditor stands at 50000 of 50001.',
  ],
  ['read-back', 'none', standing(null), 'Group auditor has no offset for archive.'],
  [
    'expired',
    'sooner gone from the broker alone',
    logs((log) => ({ ...log, logStart: 0 })),
    'The log still begins at 0.',
  ],
  ['expired', 'the leader does not answer', logs(() => null), 'Broker 1 does not answer.'],
])('%s: %s', async (check, _, other, says) => {
  expect(await other.whereItPassed(check)).toMatchObject({ passed: false, says })
})

test('who stands at the end and never stood at 0 has not read it back', async () => {
  const skipped = standing(END)
  const before = recorded.passOf('from-zero')
  expect(await skipped.at('read-back', before)).toMatchObject({
    passed: false,
    says: 'auditor has not stood at 0 yet.',
  })
})
