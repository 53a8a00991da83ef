import { cluster, defineLab, logFiles, missing, passed, step } from '#labs/engine/define.ts'
import { counted, partitionsOf, told } from '../quorum.ts'
import {
  isUp,
  nextSnapshot,
  notANumber,
  numberIn,
  ownSnapshots,
  SMALL_LOG,
  START_BOTH,
  snapshotsOf,
  snapshotWith,
  unlisted,
} from '../snapshots.ts'

/** Of some 75 bytes each: well over two thresholds in one batch. */
const PARTITIONS = 100
/** NoOps that may be replayed together with the batch. */
const NEARBY = 5

const files = { controller: logFiles('controller-1'), broker: logFiles('broker-1') }

export default defineLab({
  slug: 'metadata-snapshot',
  title: 'A metadata snapshot is written',
  course: 'kraft',
  module: 'snapshots',
  minutes: 15,
  clusters: { main: cluster({ controllers: 1, brokers: 1, running: false, properties: SMALL_LOG }) },
  hosts: ['client'],
  steps: [
    step('start', {
      title: 'Start the cluster',
      facts: files,
      predict: {
        question:
          'How many checkpoint files will lie in the directory of the metadata log on controller-1 when the cluster has just come up?',
        refuse: notANumber,
        outcome: (given, { passes }) => {
          const count = told(passes.up, 'snapshots') ?? 0
          return {
            right: numberIn(given) === count,
            says:
              passes.up?.evidence.formatted === true
                ? `There ${count === 1 ? 'was one' : `were ${count}`}. The one that ends at 0 was there before any node ran: formatting the disk of a controller writes it.`
                : `There ${count === 1 ? 'was one' : `were ${count}`}.`,
          }
        },
      },
      checks: [
        {
          id: 'up',
          title: 'controller-1 leads, and broker-1 is unfenced',
          judge: ({ cluster, facts }) => {
            const up = isUp(cluster)
            if (!up.passed) return up
            const why = unlisted('controller-1', facts.controller)
            if (why) return missing(why)
            const snapshots = snapshotsOf(facts.controller)
            return passed(up.evidence.says, {
              ...up.evidence,
              snapshots: snapshots.length,
              formatted: snapshots[0]?.offset === 0,
            })
          },
          hints: START_BOTH,
        },
      ],
    }),
    step('idle', {
      title: 'Do nothing',
      facts: files,
      predict: {
        question:
          'The threshold for a snapshot is 2,800 bytes of new records. Change nothing: no topic, no setting. Will controller-1 write a snapshot all the same? yes or no',
        refuse: (given) => (/^\s*(yes|no)\s*$/i.test(given) ? null : 'Answer yes or no.'),
        outcome: (given, { passes }) => {
          const ms = told(passes['controller-wrote'], 'ms') ?? 0
          return {
            right: /yes/i.test(given),
            says: `It did, ${Math.round(ms / 1_000)} s after its start, and nobody had changed anything. Two NoOp records a second are bytes like any others.`,
          }
        },
      },
      checks: [
        {
          id: 'controller-wrote',
          title: 'controller-1 has written a snapshot of its own',
          judge: ({ cluster, facts }) => {
            const host = 'controller-1'
            const found = snapshotWith(0, host, facts.controller, cluster)
            if (typeof found === 'string') return missing(found, nextSnapshot(host, facts.controller, cluster))
            const { name, offset: end, bytes, modified } = found
            return passed(`${name}: ${counted(bytes, 'byte')} that stand for all records below ${end}.`, {
              name,
              end,
              ms: Math.max(0, modified - (cluster.nodes[host]?.since ?? modified)),
            })
          },
          hints: [
            'Nothing is to be typed. Is the cluster as idle as it looks? Watch the high watermark.',
            'The leader appends a NoOp record each half second (metadata.max.idle.interval.ms), and 2,800 bytes are soon together.',
            'Wait 20 seconds, with controller-1 running; then on controller-1: ls -l /var/lib/kafka/data/__cluster_metadata-0',
          ],
        },
        {
          id: 'broker-wrote',
          title: 'broker-1 has written one too, from its own copy of the log',
          judge: ({ cluster, facts }) => {
            const host = 'broker-1'
            const found = snapshotWith(0, host, facts.broker, cluster)
            if (typeof found === 'string') return missing(found, nextSnapshot(host, facts.broker, cluster))
            const { name, offset: end, bytes } = found
            const isShared = snapshotsOf(facts.controller).some((one) => one.name === name)
            return passed(
              `${name}, ${counted(bytes, 'byte')}. ${isShared ? 'controller-1 has one of the same name.' : 'controller-1 has none of that name: each node counts for itself.'}`,
              { name, end },
            )
          },
          hints: [
            'A broker follows the metadata log as an observer, and keeps a copy of it.',
            'It counts the bytes that it has replayed since its own start. It has to run, and to reach the controller.',
            'Leave broker-1 running for 20 seconds; then on broker-1: ls -l /var/lib/kafka/data/__cluster_metadata-0',
          ],
        },
      ],
    }),
    step('batch', {
      title: 'One batch, larger than the threshold',
      facts: files,
      predict: {
        question: `Creating topic orders with ${PARTITIONS} partitions is one batch of more than 7,000 bytes. The threshold is 2,800. How many snapshots will controller-1 write because of it?`,
        refuse: notANumber,
        outcome: (given, { passes }) => {
          const count = told(passes.covered, 'because') ?? 0
          return {
            right: numberIn(given) === count,
            says: `It wrote ${count}. Whether there are 2,800 bytes is asked once the whole batch has been replayed; with the snapshot the count begins at 0 again.`,
          }
        },
      },
      checks: [
        {
          id: 'covered',
          title: `Topic orders has ${PARTITIONS} partitions, and a snapshot on each node contains them`,
          judge: ({ cluster, history, facts }) => {
            const topic = cluster.topics.orders
            const partitions = partitionsOf(topic)
            if (!topic || partitions.length === 0) return missing('There is no topic orders.')
            const again = `Delete it (--delete --topic orders), and create it with ${PARTITIONS} at once.`
            if (partitions.length !== PARTITIONS)
              return missing(`orders has ${counted(partitions.length, 'partition')}. ${again}`)
            const where = ({ topicId }: Record<string, unknown>) => topicId === topic.id
            const records = history.records({ type: 'PARTITION_RECORD', where })
            const [first, last] = [records[0]?.offset, records.at(-1)?.offset]
            if (first === undefined || last === undefined)
              return missing(`orders was created before this step began. ${again}`)
            if (last - first !== PARTITIONS - 1)
              return missing(`The partitions of orders came with more than one command. ${again}`)
            for (const [host, fact] of [
              ['controller-1', facts.controller],
              ['broker-1', facts.broker],
            ] as const) {
              const found = snapshotWith(last, host, fact, cluster)
              if (typeof found === 'string') return missing(found, nextSnapshot(host, fact, cluster))
            }
            const because = ownSnapshots(facts.controller, cluster).filter(
              ({ offset }) => offset > first && offset <= last + NEARBY,
            )
            return passed(
              `The ${PARTITIONS} partitions are the records ${first} to ${last} of the log. On each node there is a snapshot that reaches beyond.`,
              { first, last, because: because.length },
            )
          },
          hints: [
            'Create the topic with all its partitions in one command. What follows happens by itself.',
            'kafka-topics takes --create, --topic orders and --partitions 100; the bootstrap server is broker-1:9092.',
            './bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic orders --partitions 100',
          ],
        },
      ],
    }),
    step('read', {
      title: 'Read it',
      facts: { controller: files.controller },
      predict: {
        question:
          'Each snapshot is named with an offset. By how much will that of the first one with all of orders in it be greater than the offset of the last record of orders?',
        refuse: notANumber,
        outcome: (given, { passes }) => {
          const pass = passes['read-answer']
          const [end, last] = [told(pass, 'end') ?? 0, told(pass, 'last') ?? 0]
          return {
            right: numberIn(given) === end - last,
            says: `By ${end - last}: the last record of orders is ${last}, and the name says ${end}. It is the offset behind the last record that the snapshot contains.`,
          }
        },
      },
      ask: 'Which checkpoint file of controller-1 is the first that contains topic orders? Give its name.',
      judge: (given, { cluster, history, facts }) => {
        const topic = cluster.topics.orders
        if (!topic) return missing('There is no topic orders now.')
        const why = unlisted('controller-1', facts.controller)
        if (why) return missing(why)
        const where = ({ topicId }: Record<string, unknown>) => topicId === topic.id
        const last = history.records({ type: ['TOPIC_RECORD', 'PARTITION_RECORD'], where, all: true }).at(-1)
        if (!last) return missing('Reading the records of orders.')
        const name = /(\d{20}-\d{10})(?:\.checkpoint)?\s*$/.exec(given)?.[1]
        if (!name) return missing('Give the whole name, as ls shows it: 20 digits, a hyphen, 10 digits, .checkpoint')
        const snapshots = ownSnapshots(facts.controller, cluster)
        const first = snapshots.find(({ offset }) => offset > last.offset)
        const found = snapshotsOf(facts.controller).find((one) => one.name.startsWith(name))
        if (!found) return missing('controller-1 has no checkpoint of that name. Is it one of the broker’s?')
        if (found.name === first?.name)
          return passed(
            `The last record of orders is ${last.offset}. This one contains all below ${found.offset}, and no earlier one reaches so far.`,
            { name: found.name, end: found.offset, last: last.offset },
          )
        return missing(
          found.offset <= last.offset
            ? `That one ends at ${found.offset}: what it contains was written before orders was created.`
            : 'That one contains orders, and an earlier one does too.',
        )
      },
    }),
  ],
})
