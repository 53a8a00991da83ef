/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/two-snapshots/lab.ts'
import { only, recordsIn } from '#labs/catalog/two-snapshots/states.ts'
import { MetadataImage } from '#labs/kafka/metadata/image.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const records = recorded.entries.flatMap(({ body }) =>
  body.type === 'observed' && body.observation.type === 'metadata' ? body.observation.records : [],
)
const settings = records.filter(
  ({ type, data }) => type === 'CONFIG_RECORD' && (data as { name?: string }).name === 'retention.ms',
)

test.each([
  ['up', recorded.seen('node-up'), /^Node 101 leads in epoch 1, and broker 1 is unfenced\.$/],
  ['two-topics', recorded.created('drafts'), /^orders has 3 partitions, drafts has one\.$/],
  ['snapshot-a', recorded.passOf('two-topics'), /^A is \d{20}-0000000001\.checkpoint, [\d,]+ bytes\.$/],
  [
    'set-thrice',
    recorded.passOf('snapshot-a'),
    /^The log has 3 records about it since A: 3600000, 7200000, 86400000\.$/,
  ],
  ['grown', recorded.passOf('set-thrice'), /^orders has 5 partitions, and the id that it has in A\.$/],
  ['deleted', recorded.passOf('grown'), /^Record \d+ deleted drafts, and its partition with it\.$/],
  [
    'snapshot-b',
    recorded.passOf('deleted'),
    /^A is \d{20}-0000000001\.checkpoint, B is \d{20}-0000000001\.checkpoint,/,
  ],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('what is in A alone is counted, not what is in B, nor what is in the log between them', async () => {
  const count = recorded.passOf('compare-answer')
  expect(await recorded.answered('compare', '2', count)).toMatchObject({
    passed: true,
    says: 'TOPIC_RECORD drafts, PARTITION_RECORD drafts: not in B.',
  })
  for (const [given, says] of [
    ['3', /^3 are in B and not in A\. Which are in A and not in B\?$/],
    ['6', /^It is not 6\. Compare A, which ends at \d+, with B, which ends at \d+\.$/],
    ['two', /^Give a whole number\.$/],
  ] as const)
    expect(await recorded.answered('compare', given, count)).toMatchObject({
      passed: false,
      says: expect.stringMatching(says),
    })
})

test('the record that B owes its setting to is the last of three, and its offset that of the log', async () => {
  const count = recorded.passOf('origin-answer')
  const [first, , last] = settings.map(({ offset }) => offset)
  expect(settings).toHaveLength(3)
  expect(await recorded.answered('origin', String(last), count)).toMatchObject({ passed: true })
  expect(await recorded.answered('origin', String(first), count)).toMatchObject({
    passed: false,
    says: `Record ${first} set it to 3600000; B has 86400000.`,
  })
  expect(await recorded.answered('origin', '17', count)).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^Record 17 of the log did not set it\. Is that the offset in the file of B\?/),
  })
})

test('a snapshot of between the changes is not B', async () => {
  const late = await Recorded.of(lab)
  const at = late.entries.findIndex(({ body }) => JSON.stringify(body).includes('REMOVE_TOPIC_RECORD'))
  const count = late.passOf('snapshot-b')
  const { body } = late.entries[at]!
  if (body.type !== 'observed' || body.observation.type !== 'metadata') throw new Error('no record was recorded')
  const deletion = body.observation.records.find(({ type }) => type === 'REMOVE_TOPIC_RECORD')!
  // As if drafts had been deleted right behind the end of what is B otherwise.
  const end = Number(/B is (\d+)-/.exec((await recorded.at('snapshot-b', count)).says)?.[1])
  deletion.offset = end
  expect(await late.at('snapshot-b', count)).toMatchObject({
    passed: false,
    says: expect.stringMatching(new RegExp(`One that contains record ${end} is still to come\\.$`)),
  })
})

test('each prediction was held against what then happened', () => {
  const outcomes = recorded.entries.flatMap(({ body }) => (body.type === 'outcome' ? [body] : []))
  expect(outcomes.map(({ step, right, says }) => [step, right, says])).toEqual([
    ['start', true, expect.stringMatching(/^It took 16 records: /)],
    ['first', false, 'It has 6: 2 TOPIC_RECORDs, and 4 PARTITION_RECORDs.'],
    ['change', false, expect.stringMatching(/^It has 1, with 86400000\. The log has 3: /)],
    ['compare', false, expect.stringMatching(/^In B alone: 3\. In A alone: 2\. /)],
    // as many lines as kafka-dump-log gives for that file, without control records
    [
      'origin',
      false,
      expect.stringMatching(/^In the log it has offset \d+\. B has 16 records and a few control records/),
    ],
  ])
})

const ID = 'vCdfsIguQmuNqFEY7-byMw'
const image = (...all: [string, Record<string, unknown>][]) => {
  const made = new MetadataImage()
  for (const [offset, [type, data]] of all.entries()) made.apply({ offset, epoch: 1, timestamp: 1, type, data })
  return made.tree()
}
const SETTING = [
  'CONFIG_RECORD',
  { resourceType: 2, resourceName: 'orders', name: 'retention.ms', value: '1' },
] as const

test('a state is as many records as a snapshot of it has', () => {
  const state = image(
    ['KRaftVersion', { kRaftVersion: 1 }],
    ['FEATURE_LEVEL_RECORD', { name: 'metadata.version', featureLevel: 30 }],
    ['REGISTER_BROKER_RECORD', { brokerId: 1, brokerEpoch: 4, fenced: true }],
    ['BROKER_REGISTRATION_CHANGE_RECORD', { brokerId: 1, brokerEpoch: 4, fenced: -1 }],
    ['TOPIC_RECORD', { name: 'orders', topicId: ID }],
    ['PARTITION_RECORD', { partitionId: 0, topicId: ID, replicas: [1], isr: [1], leader: 1 }],
    ['CONFIG_RECORD', { ...SETTING[1], value: '2' }],
    [...SETTING],
    [
      'CLIENT_QUOTA_RECORD',
      { entity: [{ entityType: 'user', entityName: 'ada' }], key: 'producer_byte_rate', value: 9 },
    ],
  )
  expect(recordsIn(state).map((line) => line.split(' ')[0])).toEqual([
    'FEATURE_LEVEL_RECORD',
    'REGISTER_BROKER_RECORD',
    'CONFIG_RECORD',
    'CLIENT_QUOTA_RECORD',
    'TOPIC_RECORD',
    'PARTITION_RECORD',
  ])
})

test('a topic made anew is another, record by record', () => {
  const topic = (id: string) =>
    image(
      ['TOPIC_RECORD', { name: 'orders', topicId: id }],
      ['PARTITION_RECORD', { partitionId: 0, topicId: id, replicas: [1], isr: [1], leader: 1 }],
    )
  expect(only(topic(ID), topic(ID))).toEqual([])
  expect(only(topic(ID), topic('KGiyRY0WRU690i8CiKn65w'))).toHaveLength(2)
})
