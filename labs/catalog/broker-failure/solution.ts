import { defineSolution, downHost, fault, run, waitFor } from '#labs/engine/solution.ts'
import { brokersUnfenced } from '../nodes.ts'

const CLIENT = { host: 'client' }
const BROKERS = '--bootstrap-server broker-1:9092,broker-2:9092,broker-3:9092'

export default defineSolution({
  replicate: [
    waitFor(brokersUnfenced, 'all brokers unfenced'),
    run(
      `./bin/kafka-topics ${BROKERS} --create --topic orders --partitions 3 --replication-factor 3 --config min.insync.replicas=2`,
      CLIENT,
    ),
  ],
  kill: [run('pkill -9 -f kafka.Kafka', { host: 'broker-2' })],
  return: [
    fault((see) => ({ action: 'start', host: downHost(see) })),
    waitFor(
      (see) =>
        see.clusters[0]!.topics.every(({ partitions }) =>
          partitions.every(({ replicas }) => replicas.every(({ inSync }) => inSync)),
        ),
      'every replica in sync',
    ),
    run(`./bin/kafka-leader-election ${BROKERS} --election-type preferred --all-topic-partitions`, CLIENT),
  ],
})
