import type { ClusterView } from '#labs/engine/cluster.ts'
import { cluster, defineLab, missing, passed, step } from '#labs/engine/define.ts'
import { counted, partitionsOf, told } from '../quorum.ts'
import { fieldsOf } from '../records.ts'
import { numberIn } from '../snapshots.ts'

const TOPIC = 'news'
/** Two NoOps a second make so many in 10 s, as long as a broker's session lasts. */
const BEHIND = 20
/** A follower fetches what was appended half a second ago. */
const AT_THE_END = 2

export default defineLab({
  slug: 'metadata-lag',
  title: 'A broker that lags',
  course: 'kraft',
  module: 'metadata-log',
  minutes: 12,
  clusters: { main: cluster({ controllers: 3, brokers: 2 }) },
  hosts: ['client'],
  steps: [
    step('pause', {
      title: 'Stop its clock',
      checks: [
        {
          id: 'paused',
          title: 'The process of a broker is paused',
          judge: ({ cluster, history }) => {
            const event = history.last('process', ({ state, host }) => state === 'paused' && host.startsWith('broker-'))
            if (!event || cluster.nodes[event.host]?.process !== 'paused') return missing('No broker is paused.')
            const node = Number(event.host.slice('broker-'.length))
            const broker = cluster.brokers[node]
            if (!broker) return missing(`Broker ${node} has not registered yet: it was paused too early. Resume it.`)
            return passed(
              `The process of ${event.host} exists, and does nothing. Its broker epoch is ${broker.epoch}.`,
              {
                host: event.host,
                node,
                brokerEpoch: broker.epoch,
                seq: event.seq,
                at: event.at,
              },
            )
          },
          hints: [
            'It should neither die nor shut down: it should be as a process that gets no CPU.',
            'Pause (SIGSTOP) is in the menu of its host; in a terminal, kill -STOP does the same.',
            'In a terminal of broker-2: pkill -STOP -f kafka.Kafka',
          ],
        },
        {
          id: 'lags',
          title: `Its replica of the metadata log is ${BEHIND} records behind what is committed`,
          judge: ({ cluster, passes }) => {
            const node = told(passes.paused, 'node')
            if (node === null) return missing('No broker is paused yet.')
            const lag = lagOf(cluster, node)
            if (lag === null) return missing('The leader does not say how far the logs reach.')
            const end = cluster.metadataEnds[node]
            if (lag < BEHIND)
              return missing(`The log of broker ${node} ends at ${end}, ${counted(lag, 'record')} behind.`)
            return passed(
              `The log of broker ${node} ended at ${end} when the leader last heard from it. Committed is what lies below ${cluster.highWatermark}: ${counted(lag, 'record')} more.`,
              { node, end, highWatermark: cluster.highWatermark },
            )
          },
          hints: [
            'An idle cluster goes on writing: two records a second.',
            'Leave it paused for a quarter of a minute, and look at the column Lag of describe --replication.',
            'On client: ./bin/kafka-metadata-quorum --bootstrap-controller controller-1:9093 describe --replication',
          ],
        },
        {
          id: 'fenced',
          title: 'The controller has fenced it',
          judge: ({ cluster, history, passes }) => {
            const node = told(passes.paused, 'node')
            const at = passes.paused?.evidence.at
            if (node === null || typeof at !== 'number') return missing('No broker is paused yet.')
            const event = history.last('broker', ({ broker, is }) => broker === node && is === 'fenced', {
              after: 'paused',
            })
            if (!event)
              return missing(
                cluster.brokers[node]?.fenced
                  ? `Broker ${node} was fenced before it was paused. Resume it, and pause it once it is unfenced.`
                  : `Broker ${node} is not fenced yet.`,
                {
                  says: 'The controller waits 9 s for a heartbeat (broker.session.timeout.ms).',
                  from: at,
                  due: at + 12_000,
                },
              )
            return passed(
              `Broker ${node} was fenced ${((event.at - at) / 1_000).toFixed(1)} s after its process was paused.`,
              { node, ms: event.at - at, seq: event.seq, at: event.at },
            )
          },
          hints: [
            'That is not for its lag: it is for what the controller no longer hears.',
            'A broker sends a heartbeat every 2 seconds; 9 seconds without one are too many.',
            'Leave it paused for 10 seconds.',
          ],
        },
      ],
      ask: 'At which offset does the paused broker’s replica of the metadata log end, as the leader knows it?',
      judge: (given, { cluster, passes }) => {
        const node = told(passes.paused, 'node')
        if (node === null) return missing('No broker is paused yet.')
        const offset = numberIn(given)
        if (offset === null) return missing('An offset is a whole number.')
        const end = cluster.metadataEnds[node]
        if (end === undefined || cluster.leader === null) return missing('The leader does not say at the moment.')
        if (offset === end) return passed(`The log of broker ${node} ends at ${end}.`, { end })
        return missing(
          offset > end
            ? `${offset} is further than the leader has seen of broker ${node}. Look at its own line, not at the leader’s.`
            : `The log of broker ${node} reaches further than ${offset}. Look at its LogEndOffset, not at its Lag.`,
        )
      },
    }),
    step('change', {
      title: 'Decide without it',
      checks: [
        {
          id: 'created-without',
          title: `Topic ${TOPIC} was created, with nothing of it on the paused broker, which has not heard of it`,
          judge: ({ cluster, history, passes }) => {
            const node = told(passes.paused, 'node')
            if (node === null) return missing('No broker is paused yet.')
            const host = `broker-${node}`
            const created = history
              .records({ type: 'TOPIC_RECORD', where: (data) => data.name === TOPIC })
              .findLast((record) => fieldsOf(record).topicId === cluster.topics[TOPIC]?.id)
            if (!created) return missing(`There is no topic ${TOPIC} that was created meanwhile.`)
            if (cluster.nodes[host]?.process !== 'paused')
              return missing(
                `${host} is not paused any more. Delete topic ${TOPIC}, pause ${host} until it is fenced, and create it again.`,
              )
            const end = cluster.metadataEnds[node]
            if (cluster.leader === null || end === undefined)
              return missing('The leader does not say how far the logs reach.')
            // What the leader last heard may be older than the pause by a fetch.
            const pausedAt = passes.paused?.evidence.at
            if (end > created.offset || typeof pausedAt !== 'number' || created.timestamp < pausedAt)
              return missing(
                `Broker ${node} may have record ${created.offset}, the topic: it was created before the pause. Delete it, and create it again.`,
              )
            const on = partitionsOf(cluster.topics[TOPIC]).filter(({ replicas }) => replicas.includes(node))
            if (on.length > 0)
              return missing(
                `${counted(on.length, 'partition')} of ${TOPIC} have a replica on broker ${node}: it was not fenced when the topic was created. Delete the topic, wait until it is fenced, and create it again.`,
              )
            const partitions = partitionsOf(cluster.topics[TOPIC])
            return passed(
              `${TOPIC} is record ${created.offset}, its ${counted(partitions.length, 'partition')} on brokers ${[...new Set(partitions.flatMap(({ replicas }) => replicas))].join(', ')}. The log of broker ${node} ends at ${end}.`,
              { offset: created.offset, node, end },
            )
          },
          hints: [
            'The controller places replicas on brokers that may work. Which are those now?',
            `Create a topic that is named ${TOPIC}, with one replica, once the paused broker is fenced.`,
            `On client: ./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic ${TOPIC} --partitions 4 --replication-factor 1 (ask broker-2 if you paused broker-1)`,
          ],
        },
      ],
    }),
    step('resume', {
      title: 'Let it catch up',
      predict: {
        question:
          'When it goes on: will it register anew, with another broker epoch, or be unfenced under the old one? new or old',
        refuse: (given) => (/^\s*(new|old)\s*$/i.test(given) ? null : 'Answer new or old.'),
        outcome: (given, { passes }) => {
          const [was, is] = [told(passes.paused, 'brokerEpoch'), told(passes.unfenced, 'brokerEpoch')]
          return {
            right: given.trim().toLowerCase() === (was === is ? 'old' : 'new'),
            says:
              was === is
                ? `Under the old one, ${is}. It never ended, so its registration is what it was; only a process that starts registers.`
                : `It was started anew: its broker epoch was ${was}, and is ${is}.`,
          }
        },
      },
      checks: [
        {
          id: 'unfenced',
          title: 'It runs again, and is unfenced',
          judge: ({ cluster, history, passes }) => {
            const node = told(passes.paused, 'node')
            if (node === null || !passes['created-without']) return missing(`Topic ${TOPIC} is to be created first.`)
            const host = `broker-${node}`
            const { process, up } = cluster.nodes[host] ?? {}
            if (process === 'paused') return missing(`${host} is paused.`)
            if (!up) return missing(`${host} does not answer yet.`)
            const broker = cluster.brokers[node]
            if (broker?.fenced !== false) return missing(`Broker ${node} answers, and is still fenced.`)
            const event = history.last('broker', ({ broker, is }) => broker === node && is === 'unfenced')
            if (!event) return missing(`Broker ${node} has not been unfenced since.`)
            return passed(`Broker ${node} is unfenced; its broker epoch is ${broker.epoch}.`, {
              node,
              brokerEpoch: broker.epoch,
              seq: event.seq,
              at: event.at,
            })
          },
          hints: [
            'Its process is there, with all that it had in memory.',
            'Resume (SIGCONT) is in the menu of its host; in a terminal, kill -CONT does the same.',
            'In a terminal of its host: pkill -CONT -f kafka.Kafka',
          ],
        },
        {
          id: 'caught-up',
          title: 'Its replica has the topic, and is at the end of the log again',
          judge: ({ cluster, passes }) => {
            const [node, offset] = [told(passes.paused, 'node'), told(passes['created-without'], 'offset')]
            if (node === null || offset === null) return missing(`Topic ${TOPIC} is to be created first.`)
            if (!passes.unfenced) return missing(`Broker ${node} is not back yet.`)
            const lag = lagOf(cluster, node)
            if (lag === null) return missing('The leader does not say how far the logs reach.')
            const end = cluster.metadataEnds[node]!
            if (end <= offset || lag > AT_THE_END)
              return missing(`The log of broker ${node} ends at ${end}, ${counted(lag, 'record')} behind.`)
            return passed(
              `The log of broker ${node} ends at ${end}: it has record ${offset}, and all below ${cluster.highWatermark} is committed.`,
              { node, end, highWatermark: cluster.highWatermark },
            )
          },
          hints: [
            'It fetches from where it was.',
            'Compare its LogEndOffset with the leader’s.',
            'Leave it running and linked for some seconds: ./bin/kafka-metadata-quorum --bootstrap-server broker-1:9092 describe --replication',
          ],
        },
      ],
    }),
  ],
})

/** How many committed records its replica lacks, as the leader knows; null: nobody tells. */
function lagOf({ leader, highWatermark, metadataEnds }: ClusterView, node: number): number | null {
  const end = metadataEnds[node]
  if (leader === null || highWatermark === null || end === undefined || end < 0) return null
  return Math.max(0, highWatermark - end)
}
