/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/metadata-records/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const log = recorded.entries.flatMap(({ body }) =>
  body.type === 'observed' && body.observation.type === 'metadata' ? body.observation.records : [],
)
type Data = Record<string, unknown>
const isOf = (type: string, wanted: Data) => (record: { type: string; data: unknown }) =>
  record.type === type && Object.entries(wanted).every(([name, value]) => (record.data as Data)[name] === value)
const offsetOf = (type: string, wanted: Data) => String(log.find(isOf(type, wanted))?.offset)
const seen = (type: string, wanted: Data) =>
  recorded.seen('metadata', ({ records }) => records.some(isOf(type, wanted)))

const set = { name: 'retention.ms', value: '60000' }
const removed = { name: 'retention.ms', value: null }

test.each([
  ['up', recorded.seen('node-up'), /^Node 101 leads in epoch 1\. Unfenced: brokers 1, 2\.$/],
  ['created', recorded.created('orders'), /^orders has 3 partitions .* 5 records without a gap\.$/],
  ['retention-set', seen('CONFIG_RECORD', set), /^Record \d+ sets retention\.ms of orders to 60000\.$/],
  ['retention-removed', seen('CONFIG_RECORD', removed), /^orders has no retention\.ms of its own any more/],
  ['new-epoch', recorded.seen('node-down'), /^Node 101 leads in epoch 2; before, it led in epoch 1\.$/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test.each([
  ['start', 'up', offsetOf('REGISTER_BROKER_RECORD', { brokerId: 2 }), 'its own registration'],
  ['create', 'created', offsetOf('TOPIC_RECORD', { name: 'orders' }), 'the record with its name'],
  ['configure', 'retention-removed', offsetOf('CONFIG_RECORD', removed), 'the record without a value'],
  ['epoch', 'new-epoch', String(log.filter(isOf('LeaderChange', {})).at(-1)?.offset), 'the last LeaderChange'],
])('%s: an offset is held against this cluster’s log', async (step, check, offset) => {
  const count = recorded.passOf(check) + 1
  expect(await recorded.answered(step, offset, count)).toMatchObject({ passed: true })
  for (const near of [Number(offset) - 1, Number(offset) + 1])
    expect(await recorded.answered(step, String(near), count)).toMatchObject({ passed: false })
  expect(await recorded.answered(step, 'the first', count)).toMatchObject({
    passed: false,
    says: 'An offset is a whole number.',
  })
})

test.each([
  ['start', 'up', offsetOf('REGISTER_BROKER_RECORD', { brokerId: 1 }), /is a REGISTER_BROKER_RECORD, and not the one/],
  ['configure', 'retention-removed', offsetOf('CONFIG_RECORD', set), /is a CONFIG_RECORD, and not the one/],
  ['epoch', 'new-epoch', '0', /^At 0 epoch 1 began\. The present one is 2\.$/],
  ['create', 'created', '1000000', /does not reach offset 1000000 yet/],
])('%s: what is at another offset is named', async (step, check, offset, says) => {
  expect(await recorded.answered(step, offset, recorded.passOf(check) + 1)).toMatchObject({
    passed: false,
    says: expect.stringMatching(says),
  })
})

test('nothing can be answered before it has happened', async () => {
  const first = recorded.passOf('configure-answer')
  expect(await recorded.answered('epoch', '0', first)).toMatchObject({ passed: false })
  expect(await recorded.answered('start', '14', recorded.seen('node-up'))).toMatchObject({ passed: false })
})

test('each prediction was held against what then happened', () => {
  const outcomes = recorded.entries.flatMap(({ body }) => (body.type === 'outcome' ? [body] : []))
  expect(outcomes.map(({ step, right }) => [step, right])).toEqual([
    ['start', false],
    ['create', false],
    ['configure', true],
    ['epoch', false],
  ])
  expect(outcomes[0]?.says).toMatch(/^There were 4, of which 2 unfenced a broker\./)
  expect(outcomes[1]?.says).toMatch(/^It appended 5 records: 1 TOPIC_RECORD, 1 CONFIG_RECORD and 3 PARTITION_RECORDs\./)
})

test('a setting that came later is not of the creation', async () => {
  const later = await Recorded.of(lab)
  for (const { body } of later.entries) {
    if (body.type !== 'observed' || body.observation.type !== 'metadata') continue
    const at = body.observation.records.findIndex(isOf('CONFIG_RECORD', { name: 'max.message.bytes' }))
    if (at < 0) continue
    const [setting] = body.observation.records.splice(at, 1)
    body.observation.records.push({ ...setting!, offset: setting!.offset + 5 })
  }
  expect(await later.at('created', later.passOf('created'))).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^orders got its setting later than its partitions\./),
  })
})
