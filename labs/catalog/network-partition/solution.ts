import { defineSolution, fault, leaderHost, run, waitFor } from '#labs/engine/solution.ts'
import { brokersUnfenced } from '../nodes.ts'

export default defineSolution({
  isolate: [
    waitFor((see) => see.clusters[0]!.leader !== null && brokersUnfenced(see), 'a leader, and all brokers unfenced'),
    fault((see) => ({ action: 'isolate', host: leaderHost(see) })),
  ],
  decide: [
    run(
      './bin/kafka-topics --bootstrap-server broker-1:9092,broker-2:9092 --create --topic shipments --replication-factor 2',
      { host: 'client' },
    ),
  ],
  heal: [fault({ action: 'heal', host: null })],
})
