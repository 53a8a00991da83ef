/** Writes to a partition, for a producer without idempotence or transactions. */
import type { Connection } from './connection.ts'
import { ConnectionError, check } from './errors.ts'
import { offset } from './offset.ts'

/** All replicas in sync have it. */
const ALL = -1
/** From here on a topic is named by its id. */
const BY_TOPIC_ID = 13

export type PartitionPlace = { topic: string; topicId: string; partition: number }

/**
 * Appends one batch with acks=all.
 * @param batch as `encodeBatch` gives it
 * @param limits ackMs: how long the leader waits for the others (then error REQUEST_TIMED_OUT, though it is appended)
 * @returns the offset of its first record
 * @throws ConnectionError, KafkaError: it may have been appended all the same
 */
export async function produce(
  connection: Connection,
  to: PartitionPlace,
  batch: Buffer,
  limits: { ackMs: number; timeoutMs: number },
): Promise<number> {
  const partitionData = [{ index: to.partition, records: batch }]
  const body = await connection.call(
    'Produce',
    (version) => ({
      acks: ALL,
      timeoutMs: limits.ackMs,
      topicData: [{ ...(version >= BY_TOPIC_ID ? { topicId: to.topicId } : { name: to.topic }), partitionData }],
    }),
    { timeoutMs: limits.timeoutMs },
  )
  const answer = body.responses[0]?.partitionResponses[0]
  if (!answer) throw new ConnectionError('nonsense', 'Produce: no partition')
  check(answer.errorCode, 'Produce', answer.errorMessage)
  return offset(answer.baseOffset, 'Produce')
}
