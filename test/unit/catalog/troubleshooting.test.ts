/** The checks of the labs about broken nodes on recorded histories: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import doesNotStart from '#labs/catalog/does-not-start/lab.ts'
import startsBut from '#labs/catalog/starts-but/lab.ts'
import voterReturns from '#labs/catalog/voter-returns/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const halfFormatted = await Recorded.of(doesNotStart.variants['half-formatted']!)
const internalTopics = await Recorded.of(startsBut.variants['internal-topics']!)
const returns = await Recorded.of(voterReturns)

const prepared = (recorded: Recorded) => recorded.entries.findIndex(({ body }) => body.type === 'room-prepared') + 1

test.each([
  ['runs', /^node-3 is node 3 of cluster \S+, and its broker is unfenced\.$/],
  ['votes', /^Node 3 (follows node \d in epoch \d+|leads in epoch)/],
  ['same-disk', /^Broker 3 registered with directory \S+ again\.$/],
  ['records', /^All 40 records are there\.$/],
])('half-formatted: %s', async (check, says) => {
  expect(await halfFormatted.at(check, prepared(halfFormatted))).toMatchObject({ passed: false })
  expect(await halfFormatted.at(check, halfFormatted.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test.each([
  ['No `meta.properties` found in /var/lib/kafka/disk-2 (have you run `kafka-storage.sh` to format it?)', true],
  ['Log directory /var/lib/kafka/data is already formatted.', true],
  ['ERROR', false],
  ['INFO Registered `kafka:type=kafka.Log4jController` MBean', false],
])('half-formatted: the message %s', async (given, passed) => {
  expect(await halfFormatted.answered('read', given, opened(halfFormatted))).toMatchObject({ passed })
})

const opened = (recorded: Recorded) => recorded.entries.findIndex(({ body }) => body.type === 'step-opened') + 1

test.each([
  ['offsets-topic', /^__consumer_offsets has 4 partitions with 1 replica each\.$/],
  ['client-reads', /^A consumer of group billing on client has read up to offset 40\.$/],
  ['nothing-lost', /^All 40 records are there\.$/],
])('internal-topics: %s', async (check, says) => {
  expect(await internalTopics.at(check, prepared(internalTopics))).toMatchObject({ passed: false })
  // Said once the client reads.
  const pass = internalTopics.passOf(check)
  expect(await internalTopics.at(check, pass)).toMatchObject({ passed: true, says: expect.stringMatching(says) })
})

test.each([
  ['offsets.topic.replication.factor', true],
  ['offsets.topic.replication.factor=3', true],
  ['advertised.listeners', false],
  ['the listener', false],
])('internal-topics: the property %s', async (given, passed) => {
  expect(await internalTopics.answered('find', given, opened(internalTopics))).toMatchObject({ passed })
})

test.each([
  ['removed', 1, /^The voters were 101, 102, 103, and then 101, 102\.$/],
  ['came-back', returns.passOf('removed') + 1, /^[\d.]+ s after it was removed node 103 was a voter again\.$/],
  ['observes', returns.passOf('came-back') + 1, /^The voters are 101, 102, and node 103 has observed for \d+ s\.$/],
  ['quorum-works', returns.passOf('observes'), /^Node 10[12] leads, and everything below \d+ is committed\.$/],
])('voter-returns: %s', async (check, before, says) => {
  expect(await returns.at(check, before)).toMatchObject({ passed: false })
  expect(await returns.whereItPassed(check)).toMatchObject({ passed: true, says: expect.stringMatching(says) })
})

test('voter-returns: who is out for two seconds only, and is not seen so, was out all the same', async () => {
  const unseen = returns.but((seen) =>
    seen.type === 'quorum' && seen.voters.length === 2 ? { ...seen, voters: [], observers: [] } : seen,
  )
  expect(await unseen.at('removed', unseen.passOf('came-back'))).toMatchObject({ passed: true })
})

const [removed, sampled] = [
  returns.passOf('removed'),
  returns.entries.findLastIndex(
    ({ body }, index) =>
      index < returns.passOf('observes') && body.type === 'observed' && body.observation.type === 'metadata-log',
  ),
]

test.each([
  [
    'came-back',
    'it stays out',
    returns.butRecords<{ voters: unknown[] }>('KRaftVoters', (data, index) =>
      index > removed && data.voters.length === 3 ? null : data,
    ),
    'Node 103 is out. Leave it running, and watch the voters.',
  ],
  [
    'observes',
    'it votes',
    returns.but((seen, index) =>
      seen.type === 'quorum' && index > removed + 1 && seen.voters.length === 2 ? null : seen,
    ),
    'The voters are 101, 102, 103.',
  ],
  [
    'observes',
    'it is down',
    returns.but((seen, index) => (index === sampled ? { type: 'node-down', host: 'controller-3', why: '' } : seen)),
    'controller-3 is not up. It should run: a node that is down asks for nothing, until somebody starts it.',
  ],
  [
    'observes',
    'it does not fetch',
    returns.but((seen) => (seen.type === 'quorum' ? { ...seen, observers: [] } : seen)),
    'Node 103 is up; the leader does not list it among the observers yet.',
  ],
  [
    'quorum-works',
    'the other one is behind',
    returns.but((seen, index) =>
      seen.type === 'metadata-log' && index === sampled
        ? { ...seen, replicas: seen.replicas.map((one) => ({ ...one, logEndOffset: one.logEndOffset - 1 })) }
        : seen,
    ),
    'The other voter has not caught up yet.',
  ],
])('voter-returns, %s, not so: %s', async (check, _, other, says) => {
  expect(await other.whereItPassed(check)).toMatchObject({ passed: false, says })
})

test('voter-returns: no check comes before that which it builds on, nor before it was quiet for a while', async () => {
  const says = async (check: string, count: number) => (await returns.at(check, count)).says
  expect(await says('came-back', removed)).toBe('Node 103 has not been removed yet.')
  expect(await says('quorum-works', returns.passOf('observes'))).toBe(
    'Node 103 still votes, or has not been out for long enough.',
  )
  expect(await says('observes', sampled)).toBe(
    'Node 103 observes. Whether it stays so is said 20 s after the last change.',
  )
})
