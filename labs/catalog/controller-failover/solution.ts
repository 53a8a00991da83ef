import { answer, defineSolution, downHost, leaderHost, run, waitFor } from '#labs/engine/solution.ts'

const CLIENT = { host: 'client' }

export default defineSolution({
  find: [
    waitFor((see) => (see.clusters[0]?.probe?.acknowledged ?? 0) > 0, 'the first write of the probe'),
    run('./bin/kafka-metadata-quorum --bootstrap-server broker-1:9092 describe --status', CLIENT),
    answer('find', (see) => String(see.clusters[0]?.leader)),
  ],
  kill: [run('pkill -9 -f kafka.Kafka', { host: leaderHost })],
  return: [run('./bin/kafka-server-start -daemon config/controller.properties', { host: downHost })],
})
