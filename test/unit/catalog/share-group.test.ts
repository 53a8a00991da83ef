/** The checks of the lab on a recorded history: false before what they are about, true with it, and with nothing like it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/share-group/lab.ts'
import type { Group } from '#labs/protocol/observation.ts'
import { Recorded } from '../../support/recorded.ts'

type Delivered = Group['delivered'][number]

const recorded = await Recorded.of(lab)
const first = (id: string) => recorded.seen('need', ({ result }) => JSON.stringify(result).includes(`"id":"${id}"`)) + 1

test.each([
  ['one-idle', first('readers'), 'Of readers one member has jobs-0, and 1 has nothing to do.'],
  ['both-read', first('workers'), /^2 members of workers have jobs-0 at the same time, in epoch \d+\.$/],
  ['accepted', recorded.passOf('one-idle') + 1, 'workers is done with all 3000 records: nothing is left to deliver.'],
  ['released', recorded.passOf('accepted') + 1, 'Offset 3000 was delivered once, and is available again.'],
  [
    'archived',
    recorded.passOf('released') + 1,
    'Offset 3000 was delivered 5 times and never accepted: it is archived, and workers goes on behind it.',
  ],
])('%s', async (check, before, says) => {
  expect(await recorded.at(check, before)).toMatchObject({ passed: false })
  expect(await recorded.whereItPassed(check)).toMatchObject({
    passed: true,
    says: typeof says === 'string' ? says : expect.stringMatching(says),
  })
})

/** The record, had the coordinator told otherwise of that group, from an entry on; null: of none. */
const told = (id: string, change: (group: Group) => Group | null, from = 0) =>
  recorded.butFetched<Group[]>('groups', (groups, index) =>
    groups.flatMap((one) => (one.id === id && index >= from ? (change(one) ?? []) : one)),
  )
const butOf = (id: string, change: Partial<Group>, from = 0) => told(id, (group) => ({ ...group, ...change }), from)
const assigned = (id: string, ...partitions: number[][]) =>
  told(id, (group) => ({
    ...group,
    members: partitions.map((all, index) => ({
      ...{ id: `m-${index}`, clientId: 'console', host: '192.0.2.12', instance: null, epoch: null, target: null },
      assigned: all.map((partition) => ({ topic: 'jobs', partition })),
    })),
  }))
const kept = (first: number, last: number, state: Delivered['state'], count: number): Delivered => ({
  ...{ topic: 'jobs', partition: 0 },
  ...{ first, last, state, count },
})
const startsAt = (offset: number) => [{ topic: 'jobs', partition: 0, offset }]

test.each([
  ['one-idle', 'nobody', told('readers', () => null), 'There is no group readers. There is workers.'],
  ['one-idle', 'a share group', butOf('readers', { type: 'share' }), 'readers is a share group.'],
  ['one-idle', 'one member alone', assigned('readers', [0]), 'readers has 1 member, and is Stable.'],
  [
    'one-idle',
    'it is not shared yet',
    butOf('readers', { state: 'CompletingRebalance' }),
    'readers has 2 members, and is CompletingRebalance.',
  ],
  ['one-idle', 'nobody has it', assigned('readers', [], []), '0 of its members have jobs-0.'],
  ['one-idle', 'both have it', assigned('readers', [0], [0]), '2 of its members have jobs-0.'],
  [
    'one-idle',
    'no answer',
    recorded.butFailed('groups', 'no broker answers'),
    'The groups cannot be read: no broker answers.',
  ],
  ['one-idle', 'nobody has looked', recorded.butUnread('groups'), 'Reading the groups.'],
  ['both-read', 'nobody', told('workers', () => null), 'There is no group workers. There is readers.'],
  ['both-read', 'a consumer group', butOf('workers', { type: 'consumer' }), 'workers is a consumer group.'],
  ['both-read', 'one member alone', assigned('workers', [0]), 'workers has 1 member with jobs-0.'],
  ['both-read', 'one of two', assigned('workers', [0], []), 'workers has 1 member with jobs-0.'],
  ['accepted', 'five records', recorded.butEnds('jobs', () => 5), 'jobs has 5 records.'],
  ['accepted', 'it has not begun', butOf('workers', { offsets: [] }), 'workers has no start offset of jobs-0 yet.'],
  [
    'accepted',
    'one was given back',
    butOf('workers', {
      offsets: startsAt(2_003),
      delivered: [
        kept(2_003, 2_500, 'acknowledged', 1),
        kept(2_501, 2_501, 'available', 1),
        kept(2_502, 2_999, 'acknowledged', 1),
      ],
    }),
    'workers is done with what lies below 2501, of 3000: 499 records may still be delivered.',
  ],
  [
    'accepted',
    'the last one is not delivered',
    butOf('workers', { offsets: startsAt(2_003), delivered: [kept(2_003, 2_998, 'acknowledged', 1)] }),
    'workers is done with what lies below 2999, of 3000: 1 record may still be delivered.',
  ],
  [
    'accepted',
    'what it is done with is another topic',
    butOf('workers', {
      offsets: startsAt(2_003),
      delivered: [{ ...kept(2_003, 2_999, 'acknowledged', 1), topic: 'tasks' }],
    }),
    'workers is done with what lies below 2003, of 3000: 997 records may still be delivered.',
  ],
  [
    'released',
    'it was accepted',
    butOf('workers', { delivered: [kept(3_000, 3_000, 'acknowledged', 1)] }),
    'workers is done with what lies below 3001, and nothing that was given back waits there.',
  ],
  [
    'released',
    'it was rejected',
    butOf('workers', { delivered: [kept(3_000, 3_000, 'archived', 1)] }),
    'workers is done with what lies below 3001, and nothing that was given back waits there.',
  ],
  [
    'released',
    'it was never delivered',
    butOf('workers', { delivered: [kept(3_000, 3_000, 'available', 0)] }),
    'workers is done with what lies below 3000, and nothing that was given back waits there.',
  ],
  [
    'released',
    'it is with a consumer',
    butOf('workers', { delivered: [] }),
    'workers is done with what lies below 3000, and nothing that was given back waits there.',
  ],
  [
    'released',
    'nothing has begun',
    butOf('workers', { offsets: [] }),
    'workers is done with what lies below 0, and nothing that was given back waits there.',
  ],
  [
    'released',
    'the consumer still runs',
    assigned('workers', [0]),
    'Offset 3000 was given back. A consumer of workers still runs: end it.',
  ],
])('%s, not so: %s', async (check, _, other, says) => {
  expect(await other.whereItPassed(check)).toMatchObject({ passed: false, says })
})

test('what is archived is done with as well, and a record may come back more than once', async () => {
  const archived = butOf('workers', {
    offsets: startsAt(2_003),
    delivered: [kept(2_003, 2_500, 'acknowledged', 1), kept(2_501, 2_999, 'archived', 5)],
  })
  expect(await archived.whereItPassed('accepted')).toMatchObject({ passed: true })
  const twice = butOf('workers', { delivered: [kept(3_000, 3_000, 'available', 2)] })
  expect(await twice.whereItPassed('released')).toMatchObject({
    passed: true,
    says: 'Offset 3000 was delivered 2 times, and is available again.',
    evidence: { offset: 3_000, count: 2 },
  })
})

const last = recorded.passOf('archived') - 1

test.each([
  ['four times', [kept(3_000, 3_000, 'available', 4)], 'Offset 3000 was delivered 4 times, and is available again.'],
  [
    'accepted in the end',
    [kept(3_000, 3_000, 'acknowledged', 5)],
    'Offset 3000 was accepted with delivery 5. Write another one, and give that back until it comes no more.',
  ],
  [
    'rejected, not given back',
    [kept(3_000, 3_000, 'archived', 4)],
    'Offset 3000 was rejected with delivery 4. Write another one, and give that back until it comes no more.',
  ],
  [
    'one that came before',
    [kept(2_999, 2_999, 'archived', 5), kept(3_000, 3_000, 'acknowledged', 2)],
    'Offset 3000 was accepted with delivery 2. Write another one, and give that back until it comes no more.',
  ],
  ['nothing is kept of it any more', [], 'Offset 3000 was delivered 4 times, and is available again.'],
])('not archived: %s', async (_, delivered, says) => {
  expect(await butOf('workers', { delivered }, last).whereItPassed('archived')).toMatchObject({ passed: false, says })
})

test('whoever accepted it may write another one, and give that back', async () => {
  const another = butOf(
    'workers',
    { delivered: [kept(3_000, 3_000, 'acknowledged', 2), kept(3_001, 3_001, 'archived', 5)] },
    last,
  )
  expect(await another.whereItPassed('archived')).toMatchObject({
    passed: true,
    says: 'Offset 3001 was delivered 5 times and never accepted: it is archived, and workers goes on behind it.',
    evidence: { offset: 3_001, count: 5 },
  })
})

test('archived together with others, and gone from the coordinator since', async () => {
  const range = butOf('workers', { delivered: [kept(2_990, 3_010, 'archived', 5)] }, last)
  expect(await range.whereItPassed('archived')).toMatchObject({ passed: true })
  const gone = recorded.butFetched<Group[]>('groups', (groups, index) =>
    groups.map((one) => {
      if (one.id !== 'workers' || index < recorded.passOf('released')) return one
      return { ...one, delivered: index < last ? [kept(3_000, 3_000, 'archived', 5)] : [] }
    }),
  )
  expect(await gone.whereItPassed('archived')).toMatchObject({ passed: true })
})

test('a record of another group does not count, nor one before any was given back', async () => {
  expect(await recorded.at('archived', recorded.passOf('released'))).toMatchObject({
    passed: false,
    says: 'A record is to be given back first.',
  })
  const other = recorded.butFetched<Group[]>('groups', (groups, index) =>
    index < last ? groups : groups.map((one) => (one.id === 'workers' ? { ...one, id: 'idlers' } : one)),
  )
  expect(await other.whereItPassed('archived')).toMatchObject({
    passed: false,
    says: 'Offset 3000 was delivered 4 times, and is available again.',
  })
})

test('the limit is a number of deliveries, not of those that come after the first', () => {
  const { outcome, refuse } = lab.steps.find(({ id }) => id === 'release')!.predict!
  const guessed = (given: string) => outcome(given, { passes: {} } as never).right
  expect(['5', '4', '6', '0'].map(guessed)).toEqual([true, false, false, false])
  expect(refuse?.('never')).toBe('Give a whole number.')
  const outcomes = recorded.entries.flatMap(({ body }) => (body.type === 'outcome' ? [body] : []))
  expect(outcomes).toMatchObject([{ step: 'release', right: true }])
})
