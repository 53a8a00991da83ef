import type { ClusterView } from '#labs/engine/cluster.ts'
import { cluster, defineLab, missing, passed, replicas, step } from '#labs/engine/define.ts'
import type { HistoryView } from '#labs/engine/history-view.ts'
import { nothingLost } from '../probe.ts'
import { counted, partitionsOf } from '../quorum.ts'
import { fieldsOf } from '../records.ts'
import { notANumber, numberIn } from '../snapshots.ts'

const TOPIC = 'orders'
const ADDED = 3
const REMOVED = 1
/** Of the name of every setting that limits what replication may take. */
const THROTTLED = 'replication.throttled'
/** A guess is right from half of what it took to twice that. */
const ROUGHLY = 2
/** Each restart hands over first; on a busy machine a write may wait for a moment. */
const MAX_OUTAGE_MS = 10_000
const RECORDS = 20_000
const RECORD_BYTES = 1_000
const TOPICS = './bin/kafka-topics --bootstrap-server broker-1:9092'

export default defineLab({
  slug: 'reassignment',
  title: 'A broker comes, a broker goes',
  course: 'internals',
  module: 'elasticity',
  minutes: 20,
  startSeconds: 40,
  clusters: {
    main: cluster({ controllers: 1, brokers: 3, running: ['controller-1', 'broker-1', 'broker-2'] }),
  },
  hosts: ['client'],
  probe: 'main',
  shows: [replicas(TOPIC)],
  prepare: [
    {
      host: 'client',
      command: [
        'cd ~/kafka',
        `${TOPICS} --create --topic ${TOPIC} --replica-assignment 1:2,2:1`,
        `./bin/kafka-producer-perf-test --bootstrap-server broker-1:9092 --topic ${TOPIC} --num-records ${RECORDS} --record-size ${RECORD_BYTES} --throughput -1`,
      ].join(' && '),
    },
  ],
  steps: [
    step('add', {
      title: 'A broker comes',
      checks: [
        {
          id: 'joined',
          title: `Broker ${ADDED} is unfenced, and has nothing of ${TOPIC}`,
          judge: ({ cluster }) => {
            const broker = cluster.brokers[ADDED]
            if (!broker) return missing(`Broker ${ADDED} has not registered.`)
            if (broker.fenced) return missing(`Broker ${ADDED} has registered, and is still fenced.`)
            if (partitionsOf(cluster.topics[TOPIC]).some((one) => one.replicas.includes(ADDED)))
              return missing(`${TOPIC} has a replica on broker ${ADDED} already.`)
            if (!cluster.probe?.acknowledged) return missing('The probe has not written its first record yet.')
            return passed(`Broker ${ADDED} is unfenced. Every replica of ${TOPIC} is where it was.`)
          },
          hints: [
            'One broker is formatted, and does not run.',
            'Choose Start in the menu of its host, or use kafka-server-start there.',
            'On broker-3: ./bin/kafka-server-start -daemon config/broker.properties',
          ],
        },
      ],
    }),
    step('move', {
      title: 'Move a topic, with a throttle',
      predict: {
        question: `${TOPIC} has 20 MB, 10 in each partition. Broker ${ADDED} is to get a copy of both, and may receive 1 MB a second. How many seconds will it take?`,
        refuse: notANumber,
        outcome: (given, { passes }) => {
          const seconds = Number(passes.moved?.evidence.ms ?? 0) / 1_000
          const guess = numberIn(given) ?? 0
          return {
            right: guess >= seconds / ROUGHLY && guess <= seconds * ROUGHLY,
            says: `It took ${seconds.toFixed(1)} s, from the record that begins it to the record that ends it.`,
          }
        },
      },
      checks: [
        {
          id: 'throttled',
          title: `A reassignment of ${TOPIC} to broker ${ADDED} began, and what it may take was limited before`,
          judge: ({ cluster, history }) => {
            const begun = changesOf(cluster, history).find((record) => listOf(record, 'addingReplicas').includes(ADDED))
            if (!begun) return missing(`No partition of ${TOPIC} is being moved to broker ${ADDED}.`)
            const settings = history.records({ type: 'CONFIG_RECORD' }).filter(({ offset }) => offset < begun.offset)
            const set = (of: string, name: string) => {
              const last = settings.findLast((one) => fieldsOf(one).resourceName === of && fieldsOf(one).name === name)
              return last ? (fieldsOf(last).value ?? null) : null
            }
            const rate = set(String(ADDED), `follower.${THROTTLED}.rate`)
            const which = set(TOPIC, `follower.${THROTTLED}.replicas`)
            if (rate === null || which === null)
              return missing(
                `Record ${begun.offset} began it, and broker ${ADDED} may receive as much as it can. Cancel it, and begin again with a throttle.`,
              )
            return passed(
              `Record ${begun.offset} began it. Broker ${ADDED} may receive ${Number(rate).toLocaleString('en')} bytes a second for the replicas ${String(which)} of ${TOPIC}.`,
              { offset: begun.offset, at: begun.timestamp, seq: begun.seq },
            )
          },
          hints: [
            'A copy of everything takes all the network that there is, and producers feel it.',
            'kafka-reassign-partitions --execute takes a file of who should have which partition, and --throttle, in bytes a second.',
            './bin/kafka-reassign-partitions --bootstrap-server broker-1:9092 --reassignment-json-file move.json --execute --throttle 1000000',
          ],
        },
        {
          id: 'moved',
          title: `Both partitions of ${TOPIC} are on brokers 2 and ${ADDED}, in sync, and on broker ${REMOVED} no more`,
          judge: ({ cluster, history, passes }) => {
            const began = passes.throttled?.evidence.at
            if (typeof began !== 'number') return missing('No throttled reassignment has begun yet.')
            const all = partitionsOf(cluster.topics[TOPIC])
            const other = all.find(({ replicas }) => !isSame(replicas, [2, ADDED]))
            if (other) return missing(`The replicas of ${TOPIC}-${other.partition} are ${other.replicas.join(', ')}.`)
            const behind = all.find(({ replicas, isr }) => isr.length < replicas.length)
            if (behind || all.length === 0)
              return missing(`${TOPIC}-${behind?.partition ?? 0} has ${behind?.isr.length ?? 0} of 2 replicas in sync.`)
            const done = changesOf(cluster, history).findLast((record) => listOf(record, 'replicas').length === 2)
            if (!done) return missing(`It has not ended yet.`)
            const ms = Math.max(0, done.timestamp - began)
            return passed(
              `Record ${done.offset} ended it, ${(ms / 1_000).toFixed(1)} s after it began. ${all.map(({ partition, replicas, leader }) => `${TOPIC}-${partition}: ${replicas.join(', ')}, led by ${leader}`).join('; ')}.`,
              { ms, offset: done.offset, seq: done.seq, at: done.timestamp },
            )
          },
          hints: [
            'Until the new replica has everything, a partition has three.',
            'The panel shows how far each replica is. Wait.',
            './bin/kafka-reassign-partitions --bootstrap-server broker-1:9092 --list',
          ],
        },
        {
          id: 'unthrottled',
          title: 'No limit of replication is left',
          judge: ({ cluster, passes }) => {
            if (!passes.moved) return missing(`${TOPIC} has not moved yet.`)
            const left = Object.entries(cluster.configs).flatMap(([of, values]) =>
              Object.keys(values).some((name) => name.includes(THROTTLED)) ? [of.replace(':', ' ')] : [],
            )
            if (left.length > 0) return missing(`Limits are left: ${left.join(', ')}.`)
            return passed('Neither a broker nor a topic has a setting that limits replication.')
          },
          hints: [
            'Whoever began it has set the limits. Does anybody take them back?',
            'The tool does, when it is asked whether all is done.',
            './bin/kafka-reassign-partitions --bootstrap-server broker-1:9092 --reassignment-json-file move.json --verify',
          ],
        },
      ],
    }),
    step('leaders', {
      title: 'Who leads',
      checks: [
        {
          id: 'led-back',
          title: `A partition of ${TOPIC} was led by another than the first of its replicas, and all are led by the first again`,
          judge: ({ cluster, history }) => {
            const all = partitionsOf(cluster.topics[TOPIC])
            const first = (partition: number) => all.find((one) => one.partition === partition)?.replicas[0]
            const away = history.last(
              'partition',
              ({ topic, partition, leader }) => topic === TOPIC && leader >= 0 && leader !== first(partition),
            )
            if (!away) return missing(`Every partition of ${TOPIC} is led by the first of its replicas.`)
            const still = all.find(({ leader, replicas }) => leader !== replicas[0])
            if (still)
              return missing(
                `${TOPIC}-${still.partition} is led by broker ${still.leader}; the first of its replicas is ${still.replicas[0]}.`,
              )
            return passed(
              `Broker ${away.leader} led ${away.topic}-${away.partition} for a while. Now ${all.map(({ partition, leader }) => `${TOPIC}-${partition} is led by ${leader}`).join(', ')}.`,
              { seq: away.seq, at: away.at },
            )
          },
          hints: [
            'A broker that is restarted hands over what it leads, and comes back as a follower.',
            'Restart broker-2. Then kafka-leader-election, of the type preferred.',
            './bin/kafka-leader-election --bootstrap-server broker-3:9092 --election-type preferred --all-topic-partitions',
          ],
        },
      ],
    }),
    step('remove', {
      title: 'A broker goes',
      checks: [
        {
          id: 'drained',
          title: `No partition has a replica on broker ${REMOVED}`,
          judge: ({ cluster }) => {
            const on = Object.values(cluster.topics).flatMap(({ name, partitions }) =>
              Object.entries(partitions).flatMap(([partition, one]) =>
                one.replicas.includes(REMOVED) ? [`${name}-${partition}`] : [],
              ),
            )
            if (on.length > 0) return missing(`On broker ${REMOVED}: ${on.join(', ')}.`)
            return passed(
              `None of the ${counted(Object.keys(cluster.topics).length, 'topic')} needs broker ${REMOVED}.`,
            )
          },
          hints: [
            'kafka-topics --describe shows who has what, of all topics.',
            'The topic of the probe is on all three. A reassignment may also take a replica away and put none in its place.',
            `In the file: {"version": 1, "partitions": [{"topic": "__kraftlab-probe", "partition": 0, "replicas": [2, 3]}]}`,
          ],
        },
        {
          id: 'unregistered',
          title: `Broker ${REMOVED} is down, and no longer registered`,
          judge: ({ cluster, history, passes }) => {
            if (!passes.drained) return missing(`Broker ${REMOVED} still has replicas.`)
            if (cluster.nodes[`broker-${REMOVED}`]?.up) return missing(`broker-${REMOVED} still runs.`)
            if (cluster.brokers[REMOVED]) return missing(`Broker ${REMOVED} is still registered.`)
            const record = history
              .records({ type: 'UNREGISTER_BROKER_RECORD', where: (data) => data.brokerId === REMOVED })
              .at(-1)
            return passed(`The cluster has ${counted(Object.keys(cluster.brokers).length, 'broker')}.`, {
              offset: record?.offset ?? null,
            })
          },
          hints: [
            'A broker that is stopped stays registered: it could come back.',
            'Stop it. Then kafka-cluster unregister.',
            './bin/kafka-cluster unregister --bootstrap-server broker-2:9092 --id 1',
          ],
        },
        {
          id: 'nothing-lost',
          title: `All that was acknowledged meanwhile is there, and writes never stood still for ${MAX_OUTAGE_MS / 1_000} s`,
          judge: (at) => {
            if (!at.passes.unregistered) return missing(`That is said when broker ${REMOVED} is gone.`)
            return nothingLost(at, { since: 'moved', maxOutageMs: MAX_OUTAGE_MS })
          },
          hints: [
            'The probe wrote and read all the time, with acks=all.',
            'A broker that is stopped in order hands over first; one at a time, and only when all are in sync.',
            'If it says that writes stood still, the lab has to be started anew.',
          ],
        },
      ],
    }),
  ],
})

type LoggedRecord = ReturnType<HistoryView['records']>[number]

/** What happened to the partitions of the topic, in order. */
function changesOf(cluster: ClusterView, history: HistoryView): LoggedRecord[] {
  const id = cluster.topics[TOPIC]?.id
  return history.records({ type: 'PARTITION_CHANGE_RECORD', where: (data) => data.topicId === id })
}

/** Of brokers; empty where the record leaves it as it is. */
function listOf(record: LoggedRecord, field: 'addingReplicas' | 'replicas'): number[] {
  const list = fieldsOf(record)[field]
  return Array.isArray(list) ? list.filter((one) => typeof one === 'number') : []
}

const isSame = (one: number[], other: number[]): boolean =>
  one.length === other.length && one.every((id) => other.includes(id))
