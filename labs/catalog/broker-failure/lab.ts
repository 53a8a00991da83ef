import type { ClusterView } from '#labs/engine/cluster.ts'
import { cluster, defineLab, missing, passed, step } from '#labs/engine/define.ts'
import { counted, partitionsOf, told } from '../quorum.ts'

const PARTITIONS = 3
const REPLICAS = 3
const MIN_IN_SYNC = '2'
/** One that dies is missed after 7 s at least; one that is stopped in order is fenced before it is gone, or just after. */
const IN_ORDER_MS = 3_000

export default defineLab({
  slug: 'broker-failure',
  title: 'A broker dies',
  course: 'kraft',
  module: 'broker-failure',
  minutes: 15,
  // One controller is enough here: this is about brokers.
  clusters: { main: cluster({ controllers: 1, brokers: REPLICAS }) },
  hosts: ['client'],
  probe: 'main',
  steps: [
    step('replicate', {
      title: 'A topic that survives a broker',
      checks: [
        {
          id: 'replicated',
          title: `Topic orders has ${PARTITIONS} partitions with ${REPLICAS} replicas, and needs ${MIN_IN_SYNC} of them in sync`,
          judge: ({ cluster }) => {
            const partitions = partitionsOf(cluster.topics.orders)
            if (partitions.length === 0) return missing('There is no topic orders.')
            if (partitions.length !== PARTITIONS)
              return missing(`orders has ${counted(partitions.length, 'partition')}; it should have ${PARTITIONS}.`)
            const few = partitions.find(({ replicas }) => replicas.length !== REPLICAS)
            if (few)
              return missing(
                `orders-${few.partition} has ${counted(few.replicas.length, 'replica')}; it should have ${REPLICAS}.`,
              )
            const minimum = cluster.configs['topic:orders']?.['min.insync.replicas']
            if (minimum !== MIN_IN_SYNC)
              return missing(
                minimum === undefined
                  ? 'orders has no min.insync.replicas of its own: one replica in sync would do for a write.'
                  : `min.insync.replicas of orders is ${minimum}; it should be ${MIN_IN_SYNC}.`,
              )
            const lag = partitions.find(({ isr }) => isr.length < REPLICAS)
            if (lag) return missing(`orders-${lag.partition} has ${lag.isr.length} of ${REPLICAS} replicas in sync.`)
            const idle = Object.keys(cluster.brokers).find((id) =>
              partitions.every(({ leader }) => leader !== Number(id)),
            )
            if (idle)
              return missing(
                `Broker ${idle} leads no partition of orders. Was it up when you created the topic? Delete orders, and create it again when the panel shows all brokers up.`,
              )
            // An outage is measured from the last write that succeeded: there has to be one.
            if (!cluster.probe?.acknowledged) return missing('The probe has not written its first record yet.')
            const led = partitions.map(({ partition, leader }) => `${partition} by broker ${leader}`).join(', ')
            return passed(`All ${REPLICAS} replicas of orders are in sync. Partitions are led: ${led}.`)
          },
          hints: [
            'Replication factor and min.insync.replicas are two things: how many copies, and how many must be current.',
            'kafka-topics --create takes --partitions, --replication-factor and, for settings, --config name=value.',
            './bin/kafka-topics --bootstrap-server broker-1:9092,broker-2:9092,broker-3:9092 --create --topic orders --partitions 3 --replication-factor 3 --config min.insync.replicas=2',
          ],
        },
      ],
    }),
    step('kill', {
      title: 'Kill a broker',
      checks: [
        {
          id: 'fenced',
          title: 'A broker died, was fenced, and left the ISR of every partition of orders',
          judge: ({ cluster, history }) => {
            const down = history.last('node', ({ up, node }) => !up && node !== null && node in cluster.brokers)
            if (!down || down.node === null) {
              const other = history.last('node', ({ up }) => !up)
              return missing(other ? `${other.host} went down, which is no broker.` : 'No broker has gone down.')
            }
            const { host, node, seq, at } = down
            const fenced = history.last('broker', ({ broker, is }) => broker === node && is === 'fenced')
            if (!cluster.brokers[node]?.fenced || !fenced)
              return missing(`${host} (broker ${node}) is down. The controller has not fenced it yet.`)
            const ms = fenced.at - at
            if (ms < IN_ORDER_MS)
              return missing(
                `${host} (broker ${node}) was stopped in order. Start it, give it back its partitions with kafka-leader-election, and kill one.`,
              )
            const partitions = partitionsOf(cluster.topics.orders)
            const still = partitions.filter(({ isr }) => isr.includes(node)).length
            if (still > 0 || partitions.length === 0)
              return missing(`Broker ${node} is still in the ISR of ${counted(still, 'partition')} of orders.`)
            if (!history.isrShrank({ topic: 'orders', node, after: down }).passed)
              return missing(
                `Broker ${node} had left the ISR of orders before it died. Start it, wait until it is in sync, and kill one.`,
              )
            return passed(
              `${host} (broker ${node}) went down. ${(ms / 1000).toFixed(1)} s later it was fenced and out of the ISR of all ${partitions.length} partitions.`,
              { host, node, ms, seq, at },
            )
          },
          hints: [
            'It must be a broker: a node that stores partitions and has no vote.',
            'Choose Kill (SIGKILL) in its menu, or use kill -9. The controller waits up to 9 seconds for its heartbeat.',
            'In a terminal of broker-2: pkill -9 -f kafka.Kafka, then wait 10 seconds',
          ],
        },
        {
          id: 'leaders-moved',
          title: 'What it led is led by another broker',
          judge: ({ cluster, history, passes }) => {
            const node = told(passes.fenced, 'node')
            if (node === null) return missing('No broker has died and been fenced yet.')
            const moved = history.partitionLeaderMoved({ topic: 'orders', from: node, after: 'fenced' })
            if (!moved.passed)
              return missing(
                `Broker ${node} led no partition of orders when it died. Start it, give it back its partitions with kafka-leader-election, and kill it again.`,
              )
            const led = partitionsOf(cluster.topics.orders).filter(({ leader }) => leader === node)
            if (led.length > 0) return missing(`Broker ${node} leads ${counted(led.length, 'partition')} of orders.`)
            return moved
          },
          hints: [
            'A partition without a leader serves nobody. Who takes over, and who decides it?',
            'A broker that dies leaves its partitions; one that is stopped hands them over first. Here it has to die.',
            'pkill -9 -f kafka.Kafka on a broker that leads a partition of orders: kafka-topics --describe shows which do',
          ],
        },
        {
          id: 'writes-go-on',
          title: 'Writes with acks=all go on after an outage that the probe has measured',
          judge: ({ cluster, history, passes }) => {
            if (!passes.fenced) return missing('No broker has died and been fenced yet.')
            const few = partitionsOf(cluster.topics.orders).find(({ isr }) => isr.length < Number(MIN_IN_SYNC))
            if (few)
              return missing(`orders-${few.partition} has ${few.isr.length} replica in sync: too few for acks=all.`)
            return history.outageMeasured({ kind: 'write', after: 'fenced' })
          },
          hints: [
            'With acks=all a write waits for every replica in the ISR, and the dead broker was one of them.',
            'As soon as the ISR is without it, writes go on: two of three are enough. The bar on the timeline is the outage.',
            'Only one broker may be down. If a second is, start it: ./bin/kafka-server-start -daemon config/broker.properties',
          ],
        },
      ],
    }),
    step('return', {
      title: 'Bring it back',
      checks: [
        {
          id: 'in-sync-again',
          title: 'The broker is back, and in sync in every partition of orders',
          judge: ({ cluster, passes }) => {
            const node = told(passes.fenced, 'node')
            if (node === null) return missing('No broker has died yet.')
            if (cluster.brokers[node]?.fenced !== false) return missing(`Broker ${node} is still fenced.`)
            const partitions = partitionsOf(cluster.topics.orders)
            const lacking = partitions.filter(({ isr }) => isr.length < REPLICAS)
            if (lacking.length > 0)
              return missing(
                `${counted(lacking.length, 'partition')} of orders still lack${lacking.length === 1 ? 's' : ''} a replica in the ISR.`,
              )
            return passed(
              `Broker ${node} is unfenced, and all ${REPLICAS} replicas of all ${partitions.length} partitions are in sync.`,
              { node },
            )
          },
          hints: [
            'Its data is still on its disk; it has to register again, and to fetch what it missed.',
            'Choose Start in the menu of its host, or use kafka-server-start there with config/broker.properties.',
            'In a terminal of that host: ./bin/kafka-server-start -daemon config/broker.properties',
          ],
        },
        {
          id: 'preferred',
          title: 'Every partition of orders is led by its preferred leader again',
          judge: ({ cluster, passes }) => {
            if (!passes['in-sync-again']) return missing('The broker is not back in sync yet.')
            const others = elsewhere(cluster)
            const [first] = others
            if (first)
              return missing(
                `orders-${first.partition} is led by broker ${first.leader}; its preferred leader is broker ${first.replicas[0]}.`,
              )
            const led = partitionsOf(cluster.topics.orders).map(
              ({ partition, leader }) => `${partition} by broker ${leader}`,
            )
            return passed(`Partitions of orders are led: ${led.join(', ')}, each by the first of its replicas.`)
          },
          hints: [
            'A broker that returns follows. Kafka gives it back its partitions only every five minutes, or when told to.',
            'kafka-leader-election can do it at once: the type is preferred.',
            './bin/kafka-leader-election --bootstrap-server broker-1:9092,broker-2:9092,broker-3:9092 --election-type preferred --all-topic-partitions',
          ],
        },
        {
          id: 'none-lost',
          title: 'Every record that was acknowledged is there',
          // The probe reads everything back when an outage has ended, and when its partition has another leader.
          judge: ({ history, passes }) =>
            passes['in-sync-again']
              ? history.acknowledgedAllFound({ since: 'writes-go-on' })
              : missing('That is said when the broker is back in sync.'),
          hints: [
            'The probe remembers each record that was acknowledged, and reads all of them again.',
            'It takes some seconds; brokers must be up to be read from.',
            'Leave all three brokers running and wait for its next reading.',
          ],
        },
      ],
    }),
  ],
})

const elsewhere = (cluster: ClusterView) =>
  partitionsOf(cluster.topics.orders).filter(({ leader, replicas }) => leader !== replicas[0])
