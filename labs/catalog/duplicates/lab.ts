import { batches, cluster, defineLab, type Fact, missing, passed, records, step } from '#labs/engine/define.ts'
import type { HistoryView } from '#labs/engine/history-view.ts'
import type { TopicBatch, TopicRecord } from '#labs/protocol/observation.ts'
import { counted } from '../quorum.ts'
import { numberIn } from '../snapshots.ts'
import { batchesIn } from '../topic-log.ts'

const HOST = 'node-1'
const RECORDS = 150
const MAX = 1_000
/** A console producer sends a record after a second at the latest, and gives the request up 1.5 s after that. */
const SENT_AGAIN_MS = 2_500
const both = (topic: string) => ({ records: records({ topic, max: MAX }), batches: batches({ topic, max: MAX }) })

export default defineLab({
  slug: 'duplicates',
  title: 'Written twice',
  course: 'internals',
  module: 'durability',
  minutes: 15,
  clusters: { main: cluster({ combined: 1 }) },
  hosts: ['client'],
  steps: [
    step('without', {
      title: 'Without idempotence',
      facts: both('plain'),
      checks: [
        {
          id: 'twice',
          title: 'Topic plain has records twice that a producer without idempotence was given once',
          judge: ({ facts }) => {
            const found = read(facts.records)
            if (typeof found === 'string') return missing(found)
            const all = batchesIn(facts.batches)
            if (found.length === 0 || !covers(all, found)) return missing('Topic plain has no record yet.')
            const idempotent = all.find(({ producerId }) => producerId >= 0)
            if (idempotent)
              return missing(
                `The batch at ${idempotent.baseOffset} is of producer ${idempotent.producerId}, which is idempotent. Delete topic plain, and write to it with enable.idempotence=false.`,
              )
            const twice = repeated(found)
            if (twice.length === 0)
              return missing(
                `${counted(found.length, 'record')}, each there once. Pause ${HOST} while the producer writes.`,
              )
            const [value, offsets] = twice[0]!
            return passed(
              `${value} is at offsets ${offsets.join(' and ')}. ${counted(found.length, 'record')} are in the log, ${different(found)} of them different.`,
              { more: found.length - different(found) },
            )
          },
          hints: [
            'The broker has the records, and its answer comes too late. What does a producer do then?',
            `Let a producer with enable.idempotence=false write ten records a second, and pause ${HOST} for some seconds meanwhile.`,
            'On client: (for i in $(seq 150); do echo record-$i; sleep 0.1; done | ./bin/kafka-console-producer --bootstrap-server node-1:9092 --topic plain --command-property enable.idempotence=false) & and on node-1: pkill -STOP -f kafka.Kafka; sleep 5; pkill -CONT -f kafka.Kafka',
          ],
        },
      ],
      ask: 'How many records has plain more than the producer was given?',
      judge: (given, { facts, passes }) => {
        if (!passes.twice) return missing('Nothing is there twice yet.')
        const found = read(facts.records)
        if (typeof found === 'string') return missing(found)
        const count = numberIn(given)
        if (count === null) return missing('The answer is a whole number.')
        const more = found.length - different(found)
        if (count === more) return passed(`${found.length} records, of which ${found.length - more} are different.`)
        return missing(
          count === found.length
            ? `${count} records are in the log. How many of them are there once more?`
            : `There are ${found.length} records in plain; it is not ${count} of them.`,
        )
      },
    }),
    step('with', {
      title: 'With idempotence',
      facts: both('once'),
      predict: {
        question:
          'The same with idempotence. Will the producer send a batch again after the pause, and will it be twice in the log? no, once or twice',
        refuse: (given) =>
          /^\s*(no|once|twice)\s*$/i.test(given)
            ? null
            : 'Answer no (it sends nothing again), once (it does, and it is there once) or twice.',
        outcome: (given) => ({
          right: given.trim().toLowerCase() === 'once',
          says: 'Once. The producer sends it again, as before: it got no answer. The broker knows producer id and sequence, appends nothing, and answers with the offset of the first time.',
        }),
      },
      checks: [
        {
          id: 'once',
          title: `Topic once has each of ${RECORDS} records once, written by an idempotent producer while ${HOST} was paused for a while`,
          judge: ({ facts, history }) => {
            const found = read(facts.records)
            if (typeof found === 'string') return missing(found)
            const all = batchesIn(facts.batches)
            if (found.length === 0 || !covers(all, found)) return missing('Topic once has no record yet.')
            const plain = all.find(({ producerId }) => producerId < 0)
            if (plain)
              return missing(`The batch at ${plain.baseOffset} has no producer id: its producer is not idempotent.`)
            if (new Set(all.map(({ producerId }) => producerId)).size > 1)
              return missing('More than one producer has written to once. Delete the topic, and begin again.')
            const twice = repeated(found)
            if (twice[0]) return missing(`${twice[0][0]} is there ${twice[0][1].length} times.`)
            if (found.length < RECORDS) return missing(`${found.length} of ${RECORDS} records are there.`)
            const times = found.map(({ timestamp }) => timestamp)
            const paused = pausesOf(history).find(
              ({ from, to }) =>
                times.some((time) => time < from) && times.some((time) => time > from && time < to - SENT_AGAIN_MS),
            )
            if (!paused)
              return missing(
                `${HOST} was not paused for some seconds while these were written. Delete topic once, and begin again.`,
              )
            const last = all.at(-1)!
            return passed(
              `${counted(found.length, 'record')}, each once, all of producer ${last.producerId}; the last batch begins with sequence ${last.baseSequence}. ${HOST} was paused for ${((paused.to - paused.from) / 1_000).toFixed(1)} s of that time.`,
              { producer: last.producerId },
            )
          },
          hints: [
            'Idempotence is what a producer has by default.',
            'Do the same as before, to topic once, without enable.idempotence=false.',
            'On client: (for i in $(seq 150); do echo record-$i; sleep 0.1; done | ./bin/kafka-console-producer --bootstrap-server node-1:9092 --topic once) & and on node-1: pkill -STOP -f kafka.Kafka; sleep 5; pkill -CONT -f kafka.Kafka',
          ],
        },
      ],
    }),
    step('again', {
      title: 'A program that sends it again',
      facts: both('again'),
      checks: [
        {
          id: 'two-producers',
          title: 'Topic again has a record twice, from two idempotent producers',
          judge: ({ facts }) => {
            const found = read(facts.records)
            if (typeof found === 'string') return missing(found)
            const all = batchesIn(facts.batches)
            if (found.length === 0 || !covers(all, found)) return missing('Topic again has no record yet.')
            const plain = all.find(({ producerId }) => producerId < 0)
            if (plain)
              return missing(`The batch at ${plain.baseOffset} has no producer id: its producer is not idempotent.`)
            const producerAt = (offset: number) =>
              all.find((one) => one.baseOffset <= offset && one.lastOffset >= offset)?.producerId
            const twice = repeated(found).find(([, offsets]) => new Set(offsets.map(producerAt)).size > 1)
            if (!twice) return missing(`${counted(found.length, 'record')}, and none from two producers.`)
            const [value, offsets] = twice
            return passed(
              `${value} is at ${offsets.map((offset) => `${offset} (producer ${producerAt(offset)})`).join(' and at ')}. For Kafka these are two records.`,
            )
          },
          hints: [
            'How does a broker know that two records are one? And what if the producer is another one?',
            'Run an idempotent producer twice, with the same lines.',
            'Twice: seq -f record-%g 5 | ./bin/kafka-console-producer --bootstrap-server node-1:9092 --topic again',
          ],
        },
      ],
    }),
  ],
})

type Records = Fact<{ records: TopicRecord[]; complete: boolean }>

/** In the order of their offsets; else why they are not known. */
function read(fact: Records): TopicRecord[] | string {
  if (fact.state === 'not-fetched') return 'Reading the topic.'
  if (fact.state === 'failed') return `The topic cannot be read: ${fact.why}.`
  if (!fact.value.complete) return 'Not all of its records could be read. Delete the topic, and begin again.'
  return [...fact.value.records].sort((a, b) => a.offset - b.offset)
}

/** Records and batches are not read at the same moment. */
const covers = (all: TopicBatch[], found: TopicRecord[]): boolean =>
  Math.max(-1, ...all.map(({ lastOffset }) => lastOffset)) >= (found.at(-1)?.offset ?? 0)

const different = (found: TopicRecord[]): number => new Set(found.map(({ value }) => value)).size

/** Values that are there more than once, and where. */
function repeated(found: TopicRecord[]): [value: string, offsets: number[]][] {
  const offsets = new Map<string, number[]>()
  for (const { value, offset } of found) if (value !== null) offsets.set(value, [...(offsets.get(value) ?? []), offset])
  return [...offsets].filter(([, at]) => at.length > 1)
}

/** When the node's process was paused, and went on. ms since 1970 */
function pausesOf(history: HistoryView): { from: number; to: number }[] {
  const events = history.events('process').filter(({ host }) => host === HOST)
  return events.flatMap((event, at) => {
    const next = events[at + 1]
    return event.state === 'paused' && next?.state === 'running' ? [{ from: event.at, to: next.at }] : []
  })
}
