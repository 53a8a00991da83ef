import type { Observation } from '#labs/protocol/observation.ts'
import type { ClusterLog } from './cluster-log.ts'
import type { Surroundings } from './room.ts'

/** What one node needs of the room's other nodes. */
export type Fellows = {
  /** the log of this cluster */
  log(clusterId: string): ClusterLog
  /** of all clusters that were seen here */
  logs(): ClusterLog[]
  /** its metadata is in a ZooKeeper of this room: a broker holds /controller, or held it last */
  isInZooKeeper(clusterId: string): boolean
  /** This host's broker is the one whose word is taken for what clients are told of the cluster's topics. */
  tellsTopics(host: string, clusterId: string): boolean
  /** one host's node says something else of its quorum than before: what the others say is likely to have changed */
  viewsChanged(log: ClusterLog, by: string): void
  /** a host was formatted for another cluster */
  moved(): void
  /** a broker can be asked now, or no more: results of needs may differ */
  news(): void
  /** so may they, and the ends of logs */
  topicsChanged(): void
}

/** One host's node, as the parts that question it see it. */
export type Node = {
  readonly host: string
  readonly room: Surroundings
  readonly fellows: Fellows
  /** It has answered: it lives. `identified`: and what is known of it is of this process. */
  answered(): void
  /** Its controller has answered, though it may not say yet who it is. */
  spoke(): void
  identify(clusterId: string, node: number | null): void
  /** null while it is not known */
  readonly knownCluster: string | null
  /** Sends an observation unless it says what the last of its kind said. @returns whether it did */
  emitChanged(observation: Observation): boolean
  /** one of this kind has been sent since the node came up */
  hasSent(type: Observation['type']): boolean
}
