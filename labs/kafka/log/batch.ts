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
  /** in which the records lie, perhaps compressed: a view of them would take as long as all else of a small batch */
  buffer: Buffer
  bodyStart: number
  bodyEnd: number
}

/** A view of the records. */
export const bodyOf = ({ buffer, bodyStart, bodyEnd }: Batch): Buffer => buffer.subarray(bodyStart, bodyEnd)

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
  if (baseOffset < 0) throw new DecodeError(`a base offset of ${baseOffset}`, position)
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
    buffer,
    bodyStart: position + HEADER_BYTES,
    bodyEnd: end,
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

/** Goes through the records of a batch without a copy of anything: its fields are those of the record it stands at. */
export class RecordCursor {
  /** what the places below are in: what the batch was read from, or its records decompressed */
  readonly buffer: Buffer
  offset = 0
  timestamp = 0
  keyStart = 0
  /** -1: the key is null */
  keyEnd = -1
  valueStart = 0
  /** -1: the value is null */
  valueEnd = -1
  headers: LogRecord['headers'] = []
  readonly #batch: Batch
  readonly #reader: Reader
  #left: number

  /** @throws DecodeError at the batch's position */
  constructor(batch: Batch, budget: Budget = { left: MAX_DECOMPRESSED_BYTES }) {
    const origin = batch.position + HEADER_BYTES
    const limit = Math.min(budget.left, MAX_DECOMPRESSED_BYTES)
    if (batch.compression === 'none') {
      this.buffer = batch.buffer
      this.#reader = new Reader(this.buffer, batch.bodyStart, batch.bodyEnd)
    } else {
      this.buffer = decompress(batch.compression, bodyOf(batch), limit, origin)
      budget.left -= this.buffer.length
      this.#reader = new Reader(this.buffer)
    }
    this.#batch = batch
    this.#left = batch.count
    const { remaining } = this.#reader
    if (batch.count * MIN_RECORD_BYTES > remaining)
      throw new DecodeError(`${batch.count} records in ${remaining} bytes`, origin)
  }

  /** Goes on to the next record. @returns false behind the last. @throws DecodeError at the batch's position */
  next(): boolean {
    try {
      if (this.#left > 0) this.#read()
      else if (this.#reader.remaining > 0)
        this.#reader.fail(`${this.#reader.remaining} bytes left over after the records`)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      // a place in decompressed bytes means nothing to whoever has the log: the batch's does
      const { position, compression, bodyStart } = this.#batch
      const within = compression === 'none' ? error.position - bodyStart : 0
      throw new DecodeError(error.reason, position + HEADER_BYTES + within)
    }
    return this.#left-- > 0
  }

  #read(): void {
    const reader = this.#reader
    const { baseOffset, lastOffset, appendTime, baseTimestamp, maxTimestamp } = this.#batch
    const length = reader.varint()
    if (length < 0 || length > reader.remaining) reader.fail(`a record of ${length} bytes in ${reader.remaining}`)
    const end = reader.position + length
    // attributes, of which there are none
    reader.take(1)
    const timestampDelta = exact(reader.varlong(), 'a timestamp', reader.position)
    const offsetDelta = reader.varint()
    if (offsetDelta < 0 || offsetDelta > lastOffset - baseOffset)
      reader.fail(`a record ${offsetDelta} behind the first, outside its batch`)
    this.offset = baseOffset + offsetDelta
    this.timestamp = appendTime ? maxTimestamp : baseTimestamp + timestampDelta
    const keyBytes = reader.varint()
    this.keyStart = keyBytes === -1 ? 0 : reader.take(keyBytes)
    this.keyEnd = keyBytes === -1 ? -1 : reader.position
    const valueBytes = reader.varint()
    this.valueStart = valueBytes === -1 ? 0 : reader.take(valueBytes)
    this.valueEnd = valueBytes === -1 ? -1 : reader.position
    this.headers = readHeaders(reader)
    if (reader.position !== end) reader.fail('a record that is not of its length')
  }
}

/**
 * The records of a batch one after the other, their keys and values views of it.
 * @throws DecodeError at the batch's position; those before the bad one have been given
 */
export function* recordsIn(batch: Batch, budget?: Budget): Generator<LogRecord> {
  const at = new RecordCursor(batch, budget)
  while (at.next())
    yield {
      offset: at.offset,
      timestamp: at.timestamp,
      key: at.keyEnd < 0 ? null : at.buffer.subarray(at.keyStart, at.keyEnd),
      value: at.valueEnd < 0 ? null : at.buffer.subarray(at.valueStart, at.valueEnd),
      headers: at.headers,
    }
}

/** All of them. @throws DecodeError at the batch's position */
export const recordsOf = (batch: Batch, budget?: Budget): LogRecord[] => [...recordsIn(batch, budget)]

const NO_HEADERS: LogRecord['headers'] = []

function readHeaders(reader: Reader): LogRecord['headers'] {
  const declared = reader.varint()
  if (declared === 0) return NO_HEADERS
  const count = reader.elements(declared, 2)
  const headers: LogRecord['headers'] = []
  for (let index = 0; index < count; index++)
    headers.push({ key: reader.text(reader.varint()), value: nullable(reader) })
  return headers
}

function nullable(reader: Reader): Buffer | null {
  const length = reader.varint()
  return length === -1 ? null : reader.bytes(length)
}
