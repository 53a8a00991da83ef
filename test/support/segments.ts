/** Metadata logs for tests: real records in batches of every codec. */
import { busyLog, encodeMetadataValue } from '#labs/cli/busy-log.ts'
import type { Message } from '#labs/kafka/codec/codec.ts'
import { encode } from '#labs/kafka/codec/codec.ts'
import { COMPRESSIONS, type Compression } from '#labs/kafka/log/compression.ts'
import { type BatchOptions, encodeBatch, encodeRecords, type GivenRecord, schemas } from './batches.ts'
import { COMPRESSED } from './compressed.ts'

/** A record's value in a batch of its own kind. */
export const metadata = (name: string, message: Message, version?: number): GivenRecord => ({
  key: null,
  value: encodeMetadataValue(schemas, name, message, version),
})

export const compressedBatch = (records: GivenRecord[], compression: Compression, options: BatchOptions = {}): Buffer =>
  encodeBatch(records, { ...options, compression, body: COMPRESSED[compression](encodeRecords(records)) })

export function leaderChange(baseOffset: number): Buffer {
  const message = { leaderId: 1, voters: [{ voterId: 1 }], grantingVoters: [{ voterId: 1 }] }
  const value = encode(schemas.codec('LeaderChangeMessage', 0), { version: 0, ...message })
  return encodeBatch([{ key: Buffer.from([0, 0, 0, 2]), value }], { baseOffset, control: true })
}

/** A batch in each codec, one after another from offset 0, with a control batch before them: their bytes apart. */
export function smallLog(): Buffer[] {
  const batches = [leaderChange(0)]
  for (const [at, compression] of COMPRESSIONS.entries()) {
    const topicId = Buffer.alloc(16, at + 1).toString('base64url')
    const records = [
      metadata('TopicRecord', { name: `orders-${compression}`, topicId }),
      metadata('PartitionChangeRecord', { partitionId: at, topicId, leader: 2, isr: [2, 3] }),
    ]
    batches.push(compressedBatch(records, compression, { baseOffset: 1 + at * 2, timestamp: 1_000 + at }))
  }
  return batches
}

/** At least as many bytes of what a busy cluster writes. */
export function busyBytes(bytes: number, seed = 1): Buffer {
  const parts: Buffer[] = []
  let length = 0
  for (const batch of busyLog(schemas, seed)) {
    parts.push(batch)
    length += batch.length
    if (length >= bytes) break
  }
  return Buffer.concat(parts)
}
