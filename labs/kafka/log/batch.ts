/** Record batches of format 2 (org.apache.kafka.common.record.DefaultRecordBatch): the only one that Kafka 4 writes. */
import { DecodeError, UnsupportedError } from '../codec/errors.ts'
import { type Int64, Reader } from '../codec/reader.ts'
import { COMPRESSIONS, type Compression, decompress } from './compression.ts'
import { crc32c } from './crc32c.ts'

/** Base offset and length: what must be read to know how long a batch is. */
export const PREFIX_BYTES = 12
export const HEADER_BYTES = 61
const CRC_END = 21
export const MAGIC = 2
/** Kafka's own default for the largest batch is 1 MiB, and 8 MiB in the metadata log. */
export const MAX_BATCH_BYTES = 64 << 20
/** Output of a decompressor for one batch. */
export const MAX_DECOMPRESSED_BYTES = 16 << 20
/** Length, attributes, two deltas, key and value length and header count, a byte each. */
const MIN_RECORD_BYTES = 7

export type Batch = {
  /** where it begins in the buffer it was read from */
  position: number
  /** with the prefix */
  bytes: number
  baseOffset: number
  lastOffset: number
  leaderEpoch: number
  compression: Compression
  /** the broker's time instead of the producer's */
  appendTime: boolean
  transactional: boolean
  control: boolean
  baseTimestamp: number
  maxTimestamp: number
  producerId: Int64
  producerEpoch: number
  baseSequence: number
  count: number
  /** the records as they lie there, perhaps compressed: a view */
  body: Buffer
}

export type LogRecord = {
  offset: number
  timestamp: number
  key: Buffer | null
  value: Buffer | null
  headers: { key: string; value: Buffer | null }[]
}

/** An offset or a time is never so large that a number is not exact, unless somebody lies. */
function exact(value: Int64, what: string, position: number): number {
  if (typeof value === 'bigint') throw new DecodeError(`${what} of ${value}`, position)
  return value
}

/**
 * Reads the batch that begins at `position`.
 * @returns null where the buffer ends before the batch does: a fetch may cut the last one, a live log has such a tail
 * @throws DecodeError for a bad length, an unknown format or a wrong CRC
 */
export function readBatch(buffer: Buffer, position: number): Batch | null {
  if (buffer.length - position < PREFIX_BYTES) return null
  const length = buffer.readInt32BE(position + 8)
  if (length < HEADER_BYTES - PREFIX_BYTES || length > MAX_BATCH_BYTES)
    throw new DecodeError(`a batch of ${length} bytes`, position + 8)
  const end = position + PREFIX_BYTES + length
  if (end > buffer.length) return null
  const reader = new Reader(buffer, position, end)
  const baseOffset = exact(reader.int64(), 'a base offset', position)
  reader.int32()
  const leaderEpoch = reader.int32()
  const magic = reader.int8()
  if (magic !== MAGIC) throw new UnsupportedError(`a batch of format ${magic}`, position + 16)
  const crc = reader.uint32()
  const actual = crc32c(buffer, position + CRC_END, end)
  if (crc !== actual) throw new DecodeError(`a batch with CRC ${actual}, which says ${crc},`, position)
  const attributes = reader.int16()
  const compression = COMPRESSIONS[attributes & 7]
  if (!compression) throw new UnsupportedError(`compression ${attributes & 7}`, position + CRC_END)
  const lastOffsetDelta = reader.int32()
  if (lastOffsetDelta < 0) throw new DecodeError(`a last offset of ${lastOffsetDelta} behind the first`, position)
  const baseTimestamp = exact(reader.int64(), 'a timestamp', position)
  const maxTimestamp = exact(reader.int64(), 'a timestamp', position)
  const producerId = reader.int64()
  const producerEpoch = reader.int16()
  const baseSequence = reader.int32()
  const count = reader.int32()
  if (count < 0) throw new DecodeError(`a batch of ${count} records`, position)
  return {
    position,
    bytes: PREFIX_BYTES + length,
    baseOffset,
    lastOffset: baseOffset + lastOffsetDelta,
    leaderEpoch,
    compression,
    appendTime: (attributes & 8) !== 0,
    transactional: (attributes & 16) !== 0,
    control: (attributes & 32) !== 0,
    baseTimestamp,
    maxTimestamp,
    producerId,
    producerEpoch,
    baseSequence,
    count,
    body: buffer.subarray(position + HEADER_BYTES, end),
  }
}

/** All whole batches of a buffer, in order; a cut one at the end is left out. */
export function* readBatches(buffer: Buffer): Generator<Batch> {
  for (let position = 0; ; ) {
    const batch = readBatch(buffer, position)
    if (!batch) return
    yield batch
    position += batch.bytes
  }
}

/** Bytes that compressed batches may still become, those of one answer together. */
export type Budget = { left: number }

/**
 * The records of a batch, their keys and values views of it.
 * @throws DecodeError at the batch's position
 */
export function recordsOf(batch: Batch, budget: Budget = { left: MAX_DECOMPRESSED_BYTES }): LogRecord[] {
  const compressed = batch.compression !== 'none'
  const origin = batch.position + HEADER_BYTES
  const limit = Math.min(budget.left, MAX_DECOMPRESSED_BYTES)
  const body = compressed ? decompress(batch.compression, batch.body, limit, origin) : batch.body
  if (compressed) budget.left -= body.length
  const reader = new Reader(body)
  try {
    if (batch.count * MIN_RECORD_BYTES > reader.remaining)
      reader.fail(`${batch.count} records in ${reader.remaining} bytes`)
    const records: LogRecord[] = []
    for (let index = 0; index < batch.count; index++) records.push(readRecord(reader, batch))
    if (reader.remaining > 0) reader.fail(`${reader.remaining} bytes left over after the records`)
    return records
  } catch (error) {
    // a place in decompressed bytes means nothing to whoever has the log: the batch's does
    if (error instanceof DecodeError) throw new DecodeError(error.reason, compressed ? origin : origin + error.position)
    throw error
  }
}

function readRecord(reader: Reader, batch: Batch): LogRecord {
  const length = reader.varint()
  if (length < 0 || length > reader.remaining) reader.fail(`a record of ${length} bytes in ${reader.remaining}`)
  const end = reader.position + length
  reader.int8()
  const timestampDelta = exact(reader.varlong(), 'a timestamp', reader.position)
  const offsetDelta = reader.varint()
  if (offsetDelta < 0 || offsetDelta > batch.lastOffset - batch.baseOffset)
    reader.fail(`a record ${offsetDelta} behind the first, outside its batch`)
  const key = nullable(reader)
  const value = nullable(reader)
  const headerCount = reader.elements(reader.varint(), 2)
  const headers: LogRecord['headers'] = []
  for (let index = 0; index < headerCount; index++)
    headers.push({ key: reader.text(reader.varint()), value: nullable(reader) })
  if (reader.position !== end) reader.fail('a record that is not of its length')
  return {
    offset: batch.baseOffset + offsetDelta,
    timestamp: batch.appendTime ? batch.maxTimestamp : batch.baseTimestamp + timestampDelta,
    key,
    value,
    headers,
  }
}

function nullable(reader: Reader): Buffer | null {
  const length = reader.varint()
  return length === -1 ? null : reader.bytes(length)
}
