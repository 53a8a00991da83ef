/**
 * The cluster as the history knows it: observations folded in order. Plain data and never changed in place, so that any
 * moment can be kept, compared and written out. `null` always means "not known".
 */
import { MAX_FEW } from '#labs/protocol/metadata.ts'
import type { Listener, MetadataRecord, Observation, ZooKeeperState } from '#labs/protocol/observation.ts'
import type { LaidNode } from './layout.ts'
import { byName, type Change, foldRecords, type Metadata, NO_METADATA } from './metadata.ts'
import { brokerRecords, topicRecords } from './zookeeper.ts'

export type { PartitionView, TopicView } from './metadata.ts'

export type NodeView = {
  host: string
  node: number | null
  clusterId: string | null
  up: boolean
  listeners: Listener[]
  /** when it last came up or went down, ms since 1970 */
  since: number
  /** by the kernel */
  process: 'none' | 'running' | 'paused' | null
  /** as the host counts; null where none runs */
  pid: number | null
  /** what it says itself of its quorum, and since when, ms since 1970; null where it says nothing */
  quorum: { leader: number | null; epoch: number; since: number } | null
  /** when it was last the cluster's leader, ms since 1970; null while it is, or never was */
  ledUntil: number | null
  /** its log directories have no free byte */
  diskFull: boolean
  /** it runs where the lab lays a node of its id, or the lab lays none: anybody can answer as anything elsewhere */
  believed: boolean
}
type Voter = { node: number; directory: string | null }
export type ProbeView = {
  /** records written with acks=all that were acknowledged */
  acknowledged: number
  readBack: number
  /** offsets acknowledged and not found again; once lost in this room, always lost */
  lost: number[]
  /** when it last counted less than before, ms since 1970: what it wrote before that it no longer reads back */
  beganAnewAt: number | null
  /** when all acknowledged before was last read back whole, ms since 1970 */
  readBackAt: number | null
  /** that have not ended */
  outages: { kind: Outage['kind']; from: number; why: string }[]
}
type Outage = Extract<Observation, { type: 'outage' }>

export type ClusterView = Metadata & {
  clusterId: string | null
  /** by host */
  nodes: Record<string, NodeView>
  /**
   * The node that says of itself, on the wire, that it leads, in the latest epoch told. Null: it is
   * down, paused or has resigned, or nobody has been elected yet. Where no quorum has a leader: the broker that is the
   * controller by ZooKeeper, and lives.
   */
  leader: number | null
  /** since when `leader` is as it is, ms since 1970; null: nothing was ever known */
  leaderSince: number | null
  /** the latest that any node has told that is believed; where no quorum was ever seen, ZooKeeper's /controller_epoch */
  epoch: number | null
  voters: Voter[]
  observers: Voter[]
  /** of the metadata log; null: not known, as right after an election */
  highWatermark: number | null
  /** the last that was known */
  lastHighWatermark: number | null
  /** where the leader's metadata log begins, as it told; null: not known, as right after an election */
  logStart: number | null
  /** log end offsets of the metadata log, by node, as the leader last heard */
  metadataEnds: Record<number, number>
  /** how far behind, ms, by node */
  metadataLags: Record<number, number | null>
  /** when its ends and high watermark were last told, ms since 1970 */
  sampledAt: number | null
  /** when the log end of a partition of the topic was last seen to change, as its leader told it; ms since 1970 */
  endsChangedAt: Record<string, number>
  /** what ZooKeeper has of it; null where the cluster has none, or none has answered yet */
  zookeeper: ZooKeeperState | null
  /** what the probe measures; null where the lab has none */
  probe: ProbeView | null
}

export const NO_CLUSTER: ClusterView = {
  clusterId: null,
  nodes: {},
  leader: null,
  leaderSince: null,
  epoch: null,
  voters: [],
  observers: [],
  highWatermark: null,
  lastHighWatermark: null,
  logStart: null,
  metadataEnds: {},
  metadataLags: {},
  sampledAt: null,
  endsChangedAt: {},
  ...NO_METADATA,
  zookeeper: null,
  probe: null,
}

const UNSEEN: Omit<NodeView, 'host' | 'since' | 'believed'> = {
  node: null,
  clusterId: null,
  up: false,
  listeners: [],
  process: null,
  pid: null,
  quorum: null,
  ledUntil: null,
  diskFull: false,
}
/** The probe tells of so many. */
const MAX_LOST = 100
const NO_PROBE: ProbeView = { acknowledged: 0, readBack: 0, lost: [], beganAnewAt: null, readBackAt: null, outages: [] }

/** What was seen amounts to: the view before and after it, or one change by a record of the metadata log. */
export type News = { of: 'view'; before: ClusterView; after: ClusterView } | Change

/**
 * @param at ms since 1970
 * @param laid the cluster's nodes, as the lab lays them out
 * @param tell called in order: what lies between records would be lost in the difference of the whole
 */
export function foldCluster(
  before: ClusterView,
  seen: Observation,
  at: number,
  laid: LaidNode[] = [],
  tell: (news: News) => void = () => {},
): ClusterView {
  const records = recordsIn(before, seen, laid)
  const known = records.length > 0 ? { ...before, ...foldRecords(before, records, tell) } : before
  if (seen.type === 'metadata' || seen.type === 'topics') return known
  const after = withLeader(foldOne(known, seen, at, laid), known, at)
  if (after !== known) tell({ of: 'view', before: known, after })
  return after
}

/** Of the metadata log, or what stands for them in a cluster that has none. */
function recordsIn(before: ClusterView, seen: Observation, laid: LaidNode[]): MetadataRecord[] {
  if (seen.type === 'metadata') return counts(before, seen.host, laid) ? seen.records : []
  if (seen.type === 'topics') return counts(before, seen.host, laid) ? topicRecords(before, seen) : []
  // once a quorum has taken over, its log says who is registered
  if (seen.type === 'zookeeper' && isByZooKeeper({ ...before, zookeeper: seen })) return brokerRecords(before, seen)
  return []
}

function foldOne(
  before: ClusterView,
  seen: Exclude<Observation, { type: 'metadata' | 'topics' }>,
  at: number,
  laid: LaidNode[],
): ClusterView {
  switch (seen.type) {
    case 'node-up':
      return nodeUp(before, seen, at, laid)
    case 'node-down': {
      if (!before.nodes[seen.host]) return before
      return withNode(before, seen.host, at, laid, { up: false, listeners: [], since: at, quorum: null })
    }
    case 'process':
      return withNode(before, seen.host, at, laid, { process: seen.state, pid: seen.pid })
    case 'disk':
      return withNode(before, seen.host, at, laid, { diskFull: seen.full })
    case 'quorum':
      return quorumTold(before, seen, at, laid)
    case 'metadata-log': {
      // One that was cut off and still thinks that it leads tells of its own past.
      const teller = before.nodes[seen.host]
      if (!teller?.believed || teller.node === null || teller.node !== before.leader) return before
      const replicas = seen.replicas.slice(0, MAX_FEW)
      return {
        ...before,
        highWatermark: seen.highWatermark,
        lastHighWatermark: seen.highWatermark ?? before.lastHighWatermark,
        logStart: seen.logStart,
        metadataEnds: Object.fromEntries(replicas.map(({ node, logEndOffset }) => [node, logEndOffset])),
        metadataLags: Object.fromEntries(replicas.map(({ node, lagMs }) => [node, lagMs])),
        sampledAt: at,
      }
    }
    case 'log-ends':
      return counts(before, seen.host, laid) ? withEnds(before, seen, true, at) : before
    case 'replica-ends':
      return counts(before, seen.host, laid) ? withEnds(before, seen, false, at) : before
    case 'zookeeper': {
      const { controller, migration, brokers } = seen
      const epoch = before.voters.length > 0 ? before.epoch : (controller?.epoch ?? before.epoch)
      return { ...before, zookeeper: { controller, migration, brokers: brokers.slice(0, MAX_FEW) }, epoch }
    }
    case 'outage': {
      const { kind, from, to, why } = seen
      const probe = before.probe ?? NO_PROBE
      const others = probe.outages.filter((one) => one.kind !== kind)
      return { ...before, probe: { ...probe, outages: to === null ? [...others, { kind, from, why }] : others } }
    }
    case 'probe':
      return { ...before, probe: probeTold(before.probe ?? NO_PROBE, seen, at) }
    default:
      return before
  }
}

/** It runs with the storage of another cluster than its fellows: what it tells is not of this one. */
function isStrange(cluster: ClusterView, host: string): boolean {
  const id = cluster.nodes[host]?.clusterId ?? null
  return id !== null && cluster.clusterId !== null && id !== cluster.clusterId
}

/** The node of this id; of several that say so, one that is up. */
export function nodeOf({ nodes }: Pick<ClusterView, 'nodes'>, id: number): NodeView | undefined {
  const claims = Object.values(nodes).filter(({ node, believed }) => believed && node === id)
  return claims.find(({ up }) => up) ?? claims[0]
}

/** What it tells is of this cluster. */
export const counts = (cluster: ClusterView, host: string, laid: LaidNode[] = []): boolean =>
  (cluster.nodes[host]?.believed ?? isBelieved(host, null, laid)) && !isStrange(cluster, host)

function isBelieved(host: string, node: number | null, laid: LaidNode[]): boolean {
  // The learner makes such a cluster, of nodes with any id.
  if (laid.every(({ id }) => id === null)) return true
  return laid.some((one) => one.host === host && (node === null || one.id === node))
}

function withNode(
  cluster: ClusterView,
  host: string,
  at: number,
  laid: LaidNode[],
  change: Partial<NodeView>,
): ClusterView {
  const before = cluster.nodes[host] ?? { ...UNSEEN, host, since: at, believed: false }
  const node = { ...before, ...change }
  const believed = isBelieved(host, node.node, laid)
  return { ...cluster, nodes: { ...cluster.nodes, [host]: { ...node, believed } } }
}

function probeTold(was: ProbeView, seen: Extract<Observation, { type: 'probe' }>, at: number): ProbeView {
  const { acknowledged, readBack, readBackAt } = seen
  const lost = [...new Set([...was.lost, ...seen.lost])].sort((one, other) => one - other).slice(0, MAX_LOST)
  const beganAnewAt = acknowledged < was.acknowledged ? at : was.beganAnewAt
  return { ...was, acknowledged, readBack, readBackAt, lost, beganAnewAt }
}

function nodeUp(
  before: ClusterView,
  seen: Extract<Observation, { type: 'node-up' }>,
  at: number,
  laid: LaidNode[],
): ClusterView {
  const { host, node, clusterId } = seen
  const was = before.nodes[host]
  const listeners = seen.listeners.slice(0, MAX_FEW)
  const told = { node, clusterId, listeners, up: true, since: was?.up ? was.since : at }
  const differs = clusterId !== null && before.clusterId !== null && clusterId !== before.clusterId
  const fellows = Object.values(before.nodes).filter((one) => one.up && one.believed && one.host !== host)
  const after = withNode(before, host, at, laid, told)
  if (!after.nodes[host]?.believed) return after
  if (!differs) return { ...after, clusterId: clusterId ?? before.clusterId }
  // One node that was formatted for itself is a stranger; where all the others are gone, the cluster was made anew.
  if (fellows.some((one) => one.clusterId === before.clusterId)) return after
  return { ...NO_CLUSTER, clusterId, nodes: after.nodes, probe: before.probe }
}

function quorumTold(
  before: ClusterView,
  seen: Extract<Observation, { type: 'quorum' }>,
  at: number,
  laid: LaidNode[],
): ClusterView {
  const was = before.nodes[seen.host]?.quorum
  const { leader, epoch } = seen
  const since = was?.leader === leader && was.epoch === epoch ? was.since : at
  const after = withNode(before, seen.host, at, laid, { quorum: { leader, epoch, since } })
  if (!counts(after, seen.host, laid)) return after
  // what ZooKeeper counts are no epochs of the quorum
  const known = hasQuorum(before) ? (before.epoch ?? -1) : -1
  // Directories and observers are told by the leader alone, and by none that later ones have replaced.
  const node = after.nodes[seen.host]?.node ?? null
  const leads = leader !== null && (node === null || leader === node) && epoch >= known
  // One that follows may be seen before it is known who it is.
  const knowsLess = seen.voters.every(({ directory }) => directory === null) && before.voters.some(hasDirectory)
  const told = (leads && !knowsLess) || before.voters.length === 0 ? few(seen) : {}
  return { ...after, ...told, epoch: Math.max(known, epoch) }
}

const hasDirectory = ({ directory }: Voter): boolean => directory !== null

const few = ({ voters, observers }: Extract<Observation, { type: 'quorum' }>) => ({
  voters: voters.slice(0, MAX_FEW),
  observers: observers.slice(0, MAX_FEW),
})

/** One was seen at some time. */
const hasQuorum = ({ voters, zookeeper }: ClusterView): boolean => zookeeper === null || voters.length > 0

/** A broker holds /controller, and decides, whatever quorum waits beside it to take over. */
function isByZooKeeper({ voters, zookeeper }: Pick<ClusterView, 'voters' | 'zookeeper'>): boolean {
  if (!zookeeper) return false
  return zookeeper.controller ? zookeeper.controller.kraftEpoch === null : voters.length === 0
}

/** Who leads follows from what the nodes say, whichever of them spoke last. */
function withLeader(after: ClusterView, before: ClusterView, at: number): ClusterView {
  if (after.nodes === before.nodes && after.epoch === before.epoch && after.zookeeper === before.zookeeper) return after
  const leading = leaderOfQuorum(after) ?? leaderByZooKeeper(after)
  const leader = leading?.node ?? null
  if (leader === before.leader && after.leader === before.leader) {
    // Elected again: what it knew of the high watermark begins anew.
    return after.epoch === before.epoch
      ? after
      : { ...after, highWatermark: null, logStart: null, leaderSince: leader === null ? after.leaderSince : at }
  }
  const nodes = Object.fromEntries(
    Object.entries(after.nodes).map(([host, one]) => {
      if (!one.believed || one.node === null || (one.node !== leader && one.node !== before.leader)) return [host, one]
      return [host, { ...one, ledUntil: one.node === leader ? null : at }]
    }),
  )
  return { ...after, nodes, leader, leaderSince: at, highWatermark: null, logStart: null }
}

const leaderOfQuorum = (after: ClusterView): NodeView | undefined =>
  Object.values(after.nodes).find(
    ({ host, node, up, process, quorum, believed }) =>
      up &&
      believed &&
      process !== 'paused' &&
      node !== null &&
      quorum?.leader === node &&
      quorum.epoch === after.epoch &&
      !isStrange(after, host),
  )

/** The one in which `leader` leads: a quorum's, or as ZooKeeper counts its controllers. */
export function epochOf(cluster: ClusterView): number | null {
  const controller = isByZooKeeper(cluster) ? cluster.zookeeper?.controller : null
  return controller && controller.node === cluster.leader ? controller.epoch : cluster.epoch
}

function leaderByZooKeeper(after: ClusterView): NodeView | undefined {
  const controller = isByZooKeeper(after) ? after.zookeeper?.controller : null
  const holder = controller && nodeOf(after, controller.node)
  return holder?.up && holder.process !== 'paused' ? holder : undefined
}

type Ends = Pick<Extract<Observation, { type: 'log-ends' }>, 'host' | 'partitions'>

/** @param leads the node tells of the partitions that it leads; else of those that it follows */
function withEnds(before: ClusterView, told: Ends, leads: boolean, at: number): ClusterView {
  // The sample may be from before a topic was deleted.
  const partitions = told.partitions.filter(({ topic, partition }) => before.topics[topic]?.partitions[partition])
  const node = before.nodes[told.host]?.node ?? null
  const logEnds = byName(before.logEnds)
  const replicaEnds = byName(before.replicaEnds)
  const endsChangedAt = byName(before.endsChangedAt)
  for (const topic of new Set(partitions.map((one) => one.topic))) {
    logEnds[topic] = { ...logEnds[topic] }
    replicaEnds[topic] = { ...replicaEnds[topic] }
  }
  for (const { topic, partition, end } of partitions) {
    if (leads && logEnds[topic]![partition] !== end) endsChangedAt[topic] = at
    if (leads) logEnds[topic]![partition] = end
    if (node === null) continue
    replicaEnds[topic]![partition] = { ...replicaEnds[topic]![partition], [node]: end }
  }
  for (const topic of Object.keys(endsChangedAt)) if (!before.topics[topic]) delete endsChangedAt[topic]
  return leads ? { ...before, logEnds, replicaEnds, endsChangedAt } : { ...before, replicaEnds }
}
