/** The checks of the lab on a recorded history: false before what they are about, true with it, and with nothing like it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/request-loop/lab.ts'
import type { AnswerTimes, FileContent, TopicBatch } from '#labs/protocol/observation.ts'
import { Recorded } from '../../support/recorded.ts'

type Read = { batches: TopicBatch[]; complete: boolean }

/** Of each log its first 40 batches, without keys: no check looks at more. */
const recorded = await Recorded.of(lab)
const running = recorded.seen('process', ({ host, state }) => host === 'broker-1' && state === 'running')
const stopped = recorded.seen('process', ({ host, state }) => host === 'broker-1' && state === 'none', running)

test.each([
  ['serves', stopped, /^Broker 1 is unfenced; its broker epoch is \d+\.$/],
  [
    'no-linger',
    recorded.created('linger-0'),
    /^\d+ records? in a batch, [\d,]+ bytes \(the median\)\. The tool says: /,
  ],
  ['linger', recorded.created('linger-100'), /^1\d\d records in a batch, 1[4-6],?\d+ bytes \(the median\)\./],
  ['large-batch', recorded.created('linger-100-large'), /^2\d\d records in a batch, 2\d,?\d+ bytes \(the median\)\./],
  ['long-linger', recorded.created('linger-1500-large'), /^2[,]?\d{3} records in a batch, 2\d\d,?\d+ bytes/],
  [
    'full-speed',
    recorded.created('full-speed-large'),
    /^The tool says: [\d,]+ records a second in small batches, [\d,]+ in large ones\.$/,
  ],
  ['waits', recorded.created('squeezed'), /^A small question to broker 1 was answered after [\d.]+ ms \(the median of/],
  ['threads-again', recorded.passOf('waits'), /^A small question to broker 1 is answered after [\d.]+ ms \(the median/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.whereItPassed(check)).toMatchObject({ passed: true, says: expect.stringMatching(says) })
})

test('a broker that was not stopped, or is not back, has no agent that serves', async () => {
  const says = async (from: Recorded, count: number) => (await from.at('serves', count)).says
  expect(await says(recorded, stopped)).toBe('Broker 1 runs as it did at the start, without an agent.')
  expect(await says(recorded, stopped + 1)).toBe('Broker 1 is not up.')
  const fenced = recorded.butRecords('BROKER_REGISTRATION_CHANGE_RECORD', (data, index) =>
    index > stopped ? null : data,
  )
  expect(await fenced.whereItPassed('serves')).toMatchObject({
    passed: false,
    says: 'Broker 1 answers, and is still fenced.',
  })
})

const batchesOf = (topic: string, change: (batch: TopicBatch) => Partial<TopicBatch>) =>
  recorded.butFetched<Read>(`batches ${topic}`, (read) => ({
    ...read,
    batches: read.batches.map((one) => ({ ...one, ...change(one) })),
  }))
const madeOf = (count: number, bytes: number) => () => ({ count, bytes })

test.each([
  [
    'no-linger',
    'linger-0',
    madeOf(31, 3_300),
    'the producer has waited for more. Delete the topic, and write it with linger.ms=0 and batch.size=16384.',
  ],
  [
    'linger',
    'linger-100',
    madeOf(158, 16_385),
    'batch.size was more than 16384. Delete the topic, and write it with linger.ms=100 and batch.size=16384.',
  ],
  ['linger', 'linger-100', madeOf(125, 13_107), 'they were sent before they were full. Delete'],
  ['large-batch', 'linger-100-large', madeOf(155, 16_384), 'no more than batch.size=16384 would have let in. Delete'],
  ['large-batch', 'linger-100-large', madeOf(601, 64_000), 'they waited longer than 100 ms. Delete'],
  ['long-linger', 'linger-1500-large', madeOf(1_499, 155_000), 'they were sent before 1,500 ms were over. Delete'],
  ['full-speed', 'full-speed-small', madeOf(158, 16_385), 'batch.size was more than 16384. Delete'],
  ['full-speed', 'full-speed-large', madeOf(1_400, 150_000), 'batch.size was less than 300000. Delete'],
] as const)('%s: batches of %s that other settings made', async (check, topic, change, wrong) => {
  const { passed, says } = await batchesOf(topic, change).whereItPassed(check)
  expect(passed).toBe(false)
  expect(says).toContain(`The batches of ${topic} have ${change().count.toLocaleString('en')} records`)
  expect(says).toContain(`): ${wrong}`)
})

test('what is just within the settings counts', async () => {
  for (const [check, topic, change] of [
    ['no-linger', 'linger-0', madeOf(30, 3_200)],
    ['linger', 'linger-100', madeOf(158, 16_384)],
    ['large-batch', 'linger-100-large', madeOf(600, 62_000)],
    ['long-linger', 'linger-1500-large', madeOf(1_500, 156_000)],
  ] as const)
    expect(await batchesOf(topic, change).whereItPassed(check)).toMatchObject({ passed: true })
})

test('a quarter of small batches is enough: a machine lets a producer wait now and then', async () => {
  const some = (share: number) =>
    recorded.butFetched<Read>('batches linger-0', (read) => ({
      ...read,
      batches: read.batches.map((one, index) => ({ ...one, count: index < read.batches.length * share ? 2 : 100 })),
    }))
  expect(await some(0.3).whereItPassed('no-linger')).toMatchObject({ passed: true })
  expect(await some(0.2).whereItPassed('no-linger')).toMatchObject({ passed: false })
})

test('a run that has not ended, is not read, or of which nothing is kept', async () => {
  const says = async (other: Recorded) => {
    const { passed, says } = await other.whereItPassed('linger')
    expect(passed).toBe(false)
    return says
  }
  expect((await recorded.at('linger', recorded.created('linger-100'))).says).toBe('There is no topic linger-100.')
  expect(await says(recorded.butEnds('linger-100', () => 19_999))).toBe('linger-100 has 19,999 records of 20,000.')
  expect(await says(recorded.butFailed('batches linger-100', 'no broker answers'))).toBe('no broker answers')
  expect(await says(recorded.butUnread('batches linger-100'))).toBe('linger-100 is being read.')
  const file = (change: (file: FileContent | null) => FileContent | null) =>
    recorded.butFetched('file client /home/learner/kafka/runs/linger-100.txt', change)
  expect(await says(file(() => null))).toBe(
    'The batches of linger-100 are as they should be; there is no file runs/linger-100.txt with what the tool said.',
  )
  expect(await says(file((kept) => kept && { ...kept, text: kept.text!.split('\n')[0]! }))).toBe(
    'The batches of linger-100 are as they should be; runs/linger-100.txt has no summary yet: the tool prints one at its end.',
  )
})

const threads = (count: string, from: number) =>
  recorded.butRecords<{ name: string; value: string }>('CONFIG_RECORD', (data, index) =>
    data.name === 'num.io.threads' && index >= from ? { ...data, value: count } : data,
  )
const answered = (...answerMs: number[]) => recorded.butFetched<AnswerTimes>('answer-times', () => ({ answerMs }))

test.each([
  ['two threads', threads('2', 0), 'num.io.threads of broker 1 is 2.'],
  [
    'another compression',
    recorded.butRecords<{ name: string; value: string }>('CONFIG_RECORD', (data) =>
      data.name === 'compression.type' ? { ...data, value: 'zstd' } : data,
    ),
    'There is no topic squeezed with compression.type=gzip.',
  ],
  ['few records', recorded.butEnds('squeezed', () => 49_999), 'squeezed has 49,999 records of 50,000.'],
  ['unread', recorded.butFailed('batches squeezed', 'no broker answers'), 'squeezed is being read.'],
  [
    'what producers compressed otherwise',
    recorded.butFetched<Read>('batches squeezed', ({ batches: [first, ...others], complete }) => ({
      batches: [{ ...first!, compression: 'lz4' }, ...others],
      complete,
    })),
    'squeezed has batches that are not compressed by gzip.',
  ],
  ['too few answers', answered(90, 90, 90, 90), 'Broker 1: its answers are being timed.'],
  ['no answer', recorded.butFailed('answer-times', 'nobody answers'), 'Broker 1: nobody answers.'],
  [
    'two slow ones of five',
    answered(900, 3, 24, 900, 3),
    'Broker 1 answers a small question within 24 ms. Let more producers write at once.',
  ],
])('nothing waits behind a crowd: %s', async (_, other, says) => {
  expect(await other.whereItPassed('waits')).toMatchObject({ passed: false, says })
})

test('25 ms is slow, and 50,000 records are enough', async () => {
  expect(await recorded.butEnds('squeezed', () => 50_000).whereItPassed('waits')).toMatchObject({ passed: true })
  expect(await answered(25, 25, 25, 3, 3).whereItPassed('waits')).toMatchObject({ passed: true })
})

test.each([
  ['seven threads', threads('7', recorded.passOf('waits')), 'num.io.threads of broker 1 is 7.'],
  ['slow', answered(16, 16, 16, 1, 1), 'Broker 1 answers a small question after 16 ms.'],
  ['too few answers', answered(1, 1, 1, 1), 'Broker 1: its answers are being timed.'],
])('the broker is not as it was: %s', async (_, other, says) => {
  expect(await other.whereItPassed('threads-again')).toMatchObject({ passed: false, says })
})

test('15 ms are quick, and a configuration that was removed counts as the default', async () => {
  expect(await answered(15, 15, 15, 99, 99).whereItPassed('threads-again')).toMatchObject({ passed: true })
  const removed = recorded.butRecords<{ name: string }>('CONFIG_RECORD', (data) =>
    data.name === 'num.io.threads' ? { ...data, value: null } : data,
  )
  expect(await removed.whereItPassed('threads-again')).toMatchObject({ passed: true })
})

test('the prediction is held against the batches that were written', () => {
  const outcome = recorded.entries.map(({ body }) => body).find(({ type }) => type === 'outcome')
  expect(outcome).toMatchObject({
    step: 'batching',
    right: true,
    says: expect.stringMatching(/^Some \d+: what comes within 100 ms\./),
  })
})

test('a guess is right within half as many again', () => {
  const { outcome, refuse } = lab.steps.find(({ id }) => id === 'batching')!.predict!
  const guessed = (given: string) =>
    outcome(given, { passes: { 'large-batch': { evidence: { inBatch: 300 } } } } as never).right
  expect(['199', '200', '450', '451'].map(guessed)).toEqual([false, true, true, false])
  expect(refuse?.('all')).toBe('Give a whole number.')
})
