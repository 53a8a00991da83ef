/** Transactions as their coordinators and the leaders of partitions know them. Asking begins, joins and ends none. */
import type { Int64 } from '../codec/reader.ts'
import type { Connection } from './connection.ts'
import { check } from './errors.ts'

export type DescribedTransaction = {
  transactionalId: string
  /** as org.apache.kafka.coordinator.transaction.TransactionState spells it: Empty, Ongoing, PrepareCommit, ... */
  state: string
  producerId: number
  producerEpoch: number
  timeoutMs: number
  /** ms since 1970; -1 where none is open */
  startedAt: number
  partitions: { topic: string; partition: number }[]
}

/** All that this broker coordinates. @throws ConnectionError, KafkaError (COORDINATOR_LOAD_IN_PROGRESS soon after a start) */
export async function transactionsAt(connection: Connection, max: number): Promise<DescribedTransaction[]> {
  const listed = await connection.call('ListTransactions', { stateFilters: [], producerIdFilters: [] })
  check(listed.errorCode, 'ListTransactions')
  const transactionalIds: string[] = listed.transactionStates
    .map(({ transactionalId }: { transactionalId: string }) => transactionalId)
    .slice(0, max)
  if (transactionalIds.length === 0) return []
  const body = await connection.call('DescribeTransactions', { transactionalIds })
  type Wire = {
    errorCode: number
    transactionalId: string
    transactionState: string
    transactionTimeoutMs: number
    transactionStartTimeMs: Int64
    producerId: Int64
    producerEpoch: number
    topics: { topic: string; partitions: number[] }[]
  }
  return body.transactionStates
    .filter(({ errorCode }: Wire) => errorCode === 0)
    .map((wire: Wire) => ({
      transactionalId: wire.transactionalId,
      state: wire.transactionState,
      producerId: Number(wire.producerId),
      producerEpoch: wire.producerEpoch,
      timeoutMs: wire.transactionTimeoutMs,
      startedAt: Number(wire.transactionStartTimeMs),
      partitions: wire.topics.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition }))),
    }))
}

export type ActiveProducer = {
  partition: number
  producerId: number
  producerEpoch: number
  /** -1: none written */
  lastSequence: number
  /** ms since 1970, -1: none written */
  lastTimestamp: number
  coordinatorEpoch: number
  /** of the first record of the open transaction; -1: none is open */
  transactionStart: number
}

/** Producers with a state in these partitions, which this broker leads; of others nothing. @throws ConnectionError */
export async function producersAt(
  connection: Connection,
  topic: string,
  partitionIndexes: number[],
): Promise<ActiveProducer[]> {
  const body = await connection.call('DescribeProducers', { topics: [{ name: topic, partitionIndexes }] })
  type WireProducer = {
    producerId: Int64
    producerEpoch: number
    lastSequence: number
    lastTimestamp: Int64
    coordinatorEpoch: number
    currentTxnStartOffset: Int64
  }
  type Wire = { partitionIndex: number; errorCode: number; activeProducers: WireProducer[] }
  return (body.topics[0]?.partitions ?? [])
    .filter(({ errorCode }: Wire) => errorCode === 0)
    .flatMap(({ partitionIndex, activeProducers }: Wire) =>
      activeProducers.map((wire) => ({
        partition: partitionIndex,
        producerId: Number(wire.producerId),
        producerEpoch: wire.producerEpoch,
        lastSequence: wire.lastSequence,
        lastTimestamp: Number(wire.lastTimestamp),
        coordinatorEpoch: wire.coordinatorEpoch,
        transactionStart: Number(wire.currentTxnStartOffset),
      })),
    )
}
