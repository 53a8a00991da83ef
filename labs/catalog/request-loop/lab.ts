import type { ClusterView } from '#labs/engine/cluster.ts'
import {
  answerTimes,
  batches,
  cluster,
  defineLab,
  type Fact,
  file,
  missing,
  passed,
  requestMetrics,
  step,
  type Verdict,
} from '#labs/engine/define.ts'
import { HOME } from '#labs/protocol/files.ts'
import type { AnswerTimes, FileContent } from '#labs/protocol/observation.ts'
import { summaryIn } from '../perf.ts'
import { counted, endOf, FROM_THE_START, told } from '../quorum.ts'
import { notANumber, numberIn } from '../snapshots.ts'
import type { Batches } from '../topic-log.ts'
import { perfTest } from './perf-test.ts'

const HOST = 'broker-1'
const RECORDS = 20_000
/** Ten times as many, as fast as the machine can. */
const FULL_SPEED_RECORDS = 300_000
const SMALL = 16_384
const LARGE = 300_000
/** Of one partition; the first ones tell how the rest is. */
const LOOKED_AT = 300
/**
 * A producer that waits for nothing sends what comes while it hands over the last request; of a quarter of its batches that
 * is less, also on a machine that lets it wait now and then.
 */
const FEW = 30
const SQUEEZED = 'squeezed'
const SQUEEZED_RECORDS = 50_000
/** What costs nothing is answered within a few ms where no thread is wanting. */
const SLOW_MS = 25
const QUICK_MS = 15

type Run = { topic: string; lingerMs: number; batchSize: number; records: number }
const RUNS = {
  'no-linger': { topic: 'linger-0', lingerMs: 0, batchSize: SMALL, records: RECORDS },
  linger: { topic: 'linger-100', lingerMs: 100, batchSize: SMALL, records: RECORDS },
  'large-batch': { topic: 'linger-100-large', lingerMs: 100, batchSize: LARGE, records: RECORDS },
  'long-linger': { topic: 'linger-1500-large', lingerMs: 1_500, batchSize: LARGE, records: RECORDS },
  'full-speed-small': { topic: 'full-speed-small', lingerMs: 0, batchSize: SMALL, records: FULL_SPEED_RECORDS },
  'full-speed-large': { topic: 'full-speed-large', lingerMs: 100, batchSize: LARGE, records: FULL_SPEED_RECORDS },
} satisfies Record<string, Run>
type RunId = keyof typeof RUNS

const written = (id: RunId) => batches({ topic: RUNS[id].topic, max: LOOKED_AT })
const said = (id: RunId) => file('client', `${HOME}/kafka/runs/${RUNS[id].topic}.txt`)

/** `share` of the values are less. */
const quantile = (values: number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0
const median = (values: number[]): number => quantile(values, 0.5)

/** The run is done, its batches are as its settings make them, and the tool's figures are kept. */
function ran(
  id: RunId,
  { cluster, batches, said }: { cluster: ClusterView; batches: Batches; said: Fact<FileContent | null> },
  asSettings: (batch: { bytes: number; records: number; few: number }) => string | null,
): Verdict {
  const { topic, records, lingerMs, batchSize } = RUNS[id]
  if (!cluster.topics[topic]) return missing(`There is no topic ${topic}.`)
  const end = endOf(cluster, topic)
  if (end < records) return missing(`${topic} has ${counted(end, 'record')} of ${records.toLocaleString('en')}.`)
  if (batches.state !== 'fetched') return missing(batches.state === 'failed' ? batches.why : `${topic} is being read.`)
  const data = batches.value.batches.filter(({ control }) => control === null)
  const counts = data.map(({ count }) => count)
  const batch = { bytes: median(data.map(({ bytes }) => bytes)), records: median(counts), few: quantile(counts, 0.25) }
  const wrong = asSettings(batch)
  if (wrong)
    return missing(
      `The batches of ${topic} have ${counted(batch.records, 'record')}, ${counted(batch.bytes, 'byte')} (the median of the first ${data.length}): ${wrong} Delete the topic, and write it with linger.ms=${lingerMs} and batch.size=${batchSize}.`,
    )
  const summary = summaryIn(said, `runs/${topic}.txt`)
  if (typeof summary === 'string') return missing(`The batches of ${topic} are as they should be; ${summary}`)
  const { recordsPerSecond, meanMs, p99Ms } = summary
  return passed(
    `${counted(batch.records, 'record')} in a batch, ${counted(batch.bytes, 'byte')} (the median). The tool says: ${Math.round(recordsPerSecond).toLocaleString('en')} records a second, ${meanMs} ms on average, 99 of 100 within ${p99Ms} ms.`,
    { inBatch: batch.records, bytes: batch.bytes, recordsPerSecond, meanMs, p99Ms },
  )
}

const threadsOf = (cluster: ClusterView): number =>
  Number(cluster.configs['broker:1']?.['num.io.threads'] ?? cluster.configs['broker:']?.['num.io.threads'] ?? 8)

/** The median, once it was asked five times; the end of a sentence before that. */
function answersIn(fact: Fact<AnswerTimes>): number | string {
  if (fact.state === 'failed') return fact.why
  if (fact.state === 'not-fetched' || fact.value.answerMs.length < 5) return 'its answers are being timed'
  return median(fact.value.answerMs)
}

export default defineLab({
  slug: 'request-loop',
  title: 'Where a request spends its time',
  course: 'internals',
  module: 'request-loop',
  minutes: 25,
  clusters: {
    main: cluster({
      controllers: 1,
      brokers: 1,
      // Kafka's default, of which other rooms have half.
      properties: { 'num.io.threads': 8 },
    }),
  },
  hosts: ['client'],
  shows: [requestMetrics(HOST)],
  steps: [
    step('agent', {
      title: 'A broker that tells of itself',
      checks: [
        {
          id: 'serves',
          title: 'Broker 1 has been started anew, and serves',
          judge: ({ cluster, history }) => {
            const lives = history.events('process', { after: FROM_THE_START }).filter(({ host }) => host === HOST)
            const first = lives.find(({ state }) => state === 'running')
            if (!first || !lives.some(({ state, seq }) => state === 'none' && seq > first.seq))
              return missing('Broker 1 runs as it did at the start, without an agent.')
            if (!cluster.nodes[HOST]?.up) return missing('Broker 1 is not up.')
            const broker = cluster.brokers[1]
            if (broker?.fenced !== false) return missing('Broker 1 answers, and is still fenced.')
            return passed(`Broker 1 is unfenced; its broker epoch is ${broker.epoch}.`, { brokerEpoch: broker.epoch })
          },
          hints: [
            'An agent is an option of a Java process: the broker has to be stopped, and started with it.',
            'kafka-server-start passes on what KAFKA_OPTS has. The agent is /opt/kafka/plugins/jolokia-agent-jvm-javaagent.jar.',
            'On broker-1, after ./bin/kafka-server-stop: KAFKA_OPTS=-javaagent:/opt/kafka/plugins/jolokia-agent-jvm-javaagent.jar ./bin/kafka-server-start config/broker.properties',
          ],
        },
      ],
    }),
    step('batching', {
      title: 'The same records, in other batches',
      facts: {
        ...{ 'no-linger': written('no-linger'), linger: written('linger') },
        ...{ 'large-batch': written('large-batch'), 'long-linger': written('long-linger') },
        ...{ 'no-linger-says': said('no-linger'), 'linger-says': said('linger') },
        ...{ 'large-batch-says': said('large-batch'), 'long-linger-says': said('long-linger') },
      },
      predict: {
        question:
          '2,000 records a second, of 100 bytes. With linger.ms=100 and batch.size=300000: how many records will a batch have?',
        refuse: notANumber,
        outcome: (given, { passes }) => {
          const inBatch = told(passes['large-batch'], 'inBatch') ?? 0
          const guess = numberIn(given) ?? 0
          return {
            right: guess >= inBatch / 1.5 && guess <= inBatch * 1.5,
            says: `Some ${inBatch}: what comes within 100 ms. So few are far from ${LARGE.toLocaleString('en')} bytes: the clock sent them, not their size.`,
          }
        },
      },
      checks: [
        {
          id: 'no-linger',
          title: 'linger.ms=0, batch.size=16384: a batch has what came while the producer handed over the last one',
          judge: ({ cluster, facts }) =>
            ran('no-linger', { cluster, batches: facts['no-linger'], said: facts['no-linger-says'] }, ({ few }) =>
              few <= FEW ? null : 'the producer has waited for more.',
            ),
          hints: [
            'Since Kafka 4.0 a producer waits 5 ms if nobody tells it otherwise (KIP-1030).',
            'kafka-producer-perf-test takes settings of the producer behind --command-property.',
            `On client, after mkdir -p runs: ${perfTest(RUNS['no-linger'], 2000)}`,
          ],
        },
        {
          id: 'linger',
          title: 'linger.ms=100, batch.size=16384: a batch is sent when it is full',
          judge: ({ cluster, facts }) =>
            ran('linger', { cluster, batches: facts.linger, said: facts['linger-says'] }, ({ bytes }) => {
              if (bytes > SMALL) return `batch.size was more than ${SMALL}.`
              return bytes > SMALL * 0.8 ? null : 'they were sent before they were full.'
            }),
          hints: [
            'In 100 ms come 200 records, more than 16,384 bytes.',
            'The same command with another linger.ms, into another topic.',
            `On client: ${perfTest(RUNS.linger, 2000)}`,
          ],
        },
        {
          id: 'large-batch',
          title: 'linger.ms=100, batch.size=300000: a batch is sent when its time is up',
          judge: ({ cluster, facts }) =>
            ran(
              'large-batch',
              { cluster, batches: facts['large-batch'], said: facts['large-batch-says'] },
              ({ bytes, records }) => {
                if (bytes <= SMALL) return `no more than batch.size=${SMALL} would have let in.`
                return records <= 600 ? null : 'they waited longer than 100 ms.'
              },
            ),
          hints: [
            'There is room for some 2,700 of these records in 300,000 bytes.',
            'The same linger.ms as before, and another batch.size.',
            `On client: ${perfTest(RUNS['large-batch'], 2000)}`,
          ],
        },
        {
          id: 'long-linger',
          title: 'linger.ms=1500, batch.size=300000: a batch is sent when it is full, and its first record has waited',
          judge: ({ cluster, facts }) =>
            ran(
              'long-linger',
              { cluster, batches: facts['long-linger'], said: facts['long-linger-says'] },
              ({ records }) => (records >= 1_500 ? null : 'they were sent before 1,500 ms were over.'),
            ),
          hints: [
            'In 1,500 ms come 3,000 records, a few more than fit.',
            'The same batch.size as before, and another linger.ms.',
            `On client: ${perfTest(RUNS['long-linger'], 2000)}`,
          ],
        },
      ],
    }),
    step('full-speed', {
      title: 'As fast as it goes',
      facts: {
        small: written('full-speed-small'),
        large: written('full-speed-large'),
        'small-says': said('full-speed-small'),
        'large-says': said('full-speed-large'),
      },
      checks: [
        {
          id: 'full-speed',
          title: `${FULL_SPEED_RECORDS.toLocaleString('en')} records as fast as they go, once in batches of 16,384 bytes, once of 300,000`,
          judge: ({ cluster, facts }) => {
            const small = ran(
              'full-speed-small',
              { cluster, batches: facts.small, said: facts['small-says'] },
              ({ bytes }) => (bytes <= SMALL ? null : `batch.size was more than ${SMALL}.`),
            )
            if (!small.passed) return small
            const large = ran(
              'full-speed-large',
              { cluster, batches: facts.large, said: facts['large-says'] },
              ({ bytes }) => (bytes > LARGE / 2 ? null : `batch.size was less than ${LARGE}.`),
            )
            if (!large.passed) return large
            const [one, other] = [small, large].map(({ evidence }) => Number(evidence.recordsPerSecond)) as [
              number,
              number,
            ]
            return passed(
              `The tool says: ${Math.round(one).toLocaleString('en')} records a second in small batches, ${Math.round(other).toLocaleString('en')} in large ones.`,
              { smallPerSecond: one, largePerSecond: other },
            )
          },
          hints: [
            '--throughput -1 holds nothing back. linger.ms does not matter much then: records come faster than requests go.',
            `The small ones, on client: ${perfTest(RUNS['full-speed-small'], -1)}`,
            `The large ones, on client: ${perfTest(RUNS['full-speed-large'], -1)}`,
          ],
        },
      ],
    }),
    step('starve', {
      title: 'One thread for all',
      facts: { written: batches({ topic: SQUEEZED, max: LOOKED_AT }), answers: answerTimes(HOST) },
      checks: [
        {
          id: 'waits',
          title: 'Broker 1 has one I/O thread, and what costs nothing waits behind what costs much',
          judge: ({ cluster, facts }) => {
            const threads = threadsOf(cluster)
            if (threads !== 1) return missing(`num.io.threads of broker 1 is ${threads}.`)
            if (cluster.configs[`topic:${SQUEEZED}`]?.['compression.type'] !== 'gzip')
              return missing(`There is no topic ${SQUEEZED} with compression.type=gzip.`)
            const end = endOf(cluster, SQUEEZED)
            if (end < SQUEEZED_RECORDS)
              return missing(`${SQUEEZED} has ${counted(end, 'record')} of ${SQUEEZED_RECORDS.toLocaleString('en')}.`)
            if (facts.written.state !== 'fetched') return missing(`${SQUEEZED} is being read.`)
            if (facts.written.value.batches.some(({ compression }) => compression !== 'gzip'))
              return missing(`${SQUEEZED} has batches that are not compressed by gzip.`)
            const ms = answersIn(facts.answers)
            if (typeof ms === 'string') return missing(`Broker 1: ${ms}.`)
            if (ms < SLOW_MS)
              return missing(`Broker 1 answers a small question within ${ms} ms. Let more producers write at once.`)
            return passed(`A small question to broker 1 was answered after ${ms} ms (the median of five).`, { ms })
          },
          hints: [
            'num.io.threads can be changed while a broker runs, to half at once: 4, 2, 1. And a broker compresses what its producers did not, if the topic says so: work of an I/O thread.',
            `kafka-configs --alter --entity-type brokers --entity-name 1 sets it. Then create the topic ${SQUEEZED} with --config compression.type=gzip, and let three producers write large batches to it at once.`,
            'On client: for i in 1 2 3; do timeout 15 ./bin/kafka-producer-perf-test --bootstrap-server broker-1:9092 --topic squeezed --num-records 1000000 --record-size 100 --throughput -1 --command-property linger.ms=100 batch.size=1000000 & done; wait',
          ],
        },
      ],
    }),
    step('relieve', {
      title: 'Threads for all',
      facts: { answers: answerTimes(HOST) },
      checks: [
        {
          id: 'threads-again',
          title: 'Broker 1 has as many I/O threads as at the start, and answers at once',
          judge: ({ cluster, facts }) => {
            const threads = threadsOf(cluster)
            if (threads < 8) return missing(`num.io.threads of broker 1 is ${threads}.`)
            const ms = answersIn(facts.answers)
            if (typeof ms === 'string') return missing(`Broker 1: ${ms}.`)
            if (ms > QUICK_MS) return missing(`Broker 1 answers a small question after ${ms} ms.`)
            return passed(`A small question to broker 1 is answered after ${ms} ms (the median of five).`, { ms })
          },
          hints: [
            'What was set can be removed; then the default counts again.',
            'A pool can at most be doubled at once: 2, 4, 8.',
            'On client, with 2, then with 4, then with 8: ./bin/kafka-configs --bootstrap-server broker-1:9092 --alter --entity-type brokers --entity-name 1 --add-config num.io.threads=2',
          ],
        },
      ],
    }),
  ],
})
