import {
  batches,
  cluster,
  defineLab,
  missing,
  partitionFiles,
  passed,
  records,
  step,
  type Verdict,
} from '#labs/engine/define.ts'
import { counted, partitionsOf, told } from '../quorum.ts'
import { numberIn } from '../snapshots.ts'
import { type Batches, batchesIn, indexOf, keyAt, type Placed, placed, segmentsIn, unread } from '../topic-log.ts'

const HOST = 'node-1'
const TOPIC = 'parcels'
/** As small as Kafka lets it be since 4.0 (KIP-1030). */
const SEGMENT_BYTES = 1_048_576
const TOGETHER = 5
/** In the second segment, where records of a kilobyte fill the first. */
const WANTED = 1_200

const disk = partitionFiles({ host: HOST, topic: TOPIC, partition: 0 })
const log = batches({ topic: TOPIC, max: 1_000 })

export default defineLab({
  slug: 'records-on-disk',
  title: 'Records on disk',
  course: 'internals',
  module: 'fundamentals',
  minutes: 20,
  clusters: { main: cluster({ combined: 1 }) },
  shows: [disk],
  steps: [
    step('write', {
      title: 'Write a batch',
      facts: { log },
      checks: [
        {
          id: 'one-partition',
          title: `Topic ${TOPIC} has one partition, in segments of 1 MiB`,
          judge: ({ cluster }) => {
            const partitions = partitionsOf(cluster.topics[TOPIC])
            if (partitions.length === 0) return missing(`There is no topic ${TOPIC}.`)
            if (partitions.length > 1)
              return missing(
                `${TOPIC} has ${partitions.length} partitions: its records would be in as many directories. Delete it and create it again.`,
              )
            const bytes = cluster.configs[`topic:${TOPIC}`]?.['segment.bytes']
            if (Number(bytes) !== SEGMENT_BYTES)
              return missing(
                `segment.bytes of ${TOPIC} is ${bytes ?? 'not set, so that of the broker, 1 GiB'}; it should be ${SEGMENT_BYTES}.`,
              )
            return passed(`${TOPIC} has one partition, ${TOPIC}-0, led by node ${partitions[0]?.leader}.`)
          },
          hints: [
            'A partition is one log. One is enough to see how a log lies on the disk.',
            'kafka-topics --create takes --partitions, and --config for a setting of this topic alone: segment.bytes.',
            `./bin/kafka-topics --bootstrap-server node-1:9092 --create --topic ${TOPIC} --partitions 1 --config segment.bytes=${SEGMENT_BYTES}`,
          ],
        },
        {
          id: 'batch-written',
          title: `Its log has a batch of at least ${TOGETHER} records, each with a key`,
          judge: ({ facts }) => {
            const why = unread(TOPIC, facts.log)
            if (why) return missing(why)
            const all = batchesIn(facts.log)
            const [first] = all
            if (!first) return missing(`The log of ${TOPIC} is empty.`)
            const enough = all.filter(({ count }) => count >= TOGETHER)
            const found = enough.find((one) => one.records.every(({ key }) => key !== null))
            if (found)
              return passed(
                `Offsets ${found.baseOffset} to ${found.lastOffset} are one batch of ${found.bytes} bytes.`,
                { end: all.at(-1)!.lastOffset, bytes: found.bytes },
              )
            if (enough.length > 0) return missing('There is such a batch, and it has records without a key.')
            const most = Math.max(...all.map(({ count }) => count))
            return missing(
              `The log has ${batchCount(all)}, with ${counted(most, 'record')} at most: send ${TOGETHER} lines in one go.`,
            )
          },
          hints: [
            'A producer collects records that go to the same partition, and sends them together.',
            'The console producer waits a second before it sends. Lines that it reads from a pipe come within that second.',
            `printf 'ann:book\\nbob:lamp\\ncarol:chair\\nann:pen\\ndave:clock\\n' | ./bin/kafka-console-producer --bootstrap-server node-1:9092 --topic ${TOPIC} --reader-property parse.key=true --reader-property key.separator=:`,
          ],
        },
      ],
    }),
    step('next', {
      title: 'Say where the next one goes',
      facts: { log, records: records({ topic: TOPIC, max: 200 }) },
      predict: {
        question:
          'Which offset will the next record get, and at which byte of 00000000000000000000.log will its batch begin? Two numbers: the offset, the byte',
        refuse: (given) => (twoNumbers(given) ? null : 'Give two whole numbers, as 3 170.'),
        outcome: (given, { passes }) => {
          const [offset, position] = [told(passes['next-batch'], 'offset'), told(passes['next-batch'], 'position')]
          const [first, second] = twoNumbers(given) ?? []
          return {
            right: first === offset && second === position,
            says: `Offset ${offset}, at byte ${position}: offsets count records, positions count bytes, and both go on where the batch before ended.`,
          }
        },
      },
      checks: [
        {
          id: 'next-batch',
          title: `Another batch is in the log of ${TOPIC}`,
          judge: ({ facts, passes }) => {
            const end = told(passes['batch-written'], 'end')
            if (end === null) return missing('There is no batch yet that another could follow.')
            const why = unread(TOPIC, facts.log)
            if (why) return missing(why)
            const next = placed(batchesIn(facts.log), [0]).find(({ baseOffset }) => baseOffset > end)
            if (!next) return missing(`The log of ${TOPIC} still ends at offset ${end}.`)
            return passed(
              `${counted(next.count, 'record')} from offset ${next.baseOffset} on, at byte ${next.position}.`,
              { offset: next.baseOffset, position: next.position },
            )
          },
          hints: [
            'It is written as the first one was.',
            'One record is enough. It becomes a batch of one.',
            `echo erin:map | ./bin/kafka-console-producer --bootstrap-server node-1:9092 --topic ${TOPIC} --reader-property parse.key=true --reader-property key.separator=:`,
          ],
        },
      ],
      ask: 'At which byte of the file does the key of the newest batch’s first record begin?',
      judge: (given, { facts, passes }) => {
        if (!passes['next-batch']) return missing('The other batch is still to come.')
        const why = unread(TOPIC, facts.log) ?? unread(TOPIC, facts.records)
        if (why) return missing(why)
        const byte = numberIn(given)
        if (byte === null) return missing('A byte is a whole number, counted from 0.')
        const newest = placed(batchesIn(facts.log), [0]).at(-1)
        const all = facts.records.state === 'fetched' ? facts.records.value.records : []
        const record = all.find(({ offset }) => offset === newest?.baseOffset)
        if (!newest || !record) return missing('The newest batch has not been read yet. Ask again in a second.')
        if (newest.compression !== 'none')
          return missing(`That batch is compressed with ${newest.compression}: no key is to be seen in the file.`)
        if (record.key === null) return missing('The first record of the newest batch has no key. Write one that has.')
        const at = keyAt(newest, record)
        if (byte === at)
          return passed(
            `The batch begins at byte ${newest.position}, and “${record.key}” ${at - newest.position} bytes behind that.`,
          )
        if (byte === newest.position) return missing(`At byte ${byte} the batch begins, with its header.`)
        return missing(`“${record.key}” does not begin at byte ${byte}. Look at the bytes of the file.`)
      },
    }),
    step('fill', {
      title: 'Fill a segment',
      facts: { log, disk },
      checks: [
        {
          id: 'rolled',
          title: `The log has a second segment, reaches past offset ${WANTED}, and its files have what the broker serves`,
          judge: ({ facts }) => {
            const found = onDisk(facts)
            if ('passed' in found) return found
            const { all, segments } = found
            const end = all.at(-1)!.lastOffset
            if (segments.length < 2)
              return missing(
                `There is one segment yet, with ${filled(all)} of ${SEGMENT_BYTES.toLocaleString('en')} bytes.`,
              )
            if (end <= WANTED) return missing(`The log ends at offset ${end}; write on, past ${WANTED}.`)
            return passed(
              `${counted(segments.length, 'segment')}, which begin at offsets ${segments.join(', ')}; ${batchCount(all)} up to offset ${end}.`,
            )
          },
          hints: [
            'A segment takes 1,048,576 bytes here. The next batch that does not fit begins another.',
            'kafka-producer-perf-test writes as many records as you like, of the size that you like: 1,500 of 1,000 bytes.',
            `./bin/kafka-producer-perf-test --bootstrap-server node-1:9092 --topic ${TOPIC} --num-records 1500 --record-size 1000 --throughput -1 --command-property batch.size=3500`,
          ],
        },
      ],
      ask: `Which file has the record with offset ${WANTED}? Give its name.`,
      judge: (given, { facts, passes }) => {
        if (!passes.rolled) return missing('There is one segment yet.')
        const found = onDisk(facts)
        if ('passed' in found) return found
        const right = batchWith(WANTED, found.all)
        const name = /^\s*(?:\S*\/)?(\d{20})(\.log)?\s*$/.exec(given)
        if (!name || !right) return missing('The name of a segment is 20 digits and .log.')
        if (Number(name[1]) === right.segment)
          return passed(`Its offsets begin at ${right.segment}, and ${WANTED} is among them.`)
        return missing(
          Number(name[1]) > WANTED
            ? `${name[1]} says which offset is the first in it: more than ${WANTED}.`
            : `Another segment begins nearer to ${WANTED}, or there is none of that name.`,
        )
      },
    }),
    step('look-up', {
      title: 'Look a record up',
      facts: { log, disk },
      ask: `From which byte of that file on does the broker have to read, when somebody fetches offset ${WANTED}? The index says it.`,
      judge: (given, { facts, passes }) => {
        if (!passes['fill-answer']) return missing('First find the file.')
        const found = onDisk(facts)
        if ('passed' in found) return found
        const byte = numberIn(given)
        if (byte === null) return missing('A byte is a whole number.')
        const batch = batchWith(WANTED, found.all)
        if (!batch) return missing(`Offset ${WANTED} is not in the log any more.`)
        const index = indexOf(found.all.filter(({ segment }) => segment === batch.segment))
        const entry = index.findLast(({ offset }) => offset <= WANTED) ?? { offset: batch.segment, position: 0 }
        if (byte === entry.position)
          return passed(
            `The last entry that is not past ${WANTED} is offset ${entry.offset}, at byte ${entry.position}. The batch with ${WANTED} itself begins at byte ${batch.position}.`,
          )
        if (byte === batch.position)
          return missing(
            `There the batch with ${WANTED} begins; but no entry of the index says so. Look at the entry before.`,
          )
        if (index.some(({ position }) => position === byte))
          return missing(`There is such an entry. Either it lies past ${WANTED}, or another one is nearer to it.`)
        return missing(`No entry of the index of ${String(batch.segment).padStart(20, '0')} has byte ${byte}.`)
      },
    }),
  ],
})

type Looked = { log: Batches; disk: Parameters<typeof segmentsIn>[0] }

/** The batches with their places, where the files of the disk are as long as what the broker serves says; else why not. */
function onDisk({ log, disk }: Looked): { all: Placed[]; segments: number[] } | Verdict {
  const why = unread(TOPIC, log) ?? unread(`The directory of ${TOPIC}-0`, disk)
  if (why) return missing(why)
  const files = segmentsIn(disk)
  const segments = files.map(({ offset }) => offset).sort((one, other) => one - other)
  const all = placed(batchesIn(log), segments)
  if (all.length === 0) return missing(`The log of ${TOPIC} is empty.`)
  for (const { name, offset, bytes } of files) {
    const served = all.filter(({ segment }) => segment === offset).reduce((sum, one) => sum + one.bytes, 0)
    if (served !== bytes)
      return missing(
        `${name} has ${bytes.toLocaleString('en')} bytes, and the broker serves ${served.toLocaleString('en')} of it.`,
      )
  }
  return { all, segments }
}

const batchWith = (offset: number, all: Placed[]): Placed | undefined =>
  all.find(({ baseOffset, lastOffset }) => baseOffset <= offset && offset <= lastOffset)

const batchCount = ({ length }: unknown[]): string => (length === 1 ? '1 batch' : `${length} batches`)

const filled = (all: Placed[]): string => all.reduce((sum, { bytes }) => sum + bytes, 0).toLocaleString('en')

function twoNumbers(given: string): [number, number] | null {
  const found = /^\D*(\d{1,9})\D+(\d{1,9})\D*$/.exec(given.trim())
  return found ? [Number(found[1]), Number(found[2])] : null
}
