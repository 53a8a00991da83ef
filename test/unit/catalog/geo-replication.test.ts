/** The checks of the lab on a recorded history: false before what they are about, true with it, and with nothing like it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/geo-replication/lab.ts'
import type { Group } from '#labs/protocol/observation.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
/** What the group had read on cluster a, and what the mirror made of it. */
const { there, here } = recorded.evidenceOf('translated') as { there: number; here: number; says: string }
const killed = recorded.seen('fault', ({ fault }) => fault.action === 'kill')
const started = recorded.seen('fault', ({ fault }) => fault.action === 'start', killed)

test.each([
  ['written', recorded.created('orders'), /^The log of orders on cluster a ends at 1000\.$/],
  ['mirrored', recorded.passOf('written') + 1, /^orders on cluster a ends at 1000, a\.orders on cluster b at 1000\.$/],
  ['read-some', recorded.passOf('mirrored'), /^billing has committed 437 of 1000\.$/],
  ['translated', recorded.passOf('read-some') + 1, /^billing is at 437 on cluster a, at \d+ on cluster b\.$/],
  ['behind', recorded.passOf('translated'), /^orders on cluster a ends at 1050, a\.orders on cluster b at 1000\.$/],
  ['gone', killed, /^a-node-1 is down, with all that b did not have yet\.$/],
  ['read-on', recorded.passOf('gone') + 1, /^billing went on at \d+ on cluster b, and is at its end, 1000\.$/],
  ['caught-up', started, /^orders on cluster a ends at 1050, a\.orders on cluster b at 1050\.$/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.whereItPassed(check)).toMatchObject({ passed: true, says: expect.stringMatching(says) })
})

const group = (cluster: 'a' | 'b', change: (group: Group) => Group | null) =>
  recorded.butFetched<Group[]>(`groups ${cluster}`, (groups) =>
    groups.flatMap((one) => (one.id === 'billing' ? (change(one) ?? []) : one)),
  )
const standing = (cluster: 'a' | 'b', offset: number) =>
  group(cluster, (one) => ({ ...one, offsets: one.offsets.map((committed) => ({ ...committed, offset })) }))
const renamed = (topic: string, to: string) =>
  recorded.butRecords<{ name: string }>('TOPIC_RECORD', (data) => (data.name === topic ? { ...data, name: to } : data))
const twoPartitions = recorded.but((seen) => {
  if (seen.type !== 'metadata' || seen.host !== 'a-node-1') return seen
  const records = seen.records.flatMap((one) =>
    one.type === 'PARTITION_RECORD' ? [one, { ...one, data: { ...(one.data as object), partitionId: 1 } }] : [one],
  )
  return { ...seen, records }
})

test.each([
  ['written', 'another topic', renamed('orders', 'order'), 'Cluster a has no topic orders.'],
  ['written', 'two partitions', twoPartitions, 'orders has 2 partitions.'],
  ['written', 'one too few', recorded.butEnds('orders', () => 999), 'orders has 999 records.'],
  [
    'mirrored',
    'under the name that it has on the other side',
    renamed('a.orders', 'orders'),
    'Cluster b has no topic a.orders.',
  ],
  [
    'mirrored',
    'not all',
    recorded.butEnds('a.orders', () => 999),
    'orders on cluster a ends at 1000, a.orders on cluster b at 999.',
  ],
  [
    'mirrored',
    'more was written since',
    recorded.butEnds('orders', () => 1_001),
    'orders on cluster a ends at 1001, a.orders on cluster b at 1000.',
  ],
  ['read-some', 'nobody', group('a', () => null), 'Cluster a: There is no group billing. There are no groups yet.'],
  [
    'read-some',
    'nothing committed',
    group('a', (one) => ({ ...one, offsets: [] })),
    'Cluster a: Group billing has no offset for orders.',
  ],
  ['read-some', 'all', standing('a', 1_000), 'billing has read all 1000. Write some more.'],
  ['read-some', 'nothing', standing('a', 0), 'billing has read nothing yet.'],
  [
    'read-some',
    'it is still there',
    group('a', (one) => ({
      ...one,
      members: [
        {
          ...{ id: 'm-1', clientId: 'console-consumer', host: '/10.0.0.1', instance: null },
          ...{ epoch: 1, assigned: [], target: null },
        },
      ],
    })),
    'billing still has members.',
  ],
  [
    'read-some',
    'no answer',
    recorded.butFailed('groups a', 'no broker answers'),
    'Cluster a: The groups cannot be read: no broker answers.',
  ],
  [
    'translated',
    'somebody has set it further than the group was',
    standing('b', 438),
    'billing is at 438 on cluster b, and at 437 on cluster a: somebody has read on there. Delete the group on b.',
  ],
  [
    'translated',
    'for the topic as it is called on the other side',
    group('b', (one) => ({ ...one, offsets: one.offsets.map((committed) => ({ ...committed, topic: 'orders' })) })),
    'Cluster b: Group billing has no offset for a.orders.',
  ],
  [
    'behind',
    'one too few',
    recorded.butEnds('orders', (end) => Math.min(end, 1_049)),
    'orders on cluster a ends at 1049, a.orders on cluster b at 1000.',
  ],
  [
    'behind',
    'only just written',
    recorded.but((seen) => (seen.type === 'metadata-log' && seen.host === 'b-node-1' ? null : seen)),
    /^orders on cluster a ends at 1050, .* Whether it stays so is said 5 s after they were written\.$/,
  ],
  ['read-on', 'not to the end', standing('b', 999), 'billing is at 999 of 1000 on cluster b.'],
  ['read-on', 'another group', group('b', () => null), /^Cluster b: There is no group billing\./],
  [
    'caught-up',
    'not all of it',
    recorded.butEnds('a.orders', (end) => Math.min(end, 1_049)),
    'orders on cluster a ends at 1050, a.orders on cluster b at 1049.',
  ],
  [
    'caught-up',
    'copied twice',
    recorded.butEnds('a.orders', (end) => (end === 1_050 ? 1_100 : end)),
    'a.orders on cluster b has 50 records more than orders.',
  ],
  [
    'caught-up',
    'what was acknowledged on cluster a is not there any more',
    recorded.butEnds('orders', (end, index) => (index > started ? 1_049 : end)),
    'orders on cluster a ends at 1049, a.orders on cluster b at 1050.',
  ],
] as [string, string, Recorded, string | RegExp][])('%s: %s', async (check, _, other, says) => {
  const found = await other.whereItPassed(check)
  expect(found.passed).toBe(false)
  if (typeof says === 'string') expect(found.says).toBe(says)
  else expect(found.says).toMatch(says)
})

test('whoever reads on there before the mirror has told of it is not held back by where they were', async () => {
  const readOn = standing('a', 800).butFetched<Group[]>('groups b', (groups) =>
    groups.map((one) => ({ ...one, offsets: one.offsets.map((committed) => ({ ...committed, offset: 790 })) })),
  )
  expect(await readOn.whereItPassed('translated')).toMatchObject({
    passed: true,
    evidence: { there: 800, here: 790 },
  })
})

test('a mirror may have translated all: then nothing is read twice', async () => {
  expect(await standing('b', there).whereItPassed('translated')).toMatchObject({
    passed: true,
    evidence: { there, here: there },
  })
})

test('no check comes before that which it builds on', async () => {
  const says = async (check: string, before: string) => (await recorded.at(check, recorded.passOf(before))).says
  expect(await says('mirrored', 'written')).toBe('Cluster a does not have the records yet.')
  expect(await says('translated', 'read-some')).toBe('billing has read nothing on cluster a yet.')
  expect(await says('read-on', 'gone')).toBe('Cluster a is still there.')
  expect(await says('caught-up', 'behind')).toBe('Cluster b lacked nothing.')
})

test('a node that sleeps is not gone', async () => {
  expect((await recorded.at('gone', killed)).says).toBe('a-node-1 is up.')
  const paused = recorded.but((seen, index) =>
    seen.type === 'process' && seen.host === 'a-node-1' && seen.state === 'none' && index > killed - 50
      ? { ...seen, state: 'paused' }
      : seen,
  )
  expect(await paused.whereItPassed('gone')).toMatchObject({
    passed: false,
    says: 'a-node-1 is paused: it exists, and may wake up any time.',
  })
})

test('cluster a has to be there for what it says of its log to count', async () => {
  expect(await recorded.at('caught-up', started)).toMatchObject({ passed: false, says: 'a-node-1 is down.' })
})

test('what is read twice is the difference, not either of the two', async () => {
  const answered = (given: string, count = recorded.passOf('translated') + 1) =>
    recorded.answered('translate', given, count)
  expect(await answered(`${there - here}`)).toMatchObject({
    passed: true,
    says: `${there} − ${here} = ${there - here}: from the last translated point on it reads again, and skips nothing.`,
  })
  for (const other of [there, here, there - here + 1])
    expect(await answered(`${other}`)).toMatchObject({
      passed: false,
      says: `Not ${other}. Both tell CURRENT-OFFSET of billing: kafka-consumer-groups --describe.`,
    })
  expect(await answered('none')).toMatchObject({ passed: false, says: 'Give a number.' })
  expect(await answered('0', recorded.passOf('translated'))).toMatchObject({
    passed: false,
    says: 'Cluster b has no offset of billing yet.',
  })
})

test('the prediction was held against what the mirror had translated', () => {
  const outcome = recorded.entries.map(({ body }) => body).find(({ type }) => type === 'outcome')
  expect(outcome).toMatchObject({
    step: 'fail-over',
    right: true,
    says: `${here}: what the mirror had translated. The number on cluster a meant nothing there.`,
  })
})
