import {
  answer,
  defineSolution,
  downHost,
  fault,
  hasPassed,
  leaderHost,
  predict,
  run,
  waitFor,
} from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'
import { controllers, cutAFollower, heal, isolated } from '../nodes.ts'

const CLIENT = { host: 'client' }
/** The only voter that is neither dead nor cut off. */
export const awake = (see: LabSessionState): string =>
  controllers(see).find((one) => one.up && one !== isolated(see))!.host
export const create = run('./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic ledger', CLIENT)

export default defineSolution({
  behind: [
    ...cutAFollower,
    create,
    run('./bin/kafka-metadata-quorum --bootstrap-server broker-1:9092 describe --replication', CLIENT),
    answer('behind', (see) => String(isolated(see).metadataEnd)),
  ],
  stand: [
    predict('stand', (see) => String(controllers(see).find((one) => !one.leads && one !== isolated(see))!.node)),
    run('pkill -9 -f kafka.Kafka', { host: leaderHost }),
    waitFor(hasPassed('leader-died'), 'the death of the leader'),
    fault((see) => ({ action: 'pause', host: awake(see) })),
    waitFor((see) => controllers(see).some(({ process }) => process === 'paused'), 'a controller that is paused'),
    heal,
    run('sleep 8', CLIENT),
    fault((see) => ({ action: 'resume', host: controllers(see).find(({ process }) => process === 'paused')!.host })),
    waitFor(hasPassed('other-won'), 'another leader'),
  ],
  return: [run('./bin/kafka-server-start -daemon config/controller.properties', { host: downHost })],
})
