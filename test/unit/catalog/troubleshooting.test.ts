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

const taken =
  returns.seen('metadata', ({ records }) =>
    records.some(({ type, data }) => type === 'KRaftVoters' && (data as { voters: unknown[] }).voters.length === 2),
  ) + 1

test('voter-returns: who is out for two seconds only, and is not seen so, was out all the same', async () => {
  const unseen = await Recorded.of(voterReturns)
  for (const { body } of unseen.entries)
    if (body.type === 'observed' && body.observation.type === 'quorum' && body.observation.voters.length === 2)
      Object.assign(body.observation, { voters: [], observers: [] })
  expect(await unseen.at('removed', unseen.passOf('came-back'))).toMatchObject({ passed: true })
})

test.each([
  ['removed', 1, /^The voters were 101, 102, 103, and then 101, 102\.$/],
  ['came-back', returns.passOf('removed'), /^[\d.]+ s after it was removed node 103 was a voter again\.$/],
  ['observes', returns.passOf('came-back'), /^The voters are 101, 102, and node 103 has observed for \d+ s\.$/],
  ['quorum-works', returns.passOf('came-back'), /^Node 10[12] leads, and everything below \d+ is committed\.$/],
])('voter-returns: %s', async (check, before, says) => {
  expect(await returns.at(check, before)).toMatchObject({ passed: false })
  // The log tells of it a moment after the view, by which it had passed when this was recorded.
  expect(await returns.at(check, check === 'removed' ? taken : returns.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})
