import { answer, defineSolution, hasPassed, predict, run, waitFor } from '#labs/engine/solution.ts'
import { cutAFollower, heal, isolated } from '../nodes.ts'

export const create = run(
  './bin/kafka-topics --bootstrap-server broker-1:9092,broker-2:9092 --create --topic shipments --replication-factor 2',
  { host: 'client' },
)

export default defineSolution({
  isolate: [...cutAFollower, create],
  sides: [
    waitFor(hasPassed('behind'), 'it to be behind'),
    run('./bin/kafka-metadata-quorum --bootstrap-server broker-1:9092 describe --replication', { host: 'client' }),
    answer('sides', (see) => String(isolated(see).metadataEnd)),
  ],
  heal: [predict('heal', '0'), heal],
})
