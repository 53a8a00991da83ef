/**
 * The cluster as the history knows it: observations folded in order. Plain data and never changed in place, so that any
 * moment can be kept, compared and written out. `null` always means "not known".
 */
import type { Listener, MetadataRecord, Observation } from '#labs/protocol/observation.ts'

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
  /** what it says itself of its quorum, and since when, ms since 1970; null where it says nothing */
  quorum: { leader: number | null; epoch: number; since: number } | null
  /** when it was last the cluster's leader, ms since 1970; null while it is, or never was */
  ledUntil: number | null
  /** its log directories have no free byte */
  diskFull: boolean
}
export type PartitionView = {
  leader: number
  leaderEpoch: number
  replicas: number[]
  isr: number[]
  /** eligible leader replicas (KIP-966) */
  elr: number[]
}
export type TopicView = { name: string; id: string; partitions: Record<number, PartitionView> }
export type BrokerView = { id: number; epoch: number; fenced: boolean; endpoints: { host: string; port: number }[] }

type Voter = { node: number; directory: string | null }
export type ProbeView = {
  /** records written with acks=all that were acknowledged */
  acknowledged: number
  readBack: number
  /** offsets acknowledged and not found again */
  lost: number[]
  /** when all acknowledged before was last read back whole, ms since 1970 */
  readBackAt: number | null
  /** that have not ended */
  outages: { kind: Outage['kind']; from: number; why: string }[]
}
type Outage = Extract<Observation, { type: 'outage' }>

export type ClusterView = {
  clusterId: string | null
  /** by host */
  nodes: Record<string, NodeView>
  /**
   * The node that says of itself, on the wire, that it leads, in the latest epoch that any node has told. Null: it is
   * down, paused or has resigned, or nobody has been elected yet.
   */
  leader: number | null
  /** since when `leader` is as it is, ms since 1970; null: nothing was ever known */
  leaderSince: number | null
  /** the latest that any node has told */
  epoch: number | null
  voters: Voter[]
  observers: Voter[]
  /** of the metadata log; null: not known, as right after an election */
  highWatermark: number | null
  /** the last that was known */
  lastHighWatermark: number | null
  /** log end offsets of the metadata log, by node, as the leader last heard */
  metadataEnds: Record<number, number>
  /** how far behind, ms, by node */
  metadataLags: Record<number, number | null>
  /** when its ends and high watermark were last told, ms since 1970 */
  sampledAt: number | null
  brokers: Record<number, BrokerView>
  /** by name */
  topics: Record<string, TopicView>
  /** log end offset at the leader: topic → partition → offset */
  logEnds: Record<string, Record<number, number>>
  /** log end offset of each replica: topic → partition → node → offset */
  replicaEnds: Record<string, Record<number, Record<number, number>>>
  /** overrides: `topic:orders` → name → value */
  configs: Record<string, Record<string, string>>
  features: Record<string, number>
  /** what the probe measures; null where the lab has none */
  probe: ProbeView | null
  /** while a snapshot is read: the metadata before it, and the offset of its records */
  replaced: { offset: number; known: Metadata } | null
}

/** What the metadata log's records say. */
type Metadata = Pick<ClusterView, 'brokers' | 'topics' | 'logEnds' | 'replicaEnds' | 'configs' | 'features'>
const NO_METADATA: Metadata = { brokers: {}, topics: {}, logEnds: {}, replicaEnds: {}, configs: {}, features: {} }

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
  metadataEnds: {},
  metadataLags: {},
  sampledAt: null,
  ...NO_METADATA,
  probe: null,
  replaced: null,
}

const UNSEEN: Omit<NodeView, 'host' | 'since'> = {
  node: null,
  clusterId: null,
  up: false,
  listeners: [],
  process: null,
  quorum: null,
  ledUntil: null,
  diskFull: false,
}
const NO_PROBE: ProbeView = { acknowledged: 0, readBack: 0, lost: [], readBackAt: null, outages: [] }

/**
 * @param at ms since 1970
 * @param step called with the view before and after each record of the metadata log, or a whole snapshot, or whatever
 *   else was seen: what lies between would be lost in the difference of the whole
 */
export function foldCluster(
  before: ClusterView,
  seen: Observation,
  at: number,
  step: (before: ClusterView, after: ClusterView) => void = () => {},
): ClusterView {
  if (seen.type === 'metadata') return isStrange(before, seen.host) ? before : applyRecords(before, seen.records, step)
  const after = withLeader(foldOne(before, seen, at), before, at)
  if (after !== before) step(before, after)
  return after
}

function foldOne(before: ClusterView, seen: Exclude<Observation, { type: 'metadata' }>, at: number): ClusterView {
  switch (seen.type) {
    case 'node-up':
      return nodeUp(before, seen, at)
    case 'node-down': {
      if (!before.nodes[seen.host]) return before
      return withNode(before, seen.host, at, { up: false, listeners: [], since: at, quorum: null })
    }
    case 'process':
      return withNode(before, seen.host, at, { process: seen.state })
    case 'disk':
      return withNode(before, seen.host, at, { diskFull: seen.full })
    case 'quorum':
      return quorumTold(before, seen, at)
    case 'metadata-log': {
      // One that was cut off and still thinks that it leads tells of its own past.
      const teller = before.nodes[seen.host]
      if (!teller || teller.node === null || teller.node !== before.leader) return before
      return {
        ...before,
        highWatermark: seen.highWatermark,
        lastHighWatermark: seen.highWatermark ?? before.lastHighWatermark,
        metadataEnds: Object.fromEntries(seen.replicas.map(({ node, logEndOffset }) => [node, logEndOffset])),
        metadataLags: Object.fromEntries(seen.replicas.map(({ node, lagMs }) => [node, lagMs])),
        sampledAt: at,
      }
    }
    case 'log-ends':
      return withEnds(before, seen.host, seen.partitions, true)
    case 'replica-ends':
      return withEnds(before, seen.host, seen.partitions, false)
    case 'outage': {
      const { kind, from, to, why } = seen
      const probe = before.probe ?? NO_PROBE
      const others = probe.outages.filter((one) => one.kind !== kind)
      return { ...before, probe: { ...probe, outages: to === null ? [...others, { kind, from, why }] : others } }
    }
    case 'probe': {
      const { acknowledged, readBack, lost, readBackAt } = seen
      return { ...before, probe: { ...(before.probe ?? NO_PROBE), acknowledged, readBack, lost, readBackAt } }
    }
    default:
      return before
  }
}

/** It runs with the storage of another cluster than its fellows: what it tells is not of this one. */
function isStrange(cluster: ClusterView, host: string): boolean {
  const id = cluster.nodes[host]?.clusterId ?? null
  return id !== null && cluster.clusterId !== null && id !== cluster.clusterId
}

const withNode = (cluster: ClusterView, host: string, at: number, change: Partial<NodeView>): ClusterView => {
  const node = cluster.nodes[host] ?? { ...UNSEEN, host, since: at }
  return { ...cluster, nodes: { ...cluster.nodes, [host]: { ...node, ...change } } }
}

function nodeUp(before: ClusterView, seen: Extract<Observation, { type: 'node-up' }>, at: number): ClusterView {
  const { host, node, clusterId, listeners } = seen
  const was = before.nodes[host]
  const told = { node, clusterId, listeners, up: true, since: was?.up ? was.since : at }
  const differs = clusterId !== null && before.clusterId !== null && clusterId !== before.clusterId
  const fellows = Object.values(before.nodes).filter((one) => one.up && one.host !== host)
  const after = withNode(before, host, at, told)
  if (!differs) return { ...after, clusterId: clusterId ?? before.clusterId }
  // One node that was formatted for itself is a stranger; where all the others are gone, the cluster was made anew.
  if (fellows.some((one) => one.clusterId === before.clusterId)) return after
  return { ...NO_CLUSTER, clusterId, nodes: after.nodes, probe: before.probe }
}

function quorumTold(before: ClusterView, seen: Extract<Observation, { type: 'quorum' }>, at: number): ClusterView {
  const was = before.nodes[seen.host]?.quorum
  const { leader, epoch } = seen
  const since = was?.leader === leader && was.epoch === epoch ? was.since : at
  const after = withNode(before, seen.host, at, { quorum: { leader, epoch, since } })
  if (isStrange(before, seen.host)) return after
  const known = before.epoch ?? -1
  // Directories and observers are told by the leader alone, and by none that later ones have replaced.
  const node = after.nodes[seen.host]?.node ?? null
  const leads = leader !== null && (node === null || leader === node) && epoch >= known
  const told = leads || before.voters.length === 0 ? { voters: seen.voters, observers: seen.observers } : {}
  return { ...after, ...told, epoch: Math.max(known, epoch) }
}

/** Who leads follows from what the nodes say, whichever of them spoke last. */
function withLeader(after: ClusterView, before: ClusterView, at: number): ClusterView {
  if (after.nodes === before.nodes && after.epoch === before.epoch) return after
  const leading = Object.values(after.nodes).find(
    ({ host, node, up, process, quorum }) =>
      up &&
      process !== 'paused' &&
      node !== null &&
      quorum?.leader === node &&
      quorum.epoch === after.epoch &&
      !isStrange(after, host),
  )
  const leader = leading?.node ?? null
  if (leader === before.leader && after.leader === before.leader) {
    // Elected again: what it knew of the high watermark begins anew.
    return after.epoch === before.epoch
      ? after
      : { ...after, highWatermark: null, leaderSince: leader === null ? after.leaderSince : at }
  }
  const nodes = Object.fromEntries(
    Object.entries(after.nodes).map(([host, one]) => {
      if (one.node === null || (one.node !== leader && one.node !== before.leader)) return [host, one]
      return [host, { ...one, ledUntil: one.node === leader ? null : at }]
    }),
  )
  return { ...after, nodes, leader, leaderSince: at, highWatermark: null }
}

type Ends = Extract<Observation, { type: 'log-ends' }>['partitions']

/** @param leads the node tells of the partitions that it leads; else of those that it follows */
function withEnds(before: ClusterView, host: string, told: Ends, leads: boolean): ClusterView {
  // The sample may be from before a topic was deleted.
  const partitions = told.filter(({ topic }) => before.topics[topic])
  const node = before.nodes[host]?.node ?? null
  const logEnds = { ...before.logEnds }
  const replicaEnds = { ...before.replicaEnds }
  for (const topic of new Set(partitions.map((one) => one.topic))) {
    logEnds[topic] = { ...logEnds[topic] }
    replicaEnds[topic] = { ...replicaEnds[topic] }
  }
  for (const { topic, partition, end } of partitions) {
    if (leads) logEnds[topic]![partition] = end
    if (node === null) continue
    replicaEnds[topic]![partition] = { ...replicaEnds[topic]![partition], [node]: end }
  }
  return { ...before, logEnds: leads ? logEnds : before.logEnds, replicaEnds }
}

/** Record fields as kafka-dump-log prints them; fields at their default may be left out. */
type Data = Record<string, unknown>
const number = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise)
const numbers = (value: unknown): number[] | null => (Array.isArray(value) ? (value as number[]) : null)
const text = (value: unknown) => (typeof value === 'string' ? value : '')

/** PartitionChangeRecord.json: -2 means that the leader stays. */
const LEADER_UNCHANGED = -2
const RESOURCE_TYPES: Record<number, string> = { 2: 'topic', 4: 'broker', 16: 'client-metrics', 32: 'group' }

function applyRecords(
  before: ClusterView,
  records: MetadataRecord[],
  step: (before: ClusterView, after: ClusterView) => void,
): ClusterView {
  let cluster = before
  for (const record of records) {
    const after = applyRecord(cluster, record)
    // A snapshot says again what was known: the news is what differs when it is whole.
    if (after.replaced === null && after !== cluster)
      step({ ...cluster, ...cluster.replaced?.known, replaced: null }, after)
    cluster = after
  }
  return cluster
}

function applyRecord(before: ClusterView, record: MetadataRecord): ClusterView {
  const data = record.data as Data
  if (record.type === 'SnapshotHeader') {
    const { brokers, topics, logEnds, replicaEnds, configs, features } = before
    const known = before.replaced?.known ?? { brokers, topics, logEnds, replicaEnds, configs, features }
    return { ...before, ...NO_METADATA, logEnds, replicaEnds, replaced: { offset: record.offset, known } }
  }
  // Its records all have the offset where it ends. A next one without a footer: the rest of it was missed.
  const isOver = record.type === 'SnapshotFooter' || (before.replaced && before.replaced.offset !== record.offset)
  const read = isOver ? { ...before, replaced: null } : before
  // The log's first record again: wiped, and formatted with the same cluster id.
  const cluster = record.offset === 0 && !read.replaced ? { ...read, ...NO_METADATA } : read
  switch (record.type) {
    case 'TOPIC_RECORD': {
      const name = text(data.name)
      return { ...cluster, topics: { ...cluster.topics, [name]: { name, id: text(data.topicId), partitions: {} } } }
    }
    case 'REMOVE_TOPIC_RECORD': {
      const gone = topicOf(cluster, data.topicId)
      if (!gone) return cluster
      const { [gone.name]: _, ...topics } = cluster.topics
      const { [`topic:${gone.name}`]: __, ...configs } = cluster.configs
      const { [gone.name]: ___, ...logEnds } = cluster.logEnds
      const { [gone.name]: ____, ...replicaEnds } = cluster.replicaEnds
      return { ...cluster, topics, configs, logEnds, replicaEnds }
    }
    case 'PARTITION_RECORD':
      return withPartition(cluster, data, () => ({
        leader: number(data.leader, -1),
        leaderEpoch: number(data.leaderEpoch, -1),
        replicas: numbers(data.replicas) ?? [],
        isr: numbers(data.isr) ?? [],
        elr: numbers(data.eligibleLeaderReplicas) ?? [],
      }))
    case 'PARTITION_CHANGE_RECORD':
      return withPartition(cluster, data, (before) => {
        if (!before) return null
        const leader = number(data.leader, LEADER_UNCHANGED)
        const isNew = leader !== LEADER_UNCHANGED
        return {
          leader: isNew ? leader : before.leader,
          leaderEpoch: isNew ? before.leaderEpoch + 1 : before.leaderEpoch,
          replicas: numbers(data.replicas) ?? before.replicas,
          isr: numbers(data.isr) ?? before.isr,
          elr: numbers(data.eligibleLeaderReplicas) ?? before.elr,
        }
      })
    case 'REGISTER_BROKER_RECORD': {
      const id = number(data.brokerId, -1)
      const endpoints = (data.endPoints as Data[] | undefined) ?? []
      const broker: BrokerView = {
        id,
        epoch: number(data.brokerEpoch, -1),
        fenced: data.fenced !== false,
        endpoints: endpoints.map((one) => ({ host: text(one.host), port: number(one.port, 0) })),
      }
      return { ...cluster, brokers: { ...cluster.brokers, [id]: broker } }
    }
    case 'UNREGISTER_BROKER_RECORD': {
      const { [number(data.brokerId, -1)]: _, ...brokers } = cluster.brokers
      return { ...cluster, brokers }
    }
    case 'BROKER_REGISTRATION_CHANGE_RECORD': {
      // BrokerRegistrationFencingChange: 1 fences, -1 unfences, 0 leaves it
      const change = number(data.fenced, 0)
      return change === 0 ? cluster : withFencing(cluster, number(data.brokerId, -1), change === 1)
    }
    case 'FENCE_BROKER_RECORD':
      return withFencing(cluster, number(data.id, -1), true)
    case 'UNFENCE_BROKER_RECORD':
      return withFencing(cluster, number(data.id, -1), false)
    case 'CONFIG_RECORD': {
      const key = `${RESOURCE_TYPES[number(data.resourceType, 0)] ?? data.resourceType}:${text(data.resourceName)}`
      const { [text(data.name)]: _, ...rest } = cluster.configs[key] ?? {}
      const values = typeof data.value === 'string' ? { ...rest, [text(data.name)]: data.value } : rest
      return { ...cluster, configs: { ...cluster.configs, [key]: values } }
    }
    case 'FEATURE_LEVEL_RECORD':
      return { ...cluster, features: { ...cluster.features, [text(data.name)]: number(data.featureLevel, 0) } }
    default:
      return cluster
  }
}

const topicOf = (cluster: ClusterView, id: unknown) => Object.values(cluster.topics).find((topic) => topic.id === id)

function withPartition(
  cluster: ClusterView,
  data: Data,
  change: (before: PartitionView | undefined) => PartitionView | null,
): ClusterView {
  const topic = topicOf(cluster, data.topicId)
  const index = number(data.partitionId, 0)
  const after = topic && change(topic.partitions[index])
  if (!topic || !after) return cluster
  const changed = { ...topic, partitions: { ...topic.partitions, [index]: after } }
  return { ...cluster, topics: { ...cluster.topics, [topic.name]: changed } }
}

function withFencing(cluster: ClusterView, id: number, fenced: boolean): ClusterView {
  const broker = cluster.brokers[id]
  return broker ? { ...cluster, brokers: { ...cluster.brokers, [id]: { ...broker, fenced } } } : cluster
}
