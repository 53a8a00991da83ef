import type { ClusterView } from '#labs/engine/cluster.ts'
import { cluster, defineLab, missing, passed, step, type Verdict } from '#labs/engine/define.ts'
import { counted, followsLeader, partitionsOf, told } from '../quorum.ts'
import { numberIn } from '../snapshots.ts'

const PARTITIONS = 6

export default defineLab({
  slug: 'alerts',
  title: 'Which metric moves',
  course: 'kraft',
  module: 'production',
  minutes: 15,
  clusters: { main: cluster({ controllers: 3, brokers: 2 }) },
  hosts: ['client'],
  steps: [
    step('rest', {
      title: 'A cluster with something to lose',
      checks: [
        {
          id: 'topics',
          title: `Topic orders has two replicas, topic audit one, each has ${PARTITIONS} partitions, and both brokers lead`,
          judge: ({ cluster }) => {
            for (const [topic, replicas] of [
              ['orders', 2],
              ['audit', 1],
            ] as const) {
              const partitions = partitionsOf(cluster.topics[topic])
              if (partitions.length === 0) return missing(`There is no topic ${topic}.`)
              if (partitions.length !== PARTITIONS)
                return missing(`${topic} has ${counted(partitions.length, 'partition')}; it should have ${PARTITIONS}.`)
              const other = partitions.find((one) => one.replicas.length !== replicas)
              if (other)
                return missing(
                  `${topic}-${other.partition} has ${counted(other.replicas.length, 'replica')}; it should have ${replicas}.`,
                )
              const idle = Object.keys(cluster.brokers).find((id) =>
                partitions.every(({ leader }) => leader !== Number(id)),
              )
              if (idle)
                return missing(
                  `Broker ${idle} leads no partition of ${topic}. Delete ${topic}, and create it again when the panel shows both brokers up.`,
                )
            }
            return passed(`orders and audit have ${PARTITIONS} partitions each, with two replicas and with one.`)
          },
          hints: [
            'Two topics that differ in one number: how many copies there are of each partition.',
            'kafka-topics --create takes --partitions and --replication-factor.',
            `./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic orders --partitions ${PARTITIONS} --replication-factor 2; the same for audit with --replication-factor 1`,
          ],
        },
      ],
    }),
    step('alarm', {
      title: 'Lose a broker',
      ask: 'What does OfflinePartitionsCount of a controller say now?',
      judge: (given, { cluster, passes }) => {
        if (!passes.fenced) return missing('No broker has died and been fenced yet: nothing is offline.')
        const count = numberIn(given)
        if (count === null) return missing('The value is a whole number.')
        const all = Object.values(cluster.topics).flatMap(partitionsOf)
        const offline = all.filter(isOffline).length
        if (offline === 0) return missing('No partition is offline at this moment. Is the broker back already?')
        if (count === offline)
          return passed(
            `${counted(offline, 'partition')} of ${all.length} ${offline === 1 ? 'has' : 'have'} no leader.`,
          )
        const short = all.filter(({ isr, replicas }) => isr.length < replicas.length).length
        return missing(
          count === short || count === short - offline
            ? `${count} is how many partitions lack a replica. Offline are those that have no leader.`
            : `${count} is not how many partitions have no leader. Read the metric once more, on a controller that lives.`,
        )
      },
      checks: [
        {
          id: 'fenced',
          title: 'A broker died and was fenced, and partitions of audit have no leader',
          judge: ({ cluster, history }) => {
            const down = history.last('node', ({ up, node }) => !up && node !== null && node in cluster.brokers)
            if (!down || down.node === null) return missing('No broker has gone down.')
            if (!cluster.brokers[down.node]?.fenced)
              return missing(`${down.host} (broker ${down.node}) is down. The controller has not fenced it yet.`)
            const offline = partitionsOf(cluster.topics.audit).filter(isOffline).length
            if (offline === 0)
              return missing(`Broker ${down.node} is fenced, and every partition of audit has a leader.`)
            return passed(
              `${down.host} (broker ${down.node}) went down and was fenced; ${counted(offline, 'partition')} of audit ${offline === 1 ? 'has' : 'have'} no leader.`,
              { node: down.node, seq: down.seq, at: down.at },
            )
          },
          hints: [
            'It must be a node that stores partitions.',
            'Choose Kill (SIGKILL) in the menu of a broker. The controller waits up to 9 seconds for its heartbeat.',
            'In a terminal of broker-2: pkill -9 -f kafka.Kafka, then wait 10 seconds',
          ],
        },
      ],
    }),
    step('failover', {
      title: 'Lose the active controller too',
      ask: 'What does current-epoch, in raft-metrics of a node that lives, say now?',
      judge: (given, { cluster, passes }) => {
        if (!passes['new-leader']) return missing('No other controller leads yet.')
        const epoch = numberIn(given)
        if (epoch === null) return missing('An epoch is a whole number.')
        if (cluster.leader === null || cluster.epoch === null)
          return missing('Nobody leads at this moment. Ask again in a second.')
        if (epoch === cluster.epoch) return passed(`Node ${cluster.leader} leads in epoch ${cluster.epoch}.`)
        return missing(
          epoch < cluster.epoch
            ? `Epoch ${epoch} is over: there has been an election since.`
            : `The quorum has not come to epoch ${epoch}.`,
        )
      },
      checks: [
        {
          id: 'leader-died',
          title: 'The active controller went down',
          judge: ({ history }) => history.nodeDown({ wasLeader: true }),
          hints: [
            'ActiveControllerCount is 1 on one node only.',
            'The panel shows the leader’s mark. Choose Kill (SIGKILL) in the menu of that host.',
            'In a terminal of the leader’s host: pkill -9 -f kafka.Kafka',
          ],
        },
        {
          id: 'new-leader',
          title: 'Another leads, in a later epoch',
          judge: ({ passes, history }) =>
            passes['leader-died']
              ? history.newLeader({ after: 'leader-died' })
              : missing('The active controller is still there.'),
          hints: [
            'The other two need some seconds, and both of them must live.',
            'Watch the epoch in the panel.',
            'If a second controller is down, start it: ./bin/kafka-server-start -daemon config/controller.properties on its host',
          ],
        },
      ],
    }),
    step('quiet', {
      title: 'Back to zero',
      checks: [
        {
          id: 'all-clear',
          title: 'No broker is fenced, no partition offline or short of a replica, and all three voters agree',
          judge: ({ cluster, passes }) => {
            const broker = told(passes.fenced, 'node')
            if (broker === null || !passes['new-leader']) return missing('Nothing has been lost yet.')
            const fenced = Object.values(cluster.brokers).find((one) => one.fenced)
            if (fenced) return missing(`Broker ${fenced.id} is fenced: FencedBrokerCount is not 0.`)
            const all = Object.values(cluster.topics).flatMap(partitionsOf)
            const offline = all.filter(isOffline).length
            if (offline > 0) return missing(`${counted(offline, 'partition')} still without a leader.`)
            const short = all.filter(({ isr, replicas }) => isr.length < replicas.length).length
            if (short > 0) return missing(`${counted(short, 'partition')} still short of a replica in sync.`)
            return votersAgree(cluster)
          },
          hints: [
            'Two nodes are down. Each has to be started where it ran.',
            'Choose Start in the menus of both hosts, and give the broker some seconds to be in sync.',
            './bin/kafka-server-start -daemon config/broker.properties on the broker, with config/controller.properties on the controller',
          ],
        },
        {
          id: 'balanced',
          title: 'Every partition is led by its preferred leader: PreferredReplicaImbalanceCount is 0',
          judge: ({ cluster, passes }) => {
            if (!passes['all-clear']) return missing('Not everything is back yet.')
            const all = Object.values(cluster.topics).flatMap(partitionsOf)
            const elsewhere = all.filter(({ leader, replicas }) => leader !== replicas[0]).length
            if (elsewhere > 0)
              return missing(`${counted(elsewhere, 'partition')} led by another broker than the preferred one.`)
            return passed(`All ${all.length} partitions are led by the first of their replicas.`)
          },
          hints: [
            'A broker that returns follows. Somebody has to give it back what it led.',
            'kafka-leader-election can do it at once: the type is preferred.',
            './bin/kafka-leader-election --bootstrap-server broker-1:9092,broker-2:9092 --election-type preferred --all-topic-partitions',
          ],
        },
      ],
    }),
  ],
})

type Partition = ReturnType<typeof partitionsOf>[number]
const isOffline = ({ leader }: Partition) => leader < 0

function votersAgree(cluster: ClusterView): Verdict {
  for (const { node } of cluster.voters) {
    const verdict = node === cluster.leader ? null : followsLeader(cluster, node)
    if (verdict && !verdict.passed) return verdict
  }
  if (cluster.leader === null) return missing('Nobody leads the quorum that we know of.')
  return passed(
    `Both brokers serve, all replicas are in sync, and ${cluster.voters.length} voters are in epoch ${cluster.epoch}.`,
  )
}
