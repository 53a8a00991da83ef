/** The records of `__cluster_metadata`, named and shaped as `kafka-dump-log --cluster-metadata-decoder` prints them. */
import { type Codec, decode, type Message } from '../codec/codec.ts'
import { DecodeError } from '../codec/errors.ts'
import { Reader } from '../codec/reader.ts'
import { within } from '../codec/schema.ts'
import type { Schemas } from '../codec/schemas.ts'
import { type Batch, type Budget, type LogRecord, recordsOf } from './batch.ts'

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

/** A later Kafka may write what this one's schemas do not have: its bytes are kept, nothing is guessed. */
const unknown = (apiKey: number, version: number, raw: Buffer): Decoded => ({
  type: 'UNKNOWN',
  version,
  data: { apiKey, raw: raw.toString('base64') },
})

const decoded = (type: string, codec: Codec, message: Message): Decoded => ({
  type,
  version: codec.version,
  data: codec.toJson(message),
})

/** @throws DecodeError, also for an unknown frame version */
export function decodeMetadataValue(schemas: Schemas, value: Buffer): Decoded {
  const reader = new Reader(value)
  const frame = reader.uvarint()
  if (frame !== FRAME_VERSION) reader.fail(`frame version ${frame}`, 0)
  const apiKey = reader.uvarint()
  const version = reader.uvarint()
  const found = schemas.record(apiKey)
  if (!found || !within(found.versions, version)) return unknown(apiKey, version, reader.bytes(reader.remaining))
  const codec = schemas.codec(found.schema.name, version)
  return decoded(found.type, codec, decode(codec, value, reader.position))
}

/** A control record: its kind is in the key. @throws DecodeError */
export function decodeControl(schemas: Schemas, key: Buffer, value: Buffer): Decoded {
  const reader = new Reader(key)
  reader.int16()
  const kind = reader.int16()
  const control = CONTROL_TYPES[kind]
  // every such message begins with the int16 of its own version, whatever the version
  const version = new Reader(value).int16()
  if (!control || !within(schemas.versions(control.message), version)) return unknown(kind, version, value)
  const codec = schemas.codec(control.message, version)
  return decoded(control.type, codec, decode(codec, value))
}

function decodeRecord(schemas: Schemas, batch: Batch, record: LogRecord): Decoded {
  if (record.value === null) throw new DecodeError('a metadata record without a value', 0)
  if (!batch.control) return decodeMetadataValue(schemas, record.value)
  if (record.key === null) throw new DecodeError('a control record without a key', 0)
  return decodeControl(schemas, record.key, record.value)
}

/** All records of one batch of the metadata log. @throws DecodeError naming the offset of the bad record */
export function metadataRecordsOf(schemas: Schemas, batch: Batch, budget?: Budget): MetadataRecord[] {
  return recordsOf(batch, budget).map((record) => {
    try {
      const { offset, timestamp } = record
      return { offset, epoch: batch.leaderEpoch, timestamp, ...decodeRecord(schemas, batch, record) }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      throw new DecodeError(`offset ${record.offset}: ${error.reason}`, batch.position)
    }
  })
}
