/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/broker-failure-records/lab.ts'
import type { MetadataRecord } from '#labs/protocol/observation.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const CHANGE = 'BROKER_REGISTRATION_CHANGE_RECORD'
type Data = Record<string, unknown>
const isOf = (type: string, wanted: Data) => (record: { type: string; data: unknown }) =>
  record.type === type && Object.entries(wanted).every(([name, value]) => (record.data as Data)[name] === value)
const observed = ({ entries }: Recorded) =>
  entries.flatMap(({ body }) =>
    body.type === 'observed' && body.observation.type === 'metadata' ? [body.observation] : [],
  )
const log = observed(recorded).flatMap(({ records }) => records)
const died = recorded.seen('node-down')
const fencing = recorded.seen('metadata', ({ records }) => records.some(isOf(CHANGE, { fenced: 1 })), died)
const fence = log.find(isOf(CHANGE, { fenced: 1 }))!
const back = recorded.seen('process', ({ state }) => state === 'running', died)

test.each([
  ['up', recorded.seen('node-up'), /^Node 101 leads in epoch 1\. Unfenced: brokers 1, 2, 3\.$/],
  ['placed', recorded.created('orders'), /^Broker 2 has a replica of 4 of the 6 partitions of orders, and leads 2\.$/],
  ['fenced', fencing, /^broker-2 went down\. Record \d+ fenced broker 2, [\d.]+ s later\.$/],
  ['elected', fencing, /^In the batch that ends with record \d+, record \d+ gives orders-\d to broker [13], record/],
  ['registered', back, /^Record \d+ registers broker 2, and record \d+ unfences it\.$/],
  ['in-sync', recorded.passOf('registered'), /^4 PARTITION_CHANGE_RECORDs behind record \d+ have broker 2 in the ISR/],
  ['preferred', recorded.passOf('in-sync'), /^Each is led by the first of its replicas\. Record \d+ gave orders-\d to/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('a broker that is down has a session until it runs out', async () => {
  expect(await recorded.at('fenced', fencing)).toMatchObject({
    passed: false,
    says: 'broker-2 went down, and has not been fenced yet.',
  })
})

test('the record that fenced it is asked for, not one of its batch, nor one that fences it again', async () => {
  const count = recorded.passOf('elected')
  const { offset } = fence
  expect(await recorded.answered('kill', String(offset), count)).toMatchObject({ passed: true })
  expect(await recorded.answered('kill', String(offset - 1), count)).toMatchObject({
    passed: false,
    says: expect.stringMatching(/of the same batch, and about a partition/),
  })
  const again = await Recorded.of(lab)
  const batch = observed(again).find(({ records }) => records.some(isOf(CHANGE, { fenced: 1 })))!
  batch.records.push({ ...fence, offset: offset + 7, timestamp: fence.timestamp + 9_000 })
  expect(await again.answered('kill', String(offset), count)).toMatchObject({ passed: true })
  expect(await again.answered('kill', String(offset + 7), count)).toMatchObject({ passed: false })
})

test('partition, leader and leader epoch are of one partition that the dead broker led', async () => {
  const count = recorded.passOf('kill-answer') + 1
  const led = log.filter(({ type, data }) => type === 'PARTITION_CHANGE_RECORD' && 'leader' in (data as Data))
  const { partitionId, leader } = led[0]!.data as { partitionId: number; leader: number }
  const other = [0, 1, 2, 3, 4, 5].find((one) => !led.some(({ data }) => (data as Data).partitionId === one))
  const says = (given: string) => recorded.answered('elected', given, count)
  expect(await says(`orders-${partitionId}, broker-${leader}, 1`)).toMatchObject({ passed: true })
  expect(await says(`${partitionId} ${leader} 0`)).toMatchObject({ passed: false })
  expect(await says(`${partitionId} 2 1`)).toMatchObject({ passed: false })
  expect(await says(`${other} ${leader} 1`)).toMatchObject({
    passed: false,
    says: `Broker 2 did not lead orders-${other} when it died.`,
  })
  expect(await says(`${leader} 1`)).toMatchObject({ passed: false, says: expect.stringMatching(/^Give three numbers/) })
})

test('a broker epoch is of its present life', async () => {
  const count = recorded.passOf('in-sync')
  const [first, now] = log.filter(isOf('REGISTER_BROKER_RECORD', { brokerId: 2 }))
  expect(await recorded.answered('return', String(now?.offset), count)).toMatchObject({ passed: true })
  expect(await recorded.answered('return', String(first?.offset), count)).toMatchObject({
    passed: false,
    says: `${first?.offset} was its broker epoch in an earlier life.`,
  })
})

test('each prediction was held against what then happened', () => {
  const outcomes = recorded.entries.flatMap(({ body }) => (body.type === 'outcome' ? [body] : []))
  expect(outcomes.map(({ step, right }) => [step, right])).toEqual([
    ['start', false],
    ['kill', true],
    ['return', false],
    ['elect', false],
  ])
  expect(outcomes.map(({ says }) => says)).toEqual([
    expect.stringMatching(/^It has a replica of 4 partitions: it leads 2 and follows in 2\./),
    expect.stringMatching(/^It wrote 4, .* 2 of them have/),
    expect.stringMatching(/^It leads none\./),
    expect.stringMatching(/^It appended 2: record/),
  ])
})

test('a broker that announced its shutdown was not killed', async () => {
  const inOrder = await Recorded.of(lab)
  const batch = observed(inOrder).find(({ records }) => records.some(isOf(CHANGE, { fenced: 1 })))!
  const { fenced: _, ...broker } = fence.data as Data
  const announced: MetadataRecord = { ...batch.records[0]!, type: CHANGE, data: { ...broker, inControlledShutdown: 1 } }
  batch.records[0] = announced
  expect(await inOrder.at('fenced', fencing + 1)).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^broker-2 was stopped in order: record \d+ says so/),
  })
})
