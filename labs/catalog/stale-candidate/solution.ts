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

const CLIENT = { host: 'client' }
export const controllers = (see: LabSessionState) =>
  see.clusters[0]!.nodes.filter(({ roles }) => roles.includes('controller'))
export const follower = (see: LabSessionState): string => controllers(see).find(({ up, leads }) => up && !leads)!.host
/** The host all of whose links are cut. */
export const isolated = (see: LabSessionState) =>
  controllers(see).find(({ host }) => see.cuts.filter(({ from }) => from === host).length > 1)!
/** The only voter that is neither dead nor cut off. */
export const awake = (see: LabSessionState): string =>
  controllers(see).find((one) => one.up && one !== isolated(see))!.host
export const ready = waitFor(
  (see) =>
    controllers(see).some(({ leads }) => leads) &&
    see.clusters[0]!.nodes.every(({ up, roles, fenced }) => up && (!roles.includes('broker') || fenced === false)),
  'a leader, and the broker unfenced',
)
export const cutAFollower = [
  ready,
  fault((see) => ({ action: 'isolate', host: follower(see) })),
  waitFor((see) => see.cuts.length > 0, 'the cut links'),
]
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
    fault({ action: 'heal', host: null }),
    run('sleep 8', CLIENT),
    fault((see) => ({ action: 'resume', host: controllers(see).find(({ process }) => process === 'paused')!.host })),
    waitFor(hasPassed('other-won'), 'another leader'),
  ],
  return: [run('./bin/kafka-server-start -daemon config/controller.properties', { host: downHost })],
})
