/** `__cluster_metadata` over the wire: Fetch and FetchSnapshot on a controller listener, as an observer that is not
 *  registered (replica id -1), so that asking leaves no trace in the quorum. */
import type { Message } from '../codec/codec.ts'
import type { Int64 } from '../codec/reader.ts'
import { METADATA_TOPIC_ID } from '../codec/uuid.ts'
import { METADATA_TOPIC, type View } from './cluster.ts'
import { type Connection, MAX_RESPONSE_BYTES } from './connection.ts'
import { ConnectionError, check, KafkaError } from './errors.ts'

export const FETCH_BYTES = 1 << 20
/** Beyond what a fetch may wait for at the node: the way there and back. */
const FETCH_GRACE_MS = 5_000
const FETCH_VERSION = 17
/** A snapshot of a lab's cluster has some KiB. */
export const MAX_SNAPSHOT_BYTES = 64 << 20

export type LogPosition = {
  /** the leader's real epoch, above 0 */
  leaderEpoch: number
  offset: number
  /** the epoch of the record before `offset`, 0 at the start */
  lastFetchedEpoch: number
}

export type SnapshotId = { endOffset: number; epoch: number }

export type MetadataFetch =
  /** `highWatermark` -1: unknown. `records` may hold uncommitted ones, at and above it */
  | { kind: 'records'; highWatermark: number; logStart: number; records: Buffer }
  /** the log before this was deleted: read the snapshot, then go on at its end */
  | { kind: 'snapshot'; snapshot: SnapshotId }
  /** what was read of a later epoch than this is not in the leader's log: go back to its end */
  | { kind: 'diverging'; epoch: number; endOffset: number }
  /** it does not lead, or in another epoch: its own view */
  | { kind: 'refused'; view: View; error: number }

const REFUSALS = new Set([6, 74, 75])

const id = (from: { endOffset: Int64; epoch: number }): SnapshotId => ({
  endOffset: Number(from.endOffset),
  epoch: from.epoch,
})

/** What a node answers that is asked for its view alone: a batch at most, at the start of the log, where they are small. */
const MAX_VIEW_BYTES = 1 << 20

/**
 * Whom a node follows that does not lead, in which epoch; null: it leads in epoch 1.
 * @throws ConnectionError, KafkaError INCONSISTENT_CLUSTER_ID where it is of another cluster than given
 */
export async function fetchView(connection: Connection, clusterId: string | null = null): Promise<View | null> {
  const nowhere = { leaderEpoch: 1, offset: 0, lastFetchedEpoch: 0 }
  const asked = await fetchMetadata(connection, nowhere, 0, {
    maxBytes: 1,
    maxResponseBytes: MAX_VIEW_BYTES,
    clusterId,
  })
  return asked.kind === 'refused' ? asked.view : null
}

/** Whether a node is of this cluster; one that knows of no leader tells it only so. @throws ConnectionError, KafkaError */
export async function isOfCluster(connection: Connection, clusterId: string): Promise<boolean> {
  try {
    await fetchView(connection, clusterId)
    return true
  } catch (error) {
    if (error instanceof KafkaError && error.is('INCONSISTENT_CLUSTER_ID')) return false
    throw error
  }
}

/**
 * @param maxWaitMs how long the node may hold the request while there is nothing new
 * @throws ConnectionError, KafkaError for errors other than of leadership
 */
export async function fetchMetadata(
  connection: Connection,
  position: LogPosition,
  maxWaitMs: number,
  options: { maxBytes?: number; maxResponseBytes?: number; clusterId?: string | null } = {},
): Promise<MetadataFetch> {
  const { maxBytes = FETCH_BYTES, maxResponseBytes = MAX_RESPONSE_BYTES, clusterId = null } = options
  const partition = {
    partition: 0,
    currentLeaderEpoch: position.leaderEpoch,
    fetchOffset: position.offset,
    lastFetchedEpoch: position.lastFetchedEpoch,
    partitionMaxBytes: maxBytes,
  }
  const request = {
    clusterId,
    maxWaitMs,
    minBytes: 1,
    maxBytes,
    topics: [{ topicId: METADATA_TOPIC_ID, partitions: [partition] }],
  }
  const body = await connection.call('Fetch', request, {
    minVersion: FETCH_VERSION,
    maxVersion: FETCH_VERSION,
    timeoutMs: maxWaitMs + FETCH_GRACE_MS,
    maxResponseBytes,
  })
  check(body.errorCode, 'Fetch of the metadata log')
  const answer = body.responses[0]?.partitions[0]
  if (!answer) throw new ConnectionError('nonsense', 'Fetch: no partition')
  if (REFUSALS.has(answer.errorCode)) {
    const { leaderId, leaderEpoch } = answer.currentLeader
    const view = { leader: leaderId < 0 ? null : leaderId, epoch: leaderEpoch }
    return { kind: 'refused', view, error: answer.errorCode }
  }
  check(answer.errorCode, 'Fetch of the metadata log')
  if (answer.snapshotId.endOffset >= 0) return { kind: 'snapshot', snapshot: id(answer.snapshotId) }
  if (answer.divergingEpoch.epoch >= 0) return { kind: 'diverging', ...id(answer.divergingEpoch) }
  return {
    kind: 'records',
    highWatermark: Number(answer.highWatermark),
    logStart: Number(answer.logStartOffset),
    records: answer.records ?? Buffer.alloc(0),
  }
}

/** @returns the whole snapshot, as its file is. @throws ConnectionError, KafkaError */
export async function fetchSnapshot(
  connection: Connection,
  leaderEpoch: number,
  snapshot: SnapshotId,
  maxBytes = MAX_SNAPSHOT_BYTES,
): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = Number.POSITIVE_INFINITY
  for (let position = 0; position < size; ) {
    const part = await snapshotPart(connection, leaderEpoch, snapshot, position)
    size = Number(part.size)
    if (size > maxBytes) throw new ConnectionError('too-large', `a snapshot of ${size} bytes`)
    const bytes: Buffer = part.unalignedRecords
    if (bytes.length === 0 && position < size) throw new ConnectionError('nonsense', 'a snapshot that does not end')
    parts.push(Buffer.from(bytes))
    position += bytes.length
  }
  return Buffer.concat(parts)
}

async function snapshotPart(
  connection: Connection,
  leaderEpoch: number,
  snapshotId: SnapshotId,
  position: number,
): Promise<Message> {
  const partition = { partition: 0, currentLeaderEpoch: leaderEpoch, snapshotId, position }
  const topics = [{ name: METADATA_TOPIC, partitions: [partition] }]
  const body = await connection.call('FetchSnapshot', { maxBytes: FETCH_BYTES, topics }, { maxVersion: 1 })
  check(body.errorCode, 'FetchSnapshot')
  const answer = body.topics[0]?.partitions[0]
  if (!answer) throw new ConnectionError('nonsense', 'FetchSnapshot: no partition')
  check(answer.errorCode, 'FetchSnapshot')
  return answer
}
