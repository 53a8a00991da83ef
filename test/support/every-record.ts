/** Records of every type and version of the metadata log with random fields, and segments of them in our encoding. */
import { encode, type Message } from '#labs/kafka/codec/codec.ts'
import { type FieldSchema, type MessageSchema, parseVersions, within } from '#labs/kafka/codec/schema.ts'
import type { Schemas } from '#labs/kafka/codec/schemas.ts'
import { Writer } from '#labs/kafka/codec/writer.ts'
import { encodeBatch } from '#labs/kafka/log/batch-writer.ts'

const FRAME_VERSION = 1
const CONTROL_KEY_VERSION = 0
/** org.apache.kafka.common.record.ControlRecordType */
const CONTROL_MESSAGES: Record<number, string> = {
  2: 'LeaderChangeMessage',
  3: 'SnapshotHeaderRecord',
  4: 'SnapshotFooterRecord',
  5: 'KRaftVersionRecord',
  6: 'VotersRecord',
}

/** mulberry32: the same numbers for the same seed, from 0 to below `bound` */
export function randomNumbers(seed: number): (bound: number) => number {
  let state = seed >>> 0
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound
  }
}

const LETTERS = [
  'a',
  'Z',
  '-',
  '_',
  '.',
  ' ',
  '"',
  '\\',
  '/',
  '\n',
  '\t',
  '\u0001',
  'ä',
  '€',
  '中',
  '😀',
  '\u2028',
  '\u007f',
]
/** Where one more or less is written in another way, or is no exact number any more. */
const INT64 = [
  0n,
  1n,
  -1n,
  255n,
  2n ** 31n,
  -(2n ** 31n),
  2n ** 53n - 1n,
  2n ** 53n,
  -(2n ** 53n),
  2n ** 63n - 1n,
  -(2n ** 63n),
]
const FLOAT64 = [0, 1, -1.5, 1e-7, 123_456_789.125, 1e21, 1e300, 5e-324, 2 ** 53, Number.NaN, Infinity, -Infinity]
/** One more than a length or tag of a byte can say. */
const LONG = 128

type Kind = 'defaults' | 'full' | 'random'

/** A message with the fields of one version. */
function randomMessage(schema: MessageSchema, version: number, kind: Kind, next: (bound: number) => number): Message {
  const structs = new Map((schema.commonStructs ?? []).map(({ name, fields }) => [name, fields]))
  const bits = (bytes: number): bigint => {
    let value = 0n
    for (let at = 0; at < bytes; at++) value = (value << 8n) | BigInt(next(256))
    return value
  }
  const signed = (bytes: number): number => Number(BigInt.asIntN(bytes * 8, bits(bytes)))
  const length = (): number => (kind === 'random' && next(40) === 0 ? LONG + next(LONG) : next(4))
  const int64 = (): number | bigint => {
    const value = next(2) === 0 ? (INT64[next(INT64.length)] as bigint) : BigInt.asIntN(64, bits(8))
    return Number.isSafeInteger(Number(value)) ? Number(value) : value
  }
  const one = (type: string, fields: FieldSchema[] | undefined): unknown => {
    if (type.startsWith('[]')) {
      const count = kind === 'full' ? 2 : length()
      return Array.from({ length: count }, () => one(type.slice(2), fields))
    }
    switch (type) {
      case 'bool':
        return next(2) === 0
      case 'string':
        return Array.from({ length: length() * 3 }, () => LETTERS[next(LETTERS.length)]).join('')
      case 'bytes':
        return Buffer.from(Array.from({ length: length() * 3 }, () => next(256)))
      case 'uuid':
        return Buffer.from(Array.from({ length: 16 }, () => next(256))).toString('base64url')
      case 'float64':
        return FLOAT64[next(FLOAT64.length)]
      case 'int64':
        return int64()
      case 'uint16':
        return Number(bits(2))
      case 'int8':
        return signed(1)
      case 'int16':
        return signed(2)
      case 'int32':
        return signed(4)
      default:
        return struct(fields ?? structs.get(type) ?? [])
    }
  }
  const struct = (fields: FieldSchema[]): Message => {
    const message: Message = {}
    for (const field of fields) {
      if (!within(parseVersions(field.versions), version)) continue
      if (kind === 'random' && next(4) === 0) continue
      const nullable = within(parseVersions(field.nullableVersions), version)
      const name = field.name.charAt(0).toLowerCase() + field.name.slice(1)
      message[name] = kind === 'random' && nullable && next(4) === 0 ? null : one(field.type, field.fields)
    }
    return message
  }
  return kind === 'defaults' ? {} : struct(schema.fields)
}

/** A record's value as it lies in the log. */
function enveloped(apiKey: number, version: number, message: Buffer): Buffer {
  const writer = new Writer()
  for (const value of [FRAME_VERSION, apiKey, version]) writer.uvarint(value)
  writer.raw(message)
  return writer.finish()
}

/** A record's value as it lies in the log, of the record named as in Kafka's schemas. */
export const framed = (schemas: Schemas, name: string, message: Message, version = 0): Buffer =>
  enveloped(Number(schemas.message(name).apiKey), version, encode(schemas.codec(name, version), message))

/** Kafka writes and reads LeaderChange as version 0 alone, whatever its schema has (ControlRecordUtils): its own tool
 *  stumbles over the other. */
const LEADER_CHANGE_VERSION = 0

const PARTITION_CHANGE = 5
const TOPIC = 2
/** What our encoder would not write: tagged fields at their default or unknown, and text that is no UTF-8 (but no
 *  surrogates in it: Java makes one replacement character of their three bytes, we three; Kafka writes none). */
const ODD_VALUES = [
  // isr (tag 0) present and null, then a tag of a later version
  enveloped(PARTITION_CHANGE, 0, Buffer.concat([Buffer.alloc(20, 1), Buffer.from([2, 0, 1, 0, 99, 3, 1, 2, 3])])),
  // leader (tag 1) present at its default
  enveloped(PARTITION_CHANGE, 0, Buffer.concat([Buffer.alloc(20, 1), Buffer.from([1, 1, 4, 0xff, 0xff, 0xff, 0xfe])])),
  ...['ff', '61c3', 'e282', 'f09f98', 'c0af', '80', 'f4908080'].map((hex) => {
    const name = Buffer.from(`${hex}62`, 'hex')
    return enveloped(
      TOPIC,
      0,
      Buffer.concat([Buffer.from([name.length + 1]), name, Buffer.alloc(16, 7), Buffer.from([0])]),
    )
  }),
]

export type EveryRecord = {
  /** all that the schemas have, as `TYPE version` */
  kinds: Set<string>
  values: Buffer[]
  controls: { key: Buffer; value: Buffer }[]
}

/** Every type in every version: once with all at its default, once with all fields set, and `rounds` times at random. */
export function everyRecord(schemas: Schemas, seed: number, rounds: number): EveryRecord {
  const next = randomNumbers(seed)
  const kinds = new Set<string>()
  const values = [...ODD_VALUES]
  const controls: EveryRecord['controls'] = []
  const forms: Kind[] = ['defaults', 'full', ...Array.from({ length: rounds }, () => 'random' as const)]
  const each = (name: string, type: string, write: (version: number, message: (kind: Kind) => Message) => void) => {
    const { lowest, highest } =
      type === 'LeaderChange' ? { lowest: 0, highest: LEADER_CHANGE_VERSION } : schemas.versions(name)
    for (let version = lowest; version <= highest; version++) {
      kinds.add(`${type} ${version}`)
      write(version, (kind) => randomMessage(schemas.message(name), version, kind, next))
    }
  }
  for (const { schema, type } of schemas.records())
    each(schema.name, type, (version, message) => {
      for (const kind of forms) values.push(framed(schemas, schema.name, message(kind), version))
    })
  for (const [kind, name] of Object.entries(CONTROL_MESSAGES))
    each(name, controlType(name), (version, message) => {
      const key = Buffer.from([0, CONTROL_KEY_VERSION, 0, Number(kind)])
      const codec = schemas.codec(name, version)
      for (const form of forms) controls.push({ key, value: encode(codec, { ...message(form), version }) })
    })
  return { kinds, values, controls }
}

/** As kafka-dump-log names it. */
export const controlType = (message: string): string =>
  message === 'VotersRecord' ? 'KRaftVoters' : message.replace(/(Record|Message)$/, '')

/** A segment: batches of up to `perBatch` records, each control record in one of its own, with growing offsets and epochs. */
export function segmentOf({ values, controls }: EveryRecord, perBatch: number): Buffer {
  const batches: Buffer[] = []
  let baseOffset = 0
  const add = (records: Parameters<typeof encodeBatch>[0], control: boolean): void => {
    const epoch = batches.length
    batches.push(encodeBatch(records, { baseOffset, epoch, timestamp: 1_700_000_000_000 + epoch, control }))
    baseOffset += records.length
  }
  for (let at = 0; at < values.length; at += perBatch)
    add(
      values.slice(at, at + perBatch).map((value) => ({ key: null, value })),
      false,
    )
  for (const control of controls) add([control], true)
  return Buffer.concat(batches)
}
