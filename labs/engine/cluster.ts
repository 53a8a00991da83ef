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

export type ClusterView = {
  clusterId: string | null
  /** by host */
  nodes: Record<string, NodeView>
  leader: number | null
  epoch: number | null
  voters: { node: number; directory: string | null }[]
  /** of the metadata log */
  highWatermark: number | null
  /** log end offsets of the metadata log, by node */
  metadataEnds: Record<number, number>
  brokers: Record<number, BrokerView>
  /** by name */
  topics: Record<string, TopicView>
  /** log end offset at the leader: topic → partition → offset */
  logEnds: Record<string, Record<number, number>>
  /** overrides: `topic:orders` → name → value */
  configs: Record<string, Record<string, string>>
  features: Record<string, number>
}

/** What the metadata log's records say, before there are any. */
const NO_METADATA: Pick<ClusterView, 'brokers' | 'topics' | 'logEnds' | 'configs' | 'features'> = {
  brokers: {},
  topics: {},
  logEnds: {},
  configs: {},
  features: {},
}

export const NO_CLUSTER: ClusterView = {
  clusterId: null,
  nodes: {},
  leader: null,
  epoch: null,
  voters: [],
  highWatermark: null,
  metadataEnds: {},
  ...NO_METADATA,
}

export function foldCluster(before: ClusterView, seen: Observation, at: number): ClusterView {
  switch (seen.type) {
    case 'node-up': {
      const node = { ...seen, up: true, since: before.nodes[seen.host]?.up ? before.nodes[seen.host]!.since : at }
      const nodes = { ...before.nodes, [seen.host]: node }
      const formattedAnew = seen.clusterId !== null && before.clusterId !== null && seen.clusterId !== before.clusterId
      if (formattedAnew) return { ...NO_CLUSTER, clusterId: seen.clusterId, nodes }
      return { ...before, clusterId: seen.clusterId ?? before.clusterId, nodes }
    }
    case 'node-down': {
      const node = before.nodes[seen.host]
      if (!node) return before
      const nodes = { ...before.nodes, [seen.host]: { ...node, up: false, listeners: [], since: at } }
      const anyUp = Object.values(nodes).some((one) => one.up)
      return { ...before, nodes, ...(anyUp ? {} : { leader: null, highWatermark: null }) }
    }
    case 'quorum':
      return { ...before, leader: seen.leader, epoch: seen.epoch, voters: seen.voters }
    case 'metadata-log':
      return {
        ...before,
        highWatermark: seen.highWatermark,
        metadataEnds: Object.fromEntries(seen.replicas.map(({ node, logEndOffset }) => [node, logEndOffset])),
      }
    case 'log-ends': {
      const logEnds: ClusterView['logEnds'] = {}
      for (const { topic, partition, end } of seen.partitions) logEnds[topic] = { ...logEnds[topic], [partition]: end }
      return { ...before, logEnds }
    }
    case 'metadata':
      return seen.records.reduce(applyRecord, before)
    default:
      return before
  }
}

/** Record fields as kafka-dump-log prints them; fields at their default may be left out. */
type Data = Record<string, unknown>
const number = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise)
const numbers = (value: unknown): number[] | null => (Array.isArray(value) ? (value as number[]) : null)
const text = (value: unknown) => (typeof value === 'string' ? value : '')

/** PartitionChangeRecord.json: -2 means that the leader stays. */
const LEADER_UNCHANGED = -2
const RESOURCE_TYPES: Record<number, string> = { 2: 'topic', 4: 'broker', 16: 'client-metrics', 32: 'group' }

function applyRecord(before: ClusterView, record: MetadataRecord): ClusterView {
  const data = record.data as Data
  // The log's first record again (wiped, and formatted with the same cluster id), or a snapshot that stands for it.
  const startsAnew = record.offset === 0 || record.type === 'SnapshotHeader'
  const cluster = startsAnew ? { ...before, ...NO_METADATA } : before
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
      return { ...cluster, topics, configs }
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
