import { answer, defineSolution, fault, hasPassed, predict, run, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'
import { ready } from '../nodes.ts'

const CLIENT = { host: 'client' }
export const broker2 = (see: LabSessionState) => see.clusters[0]!.nodes.find(({ host }) => host === 'broker-2')
export const pause = fault({ action: 'pause', host: 'broker-2' })
export const create = (options = '--partitions 4 --replication-factor 1') =>
  run(`./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic news ${options}`, CLIENT)

export default defineSolution({
  pause: [
    ready,
    run('pkill -STOP -f kafka.Kafka', { host: 'broker-2' }),
    waitFor(hasPassed('lags'), 'a lag of 20 records'),
    waitFor(hasPassed('fenced'), 'the fencing'),
    // A tool that starts from a broker may choose to ask the one that sleeps.
    run('./bin/kafka-metadata-quorum --bootstrap-controller controller-1:9093 describe --replication', CLIENT),
    answer('pause', (see) => String(broker2(see)?.metadataEnd)),
  ],
  change: [create()],
  resume: [predict('resume', 'old'), run('pkill -CONT -f kafka.Kafka', { host: 'broker-2' })],
})
