/** The records of `__cluster_metadata`, named and shaped as `kafka-dump-log --cluster-metadata-decoder` prints them. */
import { decode } from '../codec/codec.ts'
import { DecodeError } from '../codec/errors.ts'
import { Reader } from '../codec/reader.ts'
import { within } from '../codec/schema.ts'
import { type RecordKind, type Schemas, UNKNOWN } from '../codec/schemas.ts'
import { type Batch, type Budget, type LogRecord, recordsIn } from '../log/batch.ts'

export type MetadataRecord = {
  offset: number
  /** leader epoch of its batch */
  epoch: number
  timestamp: number
  /** `TOPIC_RECORD`, ...; `LeaderChange`, ... for control records; `UNKNOWN` for one of a later Kafka */
  type: string
  version: number
  /** As Kafka's JsonConverter gives it; an int64 that is no exact number is a bigint. UNKNOWN: `{ apiKey, raw }`. */
  data: unknown
}

/** The envelope of a record's value (org.apache.kafka.server.common.serialization.AbstractApiMessageSerde). */
const FRAME_VERSION = 1

/** org.apache.kafka.common.record.ControlRecordType, and the message in each one's value; transactions'
 *  markers do not occur in this log. */
const CONTROL_TYPES: Record<number, { type: string; message: string }> = {
  2: { type: 'LeaderChange', message: 'LeaderChangeMessage' },
  3: { type: 'SnapshotHeader', message: 'SnapshotHeaderRecord' },
  4: { type: 'SnapshotFooter', message: 'SnapshotFooterRecord' },
  5: { type: 'KRaftVersion', message: 'KRaftVersionRecord' },
  6: { type: 'KRaftVoters', message: 'VotersRecord' },
}

export type Decoded = { type: string; version: number; data: unknown }

/** Reads the envelope and leaves the reader before the message. @throws DecodeError, also for an unknown frame version */
export function kindOfValue(schemas: Schemas, reader: Reader): RecordKind {
  const start = reader.position
  const frame = reader.uvarint()
  if (frame !== FRAME_VERSION) reader.fail(`frame version ${frame}`, start)
  const apiKey = reader.uvarint()
  const version = reader.uvarint()
  return schemas.recordKind(apiKey, version)
}

/** A control record: its kind is in the key; the reader of the value stays where it is. @throws DecodeError */
export function kindOfControl(schemas: Schemas, key: Reader, value: Reader): RecordKind {
  key.int16()
  const apiKey = key.int16()
  const start = value.position
  // every such message begins with the int16 of its own version, whatever the version
  const version = value.int16()
  value.position = start
  const control = CONTROL_TYPES[apiKey]
  if (!control || !within(schemas.versions(control.message), version))
    return { apiKey, version, type: UNKNOWN, codec: null }
  return { apiKey, version, type: control.type, codec: schemas.codec(control.message, version) }
}

/** What follows in the reader up to the buffer's end, as one message. @throws DecodeError, also for bytes left over */
function decodeKind({ apiKey, version, type, codec }: RecordKind, reader: Reader): Decoded {
  if (!codec) return { type, version, data: { apiKey, raw: reader.bytes(reader.remaining).toString('base64') } }
  const message = decode(codec, reader.buffer, reader.position)
  return { type, version, data: codec.toJson(message) }
}

/** @throws DecodeError, also for an unknown frame version */
export function decodeMetadataValue(schemas: Schemas, value: Buffer): Decoded {
  const reader = new Reader(value)
  return decodeKind(kindOfValue(schemas, reader), reader)
}

/** @throws DecodeError */
export function decodeControl(schemas: Schemas, key: Buffer, value: Buffer): Decoded {
  const reader = new Reader(value)
  return decodeKind(kindOfControl(schemas, new Reader(key), reader), reader)
}

function decodeRecord(schemas: Schemas, batch: Batch, record: LogRecord, maxValueBytes: number): Decoded {
  if (record.value === null) throw new DecodeError('a metadata record without a value', 0)
  if (!batch.control && record.value.length > maxValueBytes) {
    const { type, version } = kindOfValue(schemas, new Reader(record.value))
    return { type, version, data: { tooLarge: record.value.length } }
  }
  if (!batch.control) return decodeMetadataValue(schemas, record.value)
  if (record.key === null) throw new DecodeError('a control record without a key', 0)
  return decodeControl(schemas, record.key, record.value)
}

/**
 * All records of one batch of the metadata log.
 * @param maxValueBytes of one whose value is larger no more is told than `{ tooLarge: bytes }`
 * @throws DecodeError naming the offset of the bad record
 */
export const metadataRecordsOf = (
  schemas: Schemas,
  batch: Batch,
  budget?: Budget,
  maxValueBytes?: number,
): MetadataRecord[] => [...metadataRecordsIn(schemas, batch, budget, maxValueBytes)]

/** The same one after the other, so that a reader may rest, or stop, between them. */
export function* metadataRecordsIn(
  schemas: Schemas,
  batch: Batch,
  budget?: Budget,
  maxValueBytes = Number.POSITIVE_INFINITY,
): Generator<MetadataRecord> {
  for (const record of recordsIn(batch, budget)) yield metadataRecordOf(schemas, batch, record, maxValueBytes)
}

function metadataRecordOf(schemas: Schemas, batch: Batch, record: LogRecord, maxValueBytes: number): MetadataRecord {
  try {
    const { offset, timestamp } = record
    const decoded = decodeRecord(schemas, batch, record, maxValueBytes)
    return { offset, epoch: batch.leaderEpoch, timestamp, ...decoded }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw new DecodeError(`offset ${record.offset}: ${error.reason}`, batch.position)
  }
}
