import {
  batches,
  cluster,
  defineLab,
  type Fact,
  type Moment,
  missing,
  partitionFiles,
  passed,
  step,
} from '#labs/engine/define.ts'
import type { PartitionFiles } from '#labs/protocol/observation.ts'
import { counted, partitionsOf, told } from '../quorum.ts'
import { numberIn } from '../snapshots.ts'
import { type Batches, batchesIn, segmentsIn, unread } from '../topic-log.ts'

const HOST = 'node-1'
const TOPIC = 'prices'
/** Two commands of a person are further apart than that, so each begins a segment. */
const SEGMENT_MS = 500
/** The cleaner comes for little: a log of a few hundred bytes has no half that is dirty. */
const DIRTY_RATIO = 0.01
const FIRST_RECORDS = 6

const log = batches({ topic: TOPIC, max: 200 })
const disk = partitionFiles({ host: HOST, topic: TOPIC, partition: 0 })
const facts = { log, disk }

export default defineLab({
  slug: 'compaction',
  title: 'What the cleaner keeps',
  course: 'internals',
  module: 'compaction',
  minutes: 20,
  // By default the cleaner waits 15 s where it finds nothing to do.
  clusters: { main: cluster({ combined: 1, properties: { 'log.cleaner.backoff.ms': 1_000 } }) },
  shows: [disk],
  steps: [
    step('write', {
      title: 'A compacted topic',
      facts,
      checks: [
        {
          id: 'compacted-topic',
          title: `Topic ${TOPIC} has one partition, is compacted, and begins a segment after half a second`,
          judge: ({ cluster }) => {
            const partitions = partitionsOf(cluster.topics[TOPIC])
            if (partitions.length === 0) return missing(`There is no topic ${TOPIC}.`)
            if (partitions.length > 1)
              return missing(`${TOPIC} has ${partitions.length} partitions; one is enough here.`)
            const configs = cluster.configs[`topic:${TOPIC}`] ?? {}
            const policy = configs['cleanup.policy']
            if (policy !== 'compact')
              return missing(`cleanup.policy of ${TOPIC} is ${policy ?? 'not set, so delete'}; it should be compact.`)
            const segment = Number(configs['segment.ms'])
            if (segment !== SEGMENT_MS)
              return missing(
                `segment.ms of ${TOPIC} is ${configs['segment.ms'] ?? 'not set'}; it should be ${SEGMENT_MS}.`,
              )
            const ratio = configs['min.cleanable.dirty.ratio']
            if (ratio === undefined || Number(ratio) > DIRTY_RATIO)
              return missing(
                `min.cleanable.dirty.ratio of ${TOPIC} is ${ratio ?? 'not set, so 0.5'}; it should be ${DIRTY_RATIO}.`,
              )
            return passed(`${TOPIC} is compacted, in segments of ${SEGMENT_MS} ms.`)
          },
          hints: [
            'Whether a topic is compacted is a setting of the topic: its cleanup policy.',
            'kafka-topics --create takes several --config: cleanup.policy, segment.ms, min.cleanable.dirty.ratio.',
            `./bin/kafka-topics --bootstrap-server node-1:9092 --create --topic ${TOPIC} --partitions 1 --config cleanup.policy=compact --config segment.ms=${SEGMENT_MS} --config min.cleanable.dirty.ratio=${DIRTY_RATIO}`,
          ],
        },
        {
          id: 'written',
          title: `It has ${FIRST_RECORDS} records or more, and a key that comes more than once`,
          judge: ({ facts }) => {
            const why = unread(TOPIC, facts.log)
            if (why) return missing(why)
            const all = recordsIn(facts.log)
            if (all.length < FIRST_RECORDS)
              return missing(`The log of ${TOPIC} has ${all.length} of ${FIRST_RECORDS} records.`)
            const keys = new Set(all.map(({ key }) => key))
            if (keys.size === all.length) return missing(`All ${all.length} records have different keys.`)
            return passed(`${counted(all.length, 'record')} with ${counted(keys.size, 'key')}.`)
          },
          hints: [
            'A later record of the same key supersedes an earlier one. To see that there must be such.',
            'Pipe six lines into kafka-console-producer, with parse.key=true and a separator.',
            `printf 'apple:1\\npear:1\\napple:2\\nplum:1\\npear:2\\napple:3\\n' | ./bin/kafka-console-producer --bootstrap-server node-1:9092 --topic ${TOPIC} --reader-property parse.key=true --reader-property key.separator=:`,
          ],
        },
      ],
    }),
    step('clean', {
      title: 'Let the cleaner come',
      facts,
      predict: {
        question:
          'You write plum:2 next, at offset 6, and the cleaner comes. Which of the offsets 0 to 6 will be there afterwards? As 0 2 5',
        refuse: (given) => (offsetsIn(given) ? null : 'Give the offsets, with a space between.'),
        outcome: (given, { passes }) => {
          const left = passes.superseded?.evidence.left
          const offsets = Array.isArray(left) ? left.map(Number) : []
          return {
            right: offsetsIn(given)?.join(' ') === offsets.join(' '),
            says: `There are ${offsets.join(', ')}: of each key the last one before the active segment, and all that is in that segment. The cleaner does not look into it, so it does not know the record there.`,
          }
        },
      },
      checks: [
        {
          id: 'superseded',
          title: 'Records are gone, and of each key one is left before the active segment',
          judge: ({ facts, passes }) => {
            if (!passes.written) return missing(`First ${TOPIC} needs records.`)
            const why = unreadable(facts)
            if (why) return missing(why)
            const all = batchesIn(facts.log)
            const active = activeFrom(facts.disk)
            if (active === 0) return missing('There is one segment, the active one, which is never cleaned.')
            if (all.every(({ baseOffset, lastOffset, count }) => count === lastOffset - baseOffset + 1))
              return missing(`The active segment begins at offset ${active}. The cleaner has not been there yet.`)
            const records = recordsIn(facts.log)
            const cleaned = records.filter(({ offset }) => offset < active)
            const keys = new Set(cleaned.map(({ key }) => key))
            if (keys.size < cleaned.length)
              return missing(`Before offset ${active} a key is still there more than once.`)
            const left = records.map(({ offset }) => offset)
            return passed(`Left are the offsets ${left.join(', ')}; the active segment begins at ${active}.`, {
              left,
              kept: Object.fromEntries(cleaned.map(({ key, offset }) => [key, offset])),
            })
          },
          hints: [
            'The cleaner takes no segment that is still written to. Who begins a new one?',
            'A segment is rolled when a record comes that is more than segment.ms younger than its first one.',
            `echo plum:2 | ./bin/kafka-console-producer --bootstrap-server node-1:9092 --topic ${TOPIC} --reader-property parse.key=true --reader-property key.separator=: and wait some seconds`,
          ],
        },
      ],
      ask: 'A consumer asks for the records from offset 1 on. Which offset does it get first?',
      judge: (given, { facts, passes }) => {
        if (!passes.superseded) return missing('The cleaner has not been there yet.')
        const why = unread(TOPIC, facts.log)
        if (why) return missing(why)
        const offset = numberIn(given)
        if (offset === null) return missing('An offset is a whole number.')
        const first = recordsIn(facts.log).find((one) => one.offset >= 1)
        if (!first) return missing('There is no record from offset 1 on.')
        if (offset === first.offset)
          return passed(`Offset ${offset}, with the key ${first.key}. Those before are gone.`)
        return missing(
          offset < first.offset
            ? `Offset ${offset} is not there any more, and a consumer that asks for it gets the next one that is.`
            : `An earlier one than ${offset} is there.`,
        )
      },
    }),
    step('delete', {
      title: 'Delete a key',
      facts,
      checks: [
        {
          id: 'tombstone-kept',
          title: 'The records of a key are gone, and its tombstone is still there',
          judge: (at) => tombstone(at, null),
          hints: [
            'What says that a key is deleted is a record as well: one without a value.',
            'An empty value is not null. The console producer sends null for a text that you choose, null.marker. Then the log has to be rolled once more, for the cleaner to get at it.',
            `echo pear:NULL | ./bin/kafka-console-producer --bootstrap-server node-1:9092 --topic ${TOPIC} --reader-property parse.key=true --reader-property key.separator=: --reader-property null.marker=NULL, then apple:4 in the same way`,
          ],
        },
      ],
    }),
    step('forget', {
      title: 'Forget it',
      facts,
      predict: {
        question:
          'You set delete.retention.ms to 1 second, delete another key, and the cleaner comes twice. Whose tombstone will be gone: that of the first key, of the second, or of both? first, second or both',
        refuse: (given) => (/^\s*(first|second|both)\s*$/i.test(given) ? null : 'Answer first, second or both.'),
        outcome: (given, { passes }) => {
          const firstThere = passes.forgotten?.evidence.firstThere === true
          return {
            right: given.trim().toLowerCase() === (firstThere ? 'second' : 'both'),
            says: firstThere
              ? 'The second. When a tombstone may go is written into its batch when the cleaner first comes by it: a day later for the first, as the setting was then.'
              : 'Both: the time of the first was over as well.',
          }
        },
      },
      checks: [
        {
          id: 'second-tombstone',
          title: 'The records of another key are gone, its tombstone is there, and delete.retention.ms is 1000',
          judge: (at) => {
            const first = at.passes['tombstone-kept']?.evidence.key
            if (typeof first !== 'string') return missing('No key has been deleted yet.')
            const retention = at.cluster.configs[`topic:${TOPIC}`]?.['delete.retention.ms']
            if (retention !== '1000')
              return missing(
                `delete.retention.ms of ${TOPIC} is ${retention ?? 'not set, so a day'}; it should be 1000.`,
              )
            return tombstone(at, first)
          },
          hints: [
            'First the setting: it counts when the cleaner comes by the tombstone.',
            'kafka-configs --alter --add-config sets it. Then a null for another key, and one more record to roll the log.',
            `./bin/kafka-configs --bootstrap-server node-1:9092 --alter --topic ${TOPIC} --add-config delete.retention.ms=1000; then plum:NULL and apple:5 as before`,
          ],
        },
        {
          id: 'forgotten',
          title: 'That tombstone is gone too: nothing of the key is left before the active segment',
          judge: ({ facts, passes }) => {
            const [key, offset] = [passes['second-tombstone']?.evidence.key, told(passes['second-tombstone'], 'offset')]
            if (typeof key !== 'string' || offset === null) return missing('No other key has been deleted yet.')
            const why = unreadable(facts)
            if (why) return missing(why)
            const records = recordsIn(facts.log)
            if (records.some((one) => one.offset === offset))
              return missing(
                `The tombstone of ${key}, offset ${offset}, is there. A second after it was cleaned it may go, with the next cleaning.`,
              )
            const first = passes['tombstone-kept']?.evidence
            const firstThere = records.some((one) => one.offset === first?.offset)
            return passed(
              `Offset ${offset}, the tombstone of ${key}, is gone; that of ${first?.key}, offset ${first?.offset}, is ${firstThere ? 'there' : 'gone too'}.`,
              { firstThere },
            )
          },
          hints: [
            'A log in which nothing is new is clean, and the cleaner does not come.',
            'A second after the cleaning a tombstone may go. Another cleaning needs another segment.',
            `Write one more record, as apple:6, and wait some seconds`,
          ],
        },
      ],
    }),
  ],
})

type Cleaned = { log: Batches; disk: Fact<PartitionFiles | null> }
type At = Pick<Moment, 'passes'> & { facts: Cleaned }

const recordsIn = (log: Batches) => batchesIn(log).flatMap(({ records }) => records)
const unreadable = ({ log, disk }: Cleaned): string | null =>
  unread(TOPIC, log) ?? unread(`The directory of ${TOPIC}-0`, disk)
/** Where the active segment begins. */
const activeFrom = (disk: Cleaned['disk']): number => Math.max(0, ...segmentsIn(disk).map(({ offset }) => offset))

/** A key that had a record when the log was first cleaned, of which a tombstone is left and nothing before it. */
function tombstone({ facts, passes }: At, not: string | null) {
  const kept = passes.superseded?.evidence.kept as Record<string, number> | undefined
  if (!kept) return missing('The cleaner has not been there yet.')
  const why = unreadable(facts)
  if (why) return missing(why)
  const [all, active] = [recordsIn(facts.log), activeFrom(facts.disk)]
  const tombstones = all.filter((one) => one.tombstone && one.key !== null && one.key in kept && one.key !== not)
  const [newest] = tombstones.slice(-1)
  if (!newest) {
    const other = not === null ? '' : ` besides that of ${not}`
    return missing(`There is no tombstone${other} of a key that has a record: no record whose value is null.`)
  }
  const { key, offset } = newest
  if (offset >= active)
    return missing(`The tombstone of ${key}, offset ${offset}, is in the active segment. Write one more record.`)
  const before = all.find((one) => one.key === key && one.offset < offset)
  if (before) return missing(`Offset ${before.offset} of ${key} is still there. The cleaner comes in a second.`)
  return passed(`Of ${key} the tombstone is left, offset ${offset}. Offset ${kept[key!]} is gone.`, { key, offset })
}

function offsetsIn(given: string): number[] | null {
  const all = given.split(/[\s,]+/).filter((one) => one !== '')
  if (all.length === 0 || all.some((one) => !/^\d{1,6}$/.test(one))) return null
  return [...new Set(all.map(Number))].sort((one, other) => one - other)
}
