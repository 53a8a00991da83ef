/** What lies in ordinary topics. Nothing here creates a topic: there is no Metadata request in it. */
import type { Int64 } from '../codec/reader.ts'
import type { Connection } from './connection.ts'
import { ConnectionError, check } from './errors.ts'

export const EARLIEST = -2
export const LATEST = -1
/** Asks as a consumer, which only the leader answers, and that as latest with the high watermark. */
const CONSUMER_REPLICA = -1
/** Kafka's "debugging consumer": a follower answers it too, and either with the end of its own log. */
export const DEBUGGING_REPLICA = -2
const MAX_BYTES = 1 << 20
const FETCH_GRACE_MS = 4_000

export type PartitionOffset = { topic: string; partition: number; error: number; offset: number }

/**
 * @param replica id to ask as
 * @returns one for each partition asked for that the node answered; `error` is Kafka's code, 0 for none
 */
export async function listOffsets(
  connection: Connection,
  partitions: { topic: string; partition: number }[],
  at: typeof EARLIEST | typeof LATEST,
  replica: typeof CONSUMER_REPLICA | typeof DEBUGGING_REPLICA = CONSUMER_REPLICA,
): Promise<PartitionOffset[]> {
  const byTopic = new Map<string, { partitionIndex: number; timestamp: number }[]>()
  for (const { topic, partition } of partitions) {
    const list = byTopic.get(topic) ?? []
    list.push({ partitionIndex: partition, timestamp: at })
    byTopic.set(topic, list)
  }
  const topics = [...byTopic].map(([name, list]) => ({ name, partitions: list }))
  const body = await connection.call(
    'ListOffsets',
    { replicaId: replica, topics },
    { minVersion: 4, maxVersion: 8, maxResponseBytes: MAX_BYTES },
  )
  return body.topics.flatMap(
    (topic: { name: string; partitions: { partitionIndex: number; errorCode: number; offset: Int64 }[] }) =>
      topic.partitions.map((partition) => ({
        topic: topic.name,
        partition: partition.partitionIndex,
        error: partition.errorCode,
        offset: Number(partition.offset),
      })),
  )
}

export type PartitionFetch = {
  partition: number
  /** Kafka's error code, 0 for none */
  error: number
  highWatermark: number
  /** before which no transaction is open; -1 where it is not known */
  lastStable: number
  logStart: number
  records: Buffer
}

/** Records of some partitions of one topic, by its id, as a consumer without a group. @throws ConnectionError, KafkaError */
export async function fetchRecords(
  connection: Connection,
  topicId: string,
  partitions: { partition: number; offset: number }[],
  limits: { maxBytes: number; maxWaitMs?: number },
): Promise<PartitionFetch[]> {
  const { maxBytes, maxWaitMs = 0 } = limits
  const wanted = partitions.map(({ partition, offset }) => ({
    partition,
    fetchOffset: offset,
    partitionMaxBytes: maxBytes,
  }))
  const body = await connection.call(
    'Fetch',
    { maxWaitMs, minBytes: 1, maxBytes, topics: [{ topicId, partitions: wanted }] },
    { minVersion: 13, maxVersion: 17, timeoutMs: maxWaitMs + FETCH_GRACE_MS },
  )
  check(body.errorCode, 'Fetch')
  const answer = body.responses[0]
  if (!answer) throw new ConnectionError('nonsense', 'Fetch: no topic')
  return answer.partitions.map(
    (from: {
      partitionIndex: number
      errorCode: number
      highWatermark: Int64
      lastStableOffset: Int64
      logStartOffset: Int64
      records: Buffer | null
    }) => ({
      partition: from.partitionIndex,
      error: from.errorCode,
      highWatermark: Number(from.highWatermark),
      lastStable: Number(from.lastStableOffset),
      logStart: Number(from.logStartOffset),
      records: from.records ?? Buffer.alloc(0),
    }),
  )
}
