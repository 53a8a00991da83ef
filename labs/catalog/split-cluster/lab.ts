import { type ClusterView, nodeOf, type PartitionView } from '#labs/engine/cluster.ts'
import {
  cluster,
  defineLab,
  type Fact,
  type Moment,
  missing,
  passed,
  records,
  step,
  type Verdict,
} from '#labs/engine/define.ts'
import type { EventOf } from '#labs/engine/events.ts'
import type { Link, TopicRecord } from '#labs/protocol/observation.ts'
import { counted, leaderAt, partitionsOf, told } from '../quorum.ts'

const CONTROLLERS = ['controller-1', 'controller-2', 'controller-3']
const BROKERS = ['broker-1', 'broker-2', 'broker-3']
const MIN_IN_SYNC = 2
const orders = records({ topic: 'orders', max: 200 })
type Orders = Fact<{ records: TopicRecord[]; complete: boolean }>

export default defineLab({
  slug: 'split-cluster',
  title: 'A cluster in two halves',
  course: 'kraft',
  module: 'network-partitions',
  minutes: 20,
  clusters: { main: cluster({ controllers: CONTROLLERS.length, brokers: BROKERS.length }) },
  hosts: ['client'],
  steps: [
    step('topic', {
      title: 'Three copies',
      facts: { orders },
      checks: [
        {
          id: 'ready',
          title: 'Topic orders has one partition on three brokers, needs two of them for a write, and holds a record',
          judge: ({ cluster, facts }) => {
            const partition = ordersOf(cluster)
            if (!partition) return missing('There is no topic orders.')
            if (partitionsOf(cluster.topics.orders).length > 1)
              return missing('Topic orders has more than one partition. Delete it, and create it with one.')
            if (partition.replicas.length < BROKERS.length)
              return missing(
                `Its partition is on ${counted(partition.replicas.length, 'broker')}: it should be on three.`,
              )
            const least = Number(cluster.configs['topic:orders']?.['min.insync.replicas'] ?? 1)
            if (least !== MIN_IN_SYNC)
              return missing(`min.insync.replicas of orders is ${least}: it should be ${MIN_IN_SYNC}.`)
            if (partition.isr.length < BROKERS.length)
              return missing(`In sync are brokers ${list(partition.isr)}. All three should be.`)
            const read = readOrders(facts.orders)
            if (typeof read === 'string') return missing(read)
            if (read.length === 0) return missing('Topic orders has no record yet. Write one.')
            return passed(
              `orders-0 is led by broker ${partition.leader}; in sync: ${list(partition.isr)}; ${counted(read.length, 'record')}.`,
              { leader: partition.leader, records: read.length },
            )
          },
          hints: [
            'One partition, a replica on each broker, and a setting of the topic.',
            'kafka-topics --create with --replica-assignment 1:2:3 says who leads as well: broker 1. Add --config min.insync.replicas=2, and write a record.',
            './bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic orders --replica-assignment 1:2:3 --config min.insync.replicas=2, then echo before | ./bin/kafka-console-producer --bootstrap-server broker-1:9092 --topic orders',
          ],
        },
      ],
    }),
    step('split', {
      title: 'Split it',
      checks: [
        {
          id: 'apart',
          title: 'The active controller and the broker that leads orders are on one side, all other nodes on the other',
          judge: (moment) => apart(moment),
          hints: [
            'Two of six nodes go to one side. Which two have something to lose?',
            'See who leads the quorum, and who leads orders, then choose Split the room, in the room’s menu.',
            'One group: the host with the leader’s mark, and the broker that leads orders. The other: the four other nodes and client. If you cut otherwise, split again.',
          ],
        },
        {
          id: 'new-leader',
          title: 'The side with two controllers has elected a leader, in a later epoch',
          judge: ({ history, passes }) =>
            passes.apart ? history.newLeader({ after: 'apart' }) : missing('The room is not split yet.'),
          hints: [
            'Two of three voters are a majority, wherever the brokers are.',
            'They wait for an answer to their fetch for 2 seconds, then stand for election.',
            'Leave both controllers of the larger side running; a leader is there in 2 to 5 seconds.',
          ],
        },
        {
          id: 'taken-over',
          title: 'It has fenced the broker of the other side, and orders is led by another',
          judge: ({ cluster, network, passes }) => {
            const broker = told(passes.apart, 'broker')
            if (broker === null) return missing('The room is not split yet.')
            const partition = ordersOf(cluster)
            if (!partition) return missing('There is no topic orders.')
            if (network.cuts.length === 0) return missing('The room is not split any more. Split it again.')
            if (cluster.leader === null) return missing('Nobody leads that could fence a broker.')
            if (cluster.brokers[broker]?.fenced !== true)
              return missing(
                `Broker ${broker} is not fenced yet: the new leader waits for its heartbeat for 9 seconds.`,
              )
            if (partition.leader === broker || partition.leader < 0)
              return missing(
                `Broker ${broker} is fenced, and orders-0 is led by ${partition.leader < 0 ? 'nobody' : `broker ${broker} still`}.`,
              )
            return passed(
              `Node ${cluster.leader} has fenced broker ${broker}. orders-0 is led by broker ${partition.leader} in leader epoch ${partition.leaderEpoch}; in sync: ${list(partition.isr)}.`,
              { leader: partition.leader, leaderEpoch: partition.leaderEpoch },
            )
          },
          hints: [
            'The new leader has not heard from that broker. How long does it wait?',
            'broker.session.timeout.ms is 9 seconds, counted from when it began to lead.',
            'Leave the room split for 15 seconds, and the two other brokers running.',
          ],
        },
      ],
    }),
    step('write', {
      title: 'Write on both sides',
      facts: { orders },
      checks: [
        {
          id: 'only-here',
          title: 'The broker that is alone has a record that no other broker has',
          judge: (moment) => {
            const { cluster, network, passes } = moment
            const broker = told(passes.apart, 'broker')
            if (broker === null || !passes['taken-over']) return missing('Nobody has taken over yet.')
            if (network.cuts.length === 0)
              return missing(
                'The room is not split any more: what is written now reaches all. Reset to the step before.',
              )
            const base = endAtSplit(moment)
            if (typeof base === 'string') return missing(base)
            const end = cluster.replicaEnds.orders?.[0]?.[broker]
            if (end === undefined) return missing(`Broker ${broker} has not told how long its log is.`)
            if (end <= base)
              return missing(
                `The log of broker ${broker} ends at ${end}, as before the split. Write to it, on its own host.`,
              )
            return passed(
              `All had the same log up to ${base}. That of broker ${broker} ends at ${end}: ${counted(end - base, 'record')} of its own.`,
              { broker, base, end, own: end - base },
            )
          },
          hints: [
            'That broker does not know that it leads no more.',
            'In a terminal on its host a producer reaches it, and nobody else. With acks=1 it need not wait for others.',
            'On that host: echo alone | ./bin/kafka-console-producer --bootstrap-server $HOSTNAME:9092 --topic orders --command-property acks=1',
          ],
        },
        {
          id: 'committed',
          title: 'The other side has committed a record',
          judge: (moment) => {
            const { cluster, facts, network, passes } = moment
            const [broker, at] = [told(passes.apart, 'broker'), told(passes.apart, 'at')]
            if (broker === null || at === null || !passes['taken-over']) return missing('Nobody has taken over yet.')
            if (network.cuts.length === 0) return missing('The room is not split any more. Reset to the step before.')
            const partition = ordersOf(cluster)
            if (!partition || partition.leader === broker)
              return missing(`orders-0 is not led by another than broker ${broker}.`)
            const read = readOrders(facts.orders)
            if (typeof read === 'string') return missing(read)
            const found = read.find(({ timestamp }) => timestamp > at)
            if (!found)
              return missing(`Broker ${partition.leader} leads orders-0, and has no record from after the split.`)
            return passed(
              `Broker ${partition.leader} has “${found.value}” at offset ${found.offset}; brokers ${list(partition.isr)} have it.`,
              { offset: found.offset, value: found.value, timestamp: found.timestamp, leader: partition.leader },
            )
          },
          hints: [
            'Two brokers are in sync there: as many as the topic wants.',
            'A producer on client is on that side. Let it ask a broker of its side.',
            'On client: echo together | ./bin/kafka-console-producer --bootstrap-server broker-2:9092,broker-3:9092 --topic orders',
          ],
        },
      ],
    }),
    step('heal', {
      title: 'Heal it',
      facts: { orders },
      predict: {
        question:
          'One record was acknowledged by the broker that was alone, with acks=1; one by the other side, with acks=all. When the network is whole again, which of them will be in the topic? alone, together, both or none',
        refuse: (given) =>
          /^\s*(alone|together|both|none)\s*$/i.test(given) ? null : 'Answer alone, together, both or none.',
        outcome: (given, { passes }) => ({
          right: /together/i.test(given),
          says: `The one of the side with two: it is on the disks of all brokers in sync, so whoever leads has it. The broker that was alone has thrown away ${counted(told(passes['only-here'], 'own') ?? 1, 'record')}, acknowledged or not.`,
        }),
      },
      checks: [
        {
          id: 'one-log',
          title:
            'The network is whole, and the broker that was alone is unfenced, in sync, with the same log as the others',
          judge: ({ cluster, network, passes }) => {
            const broker = told(passes.apart, 'broker')
            if (broker === null || !passes['only-here'] || !passes.committed)
              return missing('Write on both sides first.')
            if (network.cuts.length > 0) return missing(`${network.cuts.length} links are still cut.`)
            const partition = ordersOf(cluster)
            if (!partition) return missing('There is no topic orders any more. Reset to the first step.')
            if (!nodeOf(cluster, broker)?.up) return missing(`Broker ${broker} is not up. Start it.`)
            if (cluster.brokers[broker]?.fenced !== false) return missing(`Broker ${broker} is still fenced.`)
            if (!partition.isr.includes(broker))
              return missing(`Broker ${broker} is not in sync yet: ${list(partition.isr)} are.`)
            const [mine, end] = [cluster.replicaEnds.orders?.[0]?.[broker], cluster.logEnds.orders?.[0]]
            if (mine === undefined || end === undefined || mine !== end)
              return missing(
                `The log of broker ${broker} ends at ${mine ?? 'an offset that is not known yet'}, the leader’s at ${end ?? 'one that is not known yet'}.`,
              )
            return passed(
              `Broker ${broker} is in sync with ${list(partition.isr.filter((one) => one !== broker))}; all logs end at ${end}.`,
              { broker, end },
            )
          },
          hints: [
            'The broker learns from the metadata log what it has missed. It needs the network for that.',
            'Heal all cuts, in the room’s menu, mends all links. Then it takes some seconds.',
            'Choose Heal all cuts. If you stopped a broker, start it.',
          ],
        },
        {
          id: 'kept',
          title: 'What the other side had committed is where the broker that was alone had a record of its own',
          judge: ({ facts, passes }) => {
            const [offset, timestamp] = [told(passes.committed, 'offset'), told(passes.committed, 'timestamp')]
            const value = passes.committed?.evidence.value
            if (offset === null || !passes['one-log']) return missing('That is said when all have the same log.')
            const read = readOrders(facts.orders)
            if (typeof read === 'string') return missing(read)
            const found = read.find((one) => one.offset === offset)
            if (!found || found.value !== value || found.timestamp !== timestamp)
              return missing(`“${value}” was committed at offset ${offset}, and is not there.`)
            return passed(`Offset ${offset} is “${value}” still. The topic holds ${counted(read.length, 'record')}.`, {
              offset,
              records: read.length,
            })
          },
          hints: [
            'Read the topic from the beginning.',
            'kafka-console-consumer with --from-beginning shows all that is there.',
            'On client: ./bin/kafka-console-consumer --bootstrap-server broker-2:9092 --topic orders --from-beginning --timeout-ms 5000. If the topic was deleted, reset to the first step.',
          ],
        },
      ],
    }),
  ],
})

const ordersOf = (cluster: ClusterView): PartitionView | undefined => cluster.topics.orders?.partitions[0]
const list = (nodes: number[]): string => (nodes.length > 0 ? [...nodes].sort((a, b) => a - b).join(', ') : 'none')

function readOrders(fact: Orders): TopicRecord[] | string {
  if (fact.state === 'not-fetched') return 'Reading the records of orders.'
  if (fact.state === 'failed') return `The records of orders cannot be read: ${fact.why}.`
  return fact.value.records
}

/** Up to where all replicas had the same. All hosts have one clock, which stamps the records and the cut. */
function endAtSplit({ facts, passes }: { facts: { orders: Orders }; passes: Moment['passes'] }): number | string {
  const at = told(passes.apart, 'at')
  const read = readOrders(facts.orders)
  if (at === null) return 'The room is not split yet.'
  if (typeof read === 'string') return read
  return Math.max(0, ...read.filter(({ timestamp }) => timestamp <= at).map(({ offset }) => offset + 1))
}

/** Both ways between the two sides, and nowhere else. */
function isSplit(cuts: Link[], side: readonly string[], other: readonly string[]): boolean {
  const isCut = (from: string, to: string) => cuts.some((link) => link.from === from && link.to === to)
  const nodes = [...CONTROLLERS, ...BROKERS]
  const across = side.every((one) => other.every((two) => isCut(one, two) && isCut(two, one)))
  const within = [side, other].every((all) => all.every((one) => all.every((two) => !isCut(one, two))))
  return across && within && side.length + other.length === nodes.length
}

function apart({ cluster, history }: Pick<Moment, 'cluster' | 'history'>): Verdict {
  const event = history.last('network', ({ cuts }) => cuts.length > 0)
  if (!event) return missing('No link is cut yet.')
  if (history.last('network')?.cuts.length === 0) return missing('All links are whole again. Split the room.')
  const node = leaderAt(history, event)
  const broker = leaderOfOrdersAt(cluster, history, event)
  const [controllerHost, brokerHost] = [node, broker].map((id) => (id === null ? undefined : nodeOf(cluster, id)?.host))
  if (node === null || broker === null || !controllerHost || !brokerHost)
    return missing(
      'Who led the quorum and topic orders at the split is not known. Choose Heal all cuts, and split again.',
    )
  const side = [controllerHost, brokerHost]
  const other = [...CONTROLLERS, ...BROKERS].filter((host) => !side.includes(host))
  if (!isSplit(event.cuts, side, other))
    return missing(
      `When the links were cut, node ${node} on ${controllerHost} led the quorum, and ${brokerHost} led orders-0. These two, and no others, should be on one side.`,
    )
  return passed(
    `${controllerHost} (node ${node}) and ${brokerHost} are on one side, ${other.join(', ')} on the other.`,
    { node, broker, host: controllerHost, brokerHost, seq: event.seq, at: event.at },
  )
}

function leaderOfOrdersAt(
  cluster: ClusterView,
  history: Moment['history'],
  { seq }: EventOf<'network'>,
): number | null {
  const moved = history.events('partition').find((event) => event.topic === 'orders' && event.seq > seq)
  return moved ? moved.before.leader : (ordersOf(cluster)?.leader ?? null)
}
