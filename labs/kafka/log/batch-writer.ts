/** Writes record batches of format 2, as org.apache.kafka.common.record.DefaultRecordBatch does. */
import { Writer } from '../codec/writer.ts'
import { MAGIC } from './batch.ts'
import { COMPRESSIONS, type Compression } from './compression.ts'
import { crc32c } from './crc32c.ts'

export type GivenRecord = {
  key: Buffer | null
  value: Buffer | null
  headers?: { key: string; value: Buffer | null }[]
}

export type BatchOptions = {
  baseOffset?: number
  /** that of the partition's leader, which puts its own there when it appends */
  epoch?: number
  /** of every record, ms since 1970 */
  timestamp?: number
  /** what `body` already is */
  compression?: Compression
  /** for the log itself, not for consumers */
  control?: boolean
}

/** No producer that could be told apart (idempotence, transactions). */
const NO_PRODUCER = { id: -1, epoch: -1, sequence: -1 }
const CONTROL_ATTRIBUTE = 32
/** Leader epoch, format and CRC: what the length counts besides the part that the CRC covers. */
const BEFORE_CHECKED_BYTES = 9

/** A batch of these records, in their order. */
export const encodeBatch = (records: GivenRecord[], options: BatchOptions = {}): Buffer =>
  encodeBatchOf(encodeRecords(records), records.length, options)

/** @param body as `encodeRecords` gives it, perhaps compressed since; `count` records */
export function encodeBatchOf(body: Buffer, count: number, options: BatchOptions = {}): Buffer {
  const { baseOffset = 0, epoch = 0, timestamp = 0, compression = 'none', control = false } = options
  const checked = new Writer()
  checked.int16(COMPRESSIONS.indexOf(compression) | (control ? CONTROL_ATTRIBUTE : 0))
  checked.int32(Math.max(0, count - 1))
  checked.int64(timestamp)
  checked.int64(timestamp)
  checked.int64(NO_PRODUCER.id)
  checked.int16(NO_PRODUCER.epoch)
  checked.int32(NO_PRODUCER.sequence)
  checked.int32(count)
  checked.raw(body)
  const part = checked.finish()
  const batch = new Writer()
  batch.int64(baseOffset)
  batch.int32(part.length + BEFORE_CHECKED_BYTES)
  batch.int32(epoch)
  batch.int8(MAGIC)
  batch.uint32(crc32c(part))
  batch.raw(part)
  return batch.finish()
}

export function encodeRecords(records: GivenRecord[]): Buffer {
  const all = new Writer()
  for (const [at, record] of records.entries()) {
    const one = encodeRecord(record, at)
    all.varint(one.length)
    all.raw(one)
  }
  return all.finish()
}

function encodeRecord({ key, value, headers = [] }: GivenRecord, offsetDelta: number): Buffer {
  const one = new Writer()
  one.int8(0)
  one.varlong(0)
  one.varint(offsetDelta)
  nullable(one, key)
  nullable(one, value)
  one.varint(headers.length)
  for (const header of headers) {
    nullable(one, Buffer.from(header.key))
    nullable(one, header.value)
  }
  return one.finish()
}

function nullable(writer: Writer, bytes: Buffer | null): void {
  writer.varint(bytes === null ? -1 : bytes.length)
  if (bytes) writer.raw(bytes)
}
