/** Reads one partition at the leader of a known epoch: a leader that was replaced and does not know it refuses. */
import type { Int64 } from '../codec/reader.ts'
import type { Connection } from './connection.ts'
import { ConnectionError, check } from './errors.ts'
import { offset as checked } from './offset.ts'
import type { PartitionFetch } from './topics.ts'

export type LedPartition = { topic: string; topicId: string; partition: number; leaderEpoch: number }

/** What is there from an offset on, at once. @throws ConnectionError, KafkaError */
export async function fetchPartition(
  connection: Connection,
  from: LedPartition,
  offset: number,
  limits: { maxBytes: number; timeoutMs: number },
): Promise<PartitionFetch> {
  const { maxBytes, timeoutMs } = limits
  const wanted = {
    partition: from.partition,
    currentLeaderEpoch: from.leaderEpoch,
    fetchOffset: offset,
    partitionMaxBytes: maxBytes,
  }
  const body = await connection.call(
    'Fetch',
    { maxWaitMs: 0, minBytes: 1, maxBytes, topics: [{ topicId: from.topicId, partitions: [wanted] }] },
    { minVersion: 13, maxVersion: 17, timeoutMs },
  )
  check(body.errorCode, 'Fetch')
  const answer = body.responses[0]?.partitions[0]
  if (!answer) throw new ConnectionError('nonsense', 'Fetch: no partition')
  check(answer.errorCode, 'Fetch')
  return {
    partition: from.partition,
    error: 0,
    highWatermark: checked(answer.highWatermark, 'Fetch'),
    lastStable: Number(answer.lastStableOffset),
    logStart: checked(answer.logStartOffset, 'Fetch'),
    records: answer.records ?? Buffer.alloc(0),
  }
}

const EARLIEST = -2
const LATEST = -1
/** Sees the end of the log; a consumer would see the high watermark. */
const DEBUGGING_CONSUMER = -2

/** @returns the first offset kept, and the one the next record will get @throws ConnectionError, KafkaError */
export async function logBounds(
  connection: Connection,
  of: LedPartition,
  timeoutMs: number,
): Promise<{ start: number; end: number }> {
  const at = async (timestamp: number): Promise<number> => {
    const partition = { partitionIndex: of.partition, currentLeaderEpoch: of.leaderEpoch, timestamp }
    const body = await connection.call(
      'ListOffsets',
      { replicaId: DEBUGGING_CONSUMER, topics: [{ name: of.topic, partitions: [partition] }] },
      { minVersion: 4, maxVersion: 8, timeoutMs },
    )
    const answer: { errorCode: number; offset: Int64 } | undefined = body.topics[0]?.partitions[0]
    if (!answer) throw new ConnectionError('nonsense', 'ListOffsets: no partition')
    check(answer.errorCode, 'ListOffsets')
    return checked(answer.offset, 'ListOffsets')
  }
  return { start: await at(EARLIEST), end: await at(LATEST) }
}
