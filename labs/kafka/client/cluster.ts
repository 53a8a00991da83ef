/** What a node says about its cluster and its quorum. */
import type { Int64 } from '../codec/reader.ts'
import type { CallOptions, Connection } from './connection.ts'
import { ConnectionError, check, KafkaError } from './errors.ts'

export const METADATA_TOPIC = '__cluster_metadata'

/** What a node says of itself and its fellows takes some KiB. */
const MAX_BYTES = 1 << 20
/** Kafka's own have 22 characters. */
const MAX_CLUSTER_ID_CHARS = 64
/** A room has eight hosts. */
const MAX_NODES = 100

function bounded<T>(list: T[], what: string): T[] {
  if (list.length > MAX_NODES) throw new ConnectionError('nonsense', `${what}: ${list.length} nodes`)
  return list
}

/** API keys that only the one kind of listener offers: Produce, and Vote. */
const PRODUCE = 0
const VOTE = 52

/** What answers here: null is no Kafka node of a kind that is known. */
export async function listenerKind(
  connection: Connection,
  timeoutMs?: number,
): Promise<'broker' | 'controller' | null> {
  const offered = await connection.apiVersions(timeoutMs === undefined ? {} : { timeoutMs })
  if (offered.has(PRODUCE)) return 'broker'
  return offered.has(VOTE) ? 'controller' : null
}

/** Errors.java: what a listener without SASL says to it. */
const ILLEGAL_SASL_STATE = 34
/** Any would do: one that is not known is an answer, too, but stands in the broker's log. */
const MECHANISM = 'PLAIN'

/**
 * Whether a broker's listener takes requests of whoever comes. One with SASL hangs up on them, and writes that down; asked for
 * a handshake it gives one (KIP-43). Where no answer comes it is taken for one that does.
 */
export async function answersAnybody(connection: Connection, timeoutMs: number): Promise<boolean> {
  try {
    const asked = { mechanism: MECHANISM }
    const { errorCode } = await connection.call('SaslHandshake', asked, { minVersion: 1, maxVersion: 1, timeoutMs })
    return errorCode === ILLEGAL_SASL_STATE
  } catch (error) {
    if (error instanceof ConnectionError || error instanceof KafkaError) return true
    throw error
  }
}

export type ClusterDescription = {
  clusterId: string
  /** from a controller: the active one as this node sees it; from a broker: any broker. -1: none known */
  controllerId: number
  nodes: { id: number; host: string; port: number }[]
}

const BROKERS = 1
const CONTROLLERS = 2

/** @throws ConnectionError, KafkaError */
export async function describeCluster(
  connection: Connection,
  of: 'brokers' | 'controllers',
  options?: CallOptions,
): Promise<ClusterDescription> {
  const endpointType = of === 'controllers' ? CONTROLLERS : BROKERS
  const body = await connection.call(
    'DescribeCluster',
    { endpointType },
    { minVersion: 1, maxVersion: 1, maxResponseBytes: MAX_BYTES, ...options },
  )
  check(body.errorCode, 'DescribeCluster', body.errorMessage)
  if (body.clusterId.length > MAX_CLUSTER_ID_CHARS)
    throw new ConnectionError('nonsense', `a cluster id of ${body.clusterId.length} characters`)
  return {
    clusterId: body.clusterId,
    controllerId: body.controllerId,
    nodes: bounded<{ brokerId: number; host: string; port: number }>(body.brokers, 'DescribeCluster').map((node) => ({
      id: node.brokerId,
      host: node.host,
      port: node.port,
    })),
  }
}

export type QuorumReplica = {
  node: number
  directory: string
  /** -1: unknown */
  logEndOffset: number
  /** leader's clock, ms since 1970; -1: unknown */
  lastCaughtUp: number
}

export type Quorum = {
  leader: number
  epoch: number
  /** -1: the leader does not know it yet */
  highWatermark: number
  voters: QuorumReplica[]
  observers: QuorumReplica[]
}

type WireReplica = {
  replicaId: number
  replicaDirectoryId: string
  logEndOffset: Int64
  lastCaughtUpTimestamp: Int64
}
const replica = (from: WireReplica): QuorumReplica => ({
  node: from.replicaId,
  directory: from.replicaDirectoryId,
  logEndOffset: Number(from.logEndOffset),
  lastCaughtUp: Number(from.lastCaughtUpTimestamp),
})

/** Only the leader answers; another throws KafkaError NOT_LEADER_OR_FOLLOWER. */
export async function describeQuorum(connection: Connection, options?: CallOptions): Promise<Quorum> {
  const topics = [{ topicName: METADATA_TOPIC, partitions: [{ partitionIndex: 0 }] }]
  const body = await connection.call(
    'DescribeQuorum',
    { topics },
    { minVersion: 2, maxVersion: 2, maxResponseBytes: MAX_BYTES, ...options },
  )
  check(body.errorCode, 'DescribeQuorum', body.errorMessage)
  const partition = body.topics[0]?.partitions[0]
  if (!partition) throw new ConnectionError('nonsense', 'DescribeQuorum: no partition')
  check(partition.errorCode, 'DescribeQuorum', partition.errorMessage)
  return {
    leader: partition.leaderId,
    epoch: partition.leaderEpoch,
    highWatermark: Number(partition.highWatermark),
    voters: bounded<WireReplica>(partition.currentVoters, 'DescribeQuorum').map(replica),
    observers: bounded<WireReplica>(partition.observers, 'DescribeQuorum').map(replica),
  }
}

const RESOURCE_BROKER = 4
const MAX_CANDIDATES = 64

/**
 * Which of the candidates this node is. No response names its sender, but a node describes its own configuration
 * alone and refuses every other node's (kafka.server.ConfigHelper).
 * @returns null where it is none of them
 */
export async function whoIs(
  connection: Connection,
  candidates: number[],
  options?: CallOptions,
): Promise<number | null> {
  if (candidates.length === 0) return null
  const body = await connection.call(
    'DescribeConfigs',
    {
      resources: candidates.slice(0, MAX_CANDIDATES).map((id) => ({
        resourceType: RESOURCE_BROKER,
        resourceName: String(id),
        configurationKeys: ['node.id'],
      })),
    },
    { maxVersion: 4, maxResponseBytes: MAX_BYTES, ...options },
  )
  const own = body.results.find((result: { errorCode: number }) => result.errorCode === 0)
  const id = Number(own?.resourceName)
  return own && candidates.includes(id) ? id : null
}

/** A voter that does not lead refuses a fetch and names whom it follows: its own view of the quorum. */
export type View = { leader: number | null; epoch: number }

export const isNotLeader = (error: unknown): boolean =>
  error instanceof KafkaError && error.is('NOT_LEADER_OR_FOLLOWER', 'FENCED_LEADER_EPOCH', 'UNKNOWN_LEADER_EPOCH')
