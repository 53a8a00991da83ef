import {
  cluster,
  defineLab,
  type Fact,
  groups,
  missing,
  partitionFiles,
  passed,
  replicas,
  step,
} from '#labs/engine/define.ts'
import type { PartitionFiles } from '#labs/protocol/observation.ts'
import { committedOf } from '../groups.ts'
import { type Logs, logOf } from '../partition.ts'
import { counted, endOf, told } from '../quorum.ts'
import { numberIn } from '../snapshots.ts'
import { segmentsIn, unread } from '../topic-log.ts'

const TOPIC = 'archive'
const HOST = 'node-1'
const NODE = 1
const GROUP = 'auditor'
const RECORDS = 50_000

/** Base offsets of the segments on the disk; a sentence where they are not known. */
function localSegments(fact: Fact<PartitionFiles | null>): number[] | string {
  const why = unread(`The directory of ${TOPIC}-0`, fact)
  if (why) return why
  const bases = segmentsIn(fact).map(({ offset }) => offset)
  return bases.length === 0 ? `On ${HOST} there is no directory of ${TOPIC}-0 yet.` : bases.toSorted((a, b) => a - b)
}

/** Where the whole log begins, as its leader says; a sentence where that is not known. */
const logStart = (logs: Logs, broker: number): number | string =>
  unread(`The beginning of ${TOPIC}-0`, logs) ?? logOf(logs, broker)?.logStart ?? `Broker ${broker} does not answer.`

export default defineLab({
  slug: 'tiered-storage',
  title: 'Segments elsewhere',
  course: 'internals',
  module: 'tiered-storage',
  minutes: 20,
  clusters: {
    main: cluster({
      combined: 1,
      properties: {
        'remote.log.storage.system.enable': true,
        'remote.log.storage.manager.class.name': 'org.apache.kafka.server.log.remote.storage.LocalTieredStorage',
        'remote.log.storage.manager.class.path': '/opt/kafka/plugins/kafka-storage-test.jar',
        'rsm.config.dir': '/var/lib/kafka/remote',
        'remote.log.metadata.manager.listener.name': 'PLAINTEXT',
        'rlmm.config.remote.log.metadata.topic.replication.factor': 1,
        'rlmm.config.remote.log.metadata.topic.num.partitions': 1,
        // By default 30 s, 5 minutes, 30 s and 1 minute: nobody has to wait for these here.
        'remote.log.manager.task.interval.ms': 2_000,
        'log.retention.check.interval.ms': 2_000,
        'log.initial.task.delay.ms': 1_000,
        'log.segment.delete.delay.ms': 1_000,
      },
    }),
  },
  hosts: ['client'],
  shows: [partitionFiles({ host: HOST, topic: TOPIC, partition: 0 }), replicas(TOPIC)],
  steps: [
    step('enable', {
      title: 'A topic with two places',
      checks: [
        {
          id: 'tiered',
          title: `Topic ${TOPIC}, of one partition, is tiered, has segments of 1 MiB and keeps them 1 s on the broker`,
          judge: ({ cluster: view }) => {
            const topic = view.topics[TOPIC]
            if (!topic) return missing(`There is no topic ${TOPIC}.`)
            const count = Object.keys(topic.partitions).length
            if (count !== 1) return missing(`${TOPIC} has ${counted(count, 'partition')}.`)
            const is = view.configs[`topic:${TOPIC}`] ?? {}
            if (is['remote.storage.enable'] !== 'true') return missing(`remote.storage.enable of ${TOPIC} is not true.`)
            if (is['segment.bytes'] !== '1048576')
              return missing(`segment.bytes of ${TOPIC} is ${is['segment.bytes'] ?? 'the default'}, not 1048576.`)
            if (is['local.retention.ms'] !== '1000')
              return missing(
                `local.retention.ms of ${TOPIC} is ${is['local.retention.ms'] ?? 'the default'}, not 1000.`,
              )
            return passed(`${TOPIC} is tiered; a segment may go from the broker 1 s after it has been copied.`)
          },
          hints: [
            'The broker has a remote storage; each topic says for itself whether it uses it.',
            'Three configurations: remote.storage.enable, segment.bytes, local.retention.ms.',
            'On client: ./bin/kafka-topics --bootstrap-server node-1:9092 --create --topic archive --config remote.storage.enable=true --config segment.bytes=1048576 --config local.retention.ms=1000',
          ],
        },
      ],
    }),
    step('offload', {
      title: 'Copied, then deleted',
      facts: { files: partitionFiles({ host: HOST, topic: TOPIC, partition: 0 }), logs: replicas(TOPIC) },
      checks: [
        {
          id: 'written',
          title: `${RECORDS.toLocaleString('en')} records are in ${TOPIC}`,
          judge: ({ cluster: view }) => {
            const end = endOf(view, TOPIC)
            if (end < RECORDS) return missing(`${TOPIC} has ${counted(end, 'record')}.`)
            return passed(`The log of ${TOPIC}-0 ends at ${end}.`, { end })
          },
          hints: [
            'Enough for five segments, and the one that is written to.',
            'kafka-producer-perf-test writes records of a given size.',
            'On client: ./bin/kafka-producer-perf-test --bootstrap-server node-1:9092 --topic archive --num-records 50000 --record-size 100 --throughput 20000',
          ],
        },
        {
          id: 'offloaded',
          title: 'None of these records is on the broker any more, and the log begins at 0',
          judge: ({ cluster: view, facts }) => {
            if (endOf(view, TOPIC) < RECORDS) return missing(`${TOPIC} has too few records.`)
            const [segments, start] = [localSegments(facts.files), logStart(facts.logs, NODE)]
            if (typeof segments === 'string') return missing(segments)
            if (typeof start === 'string') return missing(start)
            if (start > 0) return missing(`The log of ${TOPIC}-0 begins at ${start}: its first records are deleted.`)
            const local = segments[0]!
            if (local < endOf(view, TOPIC))
              return missing(
                `On ${HOST} lie ${counted(segments.length, 'segment')} of ${TOPIC}-0, from offset ${local} on.`,
              )
            return passed(`The log begins at 0; what lies on ${HOST} begins at its end, ${local}.`, { local })
          },
          hints: [
            'A segment is copied once it is closed and committed, and may be deleted from the broker then. The last one is closed when it is too old for the broker.',
            'It takes some ten seconds: the copying looks each 2 s, and so does the deletion.',
            'If local.retention.ms is not 1000, set it: ./bin/kafka-configs --bootstrap-server node-1:9092 --alter --entity-type topics --entity-name archive --add-config local.retention.ms=1000',
          ],
        },
      ],
      ask: `At which offset does the part of ${TOPIC}-0 begin that lies on the broker?`,
      judge: (given, { facts }) => {
        const segments = localSegments(facts.files)
        if (typeof segments === 'string') return missing(segments)
        const local = segments[0]!
        const number = numberIn(given)
        if (number === null) return missing('An offset is a whole number.')
        if (local === 0)
          return missing('All of it lies there just now. Wait until the first check of this step has passed.')
        if (number !== local)
          return missing(`Not at ${number}. kafka-get-offsets knows a time that is named earliest-local.`)
        return passed(`The first segment on ${HOST} is ${String(local).padStart(20, '0')}.log.`, { local })
      },
    }),
    step('read', {
      title: 'Read it back',
      facts: { groups: groups() },
      checks: [
        {
          id: 'from-zero',
          title: `Group ${GROUP} stands at offset 0`,
          judge: ({ facts }) => {
            const offset = committedOf(facts.groups, GROUP, TOPIC)
            if (typeof offset === 'string') return missing(offset)
            if (offset !== 0) return missing(`${GROUP} stands at ${offset}.`)
            return passed(`${GROUP} stands at 0, a record that is not on the broker.`)
          },
          hints: [
            'A group’s offset can be set while nobody of it is there.',
            'kafka-consumer-groups --reset-offsets has --to-earliest.',
            'On client: ./bin/kafka-consumer-groups --bootstrap-server node-1:9092 --group auditor --topic archive --reset-offsets --to-earliest --execute',
          ],
        },
        {
          id: 'read-back',
          title: `${GROUP} has read on from there to the end`,
          judge: ({ cluster: view, facts, passes }) => {
            if (!passes['from-zero']) return missing(`${GROUP} has not stood at 0 yet.`)
            const offset = committedOf(facts.groups, GROUP, TOPIC)
            if (typeof offset === 'string') return missing(offset)
            const end = endOf(view, TOPIC)
            if (offset < RECORDS || offset < end) return missing(`${GROUP} stands at ${offset} of ${end}.`)
            return passed(`${GROUP} has read ${end.toLocaleString('en')} records, which came from elsewhere.`, { end })
          },
          hints: [
            'A consumer asks the broker as ever; where the broker gets it from is not its concern.',
            'The console consumer with that group, for as many records.',
            'On client: ./bin/kafka-console-consumer --bootstrap-server node-1:9092 --topic archive --group auditor --max-messages 50000 | tail -1',
          ],
        },
      ],
    }),
    step('expire', {
      title: 'And deleted there as well',
      facts: { logs: replicas(TOPIC) },
      checks: [
        {
          id: 'expired',
          title: 'The log does not begin at 0 any more',
          judge: ({ facts, passes }) => {
            const [start, local] = [logStart(facts.logs, NODE), told(passes.offloaded, 'local')]
            if (typeof start === 'string') return missing(start)
            if (local === null || start === 0) return missing('The log still begins at 0.')
            return passed(`The log begins at ${start}: what lay before that is in neither place.`, { start })
          },
          hints: [
            'retention.ms and retention.bytes count for the whole log, wherever it lies.',
            'Give the topic a retention of some seconds.',
            'On client: ./bin/kafka-configs --bootstrap-server node-1:9092 --alter --entity-type topics --entity-name archive --add-config retention.ms=5000',
          ],
        },
      ],
    }),
  ],
})
