/** What several solutions and near misses do with the nodes of their room, and wait for. */
import { type Action, fault, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'

export const controllers = (see: LabSessionState) =>
  see.clusters[0]!.nodes.filter(({ roles }) => roles.includes('controller'))
/** The host of one that follows. */
export const follower = (see: LabSessionState): string => controllers(see).find(({ up, leads }) => up && !leads)!.host
/** The one whose host has all its links cut. */
export const isolated = (see: LabSessionState) =>
  controllers(see).find(({ host }) => see.cuts.filter(({ from }) => from === host).length > 1)!
/** For `waitFor`. */
export const brokersUnfenced = (see: LabSessionState): boolean =>
  see.clusters[0]!.nodes.every(({ roles, fenced }) => !roles.includes('broker') || fenced === false)
export const ready = waitFor(
  (see) =>
    controllers(see).some(({ leads }) => leads) && see.clusters[0]!.nodes.every(({ up }) => up) && brokersUnfenced(see),
  'a leader, and all brokers unfenced',
)
export const heal = fault({ action: 'heal', host: null })
export const cutsAreThere = waitFor((see) => see.cuts.length > 0, 'the cut links')
export const cutAFollower = [ready, fault((see) => ({ action: 'isolate', host: follower(see) })), cutsAreThere]

const inSync = (see: LabSessionState, topic: string): number =>
  see.clusters[0]!.topics.find(({ name }) => name === topic)?.partitions[0]?.replicas.filter((one) => one.inSync)
    .length ?? -1
/** How many replicas of the first partition of a topic are in the ISR. */
export const inSyncAre = (count: number, topic = 'orders'): Action =>
  waitFor((see) => inSync(see, topic) === count, `${count} replicas of ${topic} in sync`)
