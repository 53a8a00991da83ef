import { describe, expect, it } from 'vitest'
import { readInstallation } from '#config/installation.ts'
import { decode, encode, type Message } from '#labs/kafka/codec/codec.ts'
import { DecodeError, EncodeError } from '#labs/kafka/codec/errors.ts'
import { Reader } from '#labs/kafka/codec/reader.ts'
import { type MessageSchema, parseVersions } from '#labs/kafka/codec/schema.ts'
import { Schemas, upperSnakeCase } from '#labs/kafka/codec/schemas.ts'
import { Writer } from '#labs/kafka/codec/writer.ts'

const schemas = Schemas.load(readInstallation(process.cwd()).kafka.schemas)

const ofType = (schema: Partial<MessageSchema>): Schemas => {
  const message = { name: 'Test', type: 'data', validVersions: '0-3', flexibleVersions: '2+', fields: [], ...schema }
  return new Schemas({ requests: { Test: message }, records: {} })
}

describe('every message and version of the installed Kafka', () => {
  const all = schemas.names().flatMap((name) => {
    const { lowest, highest } = schemas.versions(name)
    return Array.from({ length: Math.max(0, highest - lowest + 1) }, (_, at) => ({ name, version: lowest + at }))
  })

  it('comes back as it was written', () => {
    expect(all.length).toBeGreaterThan(500)
    for (const { name, version } of all) {
      const codec = schemas.codec(name, version)
      const bytes = encode(codec, {})
      const message = decode(codec, bytes)
      expect(encode(codec, message), `${name} v${version}`).toEqual(bytes)
      codec.toJson(message)
    }
  })

  it('comes back with something in every field', () => {
    for (const { name, version } of all) {
      const codec = schemas.codec(name, version)
      const full = fill(schemas.message(name), version)
      const message = decode(codec, encode(codec, full))
      expect(message, `${name} v${version}`).toEqual(full)
    }
  })

  it('never takes random bytes for anything but a message or a DecodeError', () => {
    let random = 1
    const next = (): number => {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0
      return random >>> 16
    }
    for (const { name, version } of all) {
      const codec = schemas.codec(name, version)
      const original = encode(codec, fill(schemas.message(name), version))
      for (let round = 0; round < 20; round++) {
        const bytes = Buffer.from(original)
        for (let change = 0; change < 1 + (round % 4) && bytes.length > 0; change++)
          bytes[next() % bytes.length] = round % 2 ? 0xff : next() & 0xff
        try {
          decode(codec, round % 5 === 0 ? bytes.subarray(0, next() % (bytes.length + 1)) : bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError)
        }
      }
    }
  })
})

/** A message with a value that is not the default in each field of a version. */
function fill(schema: MessageSchema, version: number): Message {
  const structs = new Map((schema.commonStructs ?? []).map((struct) => [struct.name, struct.fields]))
  const value = (type: string, fields: MessageSchema['fields'] | undefined): unknown => {
    if (type.startsWith('[]')) return [value(type.slice(2), fields)]
    switch (type) {
      case 'bool':
        return true
      case 'string':
        return 'ä€x'
      case 'bytes':
      case 'records':
        return Buffer.from([1, 2, 255])
      case 'uuid':
        return 'AAECAwQFBgcICQoLDA0ODw'
      case 'float64':
        return -1.5
      case 'int64':
        return -9_007_199_254_740_991
      case 'uint32':
        return 4_000_000_000
      case 'uint16':
        return 65_000
      case 'int8':
        return -7
      case 'int16':
      case 'int32':
        return -77
      default:
        return struct(fields ?? structs.get(type) ?? [])
    }
  }
  const struct = (fields: MessageSchema['fields']): Message =>
    Object.fromEntries(
      fields
        .filter((field) => {
          const { lowest, highest } = parseVersions(field.versions ?? '0+')
          return version >= lowest && version <= highest
        })
        .map((field) => [field.name.charAt(0).toLowerCase() + field.name.slice(1), value(field.type, field.fields)]),
    )
  return struct(schema.fields)
}

describe('the primitive types', () => {
  it.each([
    0,
    1,
    -1,
    2 ** 31,
    -(2 ** 31),
    2 ** 53 - 1,
    -(2 ** 53 - 1),
    2n ** 53n,
    -(2n ** 53n),
    2n ** 63n - 1n,
    -(2n ** 63n),
  ])('int64 and varlong %s', (value) => {
    const writer = new Writer()
    writer.int64(value)
    writer.varlong(value)
    const reader = new Reader(writer.finish())
    expect(reader.int64()).toBe(value)
    expect(reader.varlong()).toBe(value)
    expect(reader.remaining).toBe(0)
  })

  it.each([0, 1, -1, 63, -64, 64, 2 ** 31 - 1, -(2 ** 31)])('varint %s', (value) => {
    const writer = new Writer()
    writer.varint(value)
    expect(new Reader(writer.finish()).varint()).toBe(value)
  })

  it.each([0, 127, 128, 16_384, 2 ** 31, 2 ** 32 - 1])('uvarint %s', (value) => {
    const writer = new Writer()
    writer.uvarint(value)
    expect(new Reader(writer.finish()).uvarint()).toBe(value)
  })

  it('varints that do not end are refused', () => {
    expect(() => new Reader(Buffer.alloc(20, 0xff)).uvarint()).toThrow('a varint of more than 32 bits at byte 0')
    expect(() => new Reader(Buffer.alloc(20, 0xff)).varlong()).toThrow('a varlong of more than 64 bits at byte 0')
    expect(() => new Reader(Buffer.from([0xff])).uvarint()).toThrow(DecodeError)
  })
})

describe('what bytes claim', () => {
  const lists = ofType({
    fields: [
      { name: 'Numbers', type: '[]int32', versions: '0+' },
      { name: 'Structs', type: '[]Thing', versions: '0+', fields: [{ name: 'Id', type: 'int8', versions: '9+' }] },
      { name: 'Text', type: 'string', versions: '0+' },
    ],
  })

  it('a length beyond the bytes that are there', () => {
    const codec = lists.codec('Test', 0)
    const huge = Buffer.from([0x7f, 0xff, 0xff, 0xff])
    expect(() => decode(codec, huge)).toThrow('an array of 2147483647 elements in 0 bytes at byte 4')
    const negative = Buffer.from([0xff, 0xff, 0xff, 0xfe])
    expect(() => decode(codec, negative)).toThrow('an array of -2 elements')
  })

  it('elements that take no bytes at all are bounded too', () => {
    const bytes = Buffer.from([0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff])
    expect(() => decode(lists.codec('Test', 0), bytes)).toThrow('more elements than a message may have')
  })

  it('a null where there may be none', () => {
    expect(() => decode(lists.codec('Test', 0), Buffer.from([0xff, 0xff, 0xff, 0xff]))).toThrow('Test.numbers is null')
  })

  it('bytes left over', () => {
    const codec = lists.codec('Test', 2)
    const bytes = Buffer.concat([encode(codec, {}), Buffer.from([7])])
    expect(() => decode(codec, bytes)).toThrow('1 bytes left over after Test v2')
  })
})

describe('tagged fields', () => {
  const tagged = ofType({
    fields: [
      { name: 'Plain', type: 'int8', versions: '0+' },
      { name: 'Late', type: 'int32', versions: '2+', taggedVersions: '2+', tag: 3, default: '-1' },
      {
        name: 'List',
        type: '[]int32',
        versions: '2+',
        nullableVersions: '2+',
        taggedVersions: '2+',
        tag: 1,
        default: null,
      },
    ],
  })

  it('are left out at their default, in order of their tags otherwise', () => {
    const codec = tagged.codec('Test', 2)
    expect(encode(codec, { plain: 5, late: -1, list: null })).toEqual(Buffer.from([5, 0]))
    const bytes = encode(codec, { plain: 5, late: 9, list: [] })
    expect(bytes).toEqual(Buffer.from([5, 2, 1, 1, 1, 3, 4, 0, 0, 0, 9]))
    expect(decode(codec, bytes)).toEqual({ plain: 5, late: 9, list: [] })
    expect(codec.toJson({ plain: 5, late: -1, list: [] })).toEqual({ plain: 5, list: [] })
  })

  it('unknown ones are passed over, and those of a wrong size refused', () => {
    const codec = tagged.codec('Test', 2)
    expect(decode(codec, Buffer.from([5, 1, 9, 2, 0, 0]))).toEqual({ plain: 5, late: -1, list: null })
    expect(() => decode(codec, Buffer.from([5, 1, 3, 5, 0, 0, 0, 9, 1]))).toThrow(
      'tagged field late is not of its size',
    )
    expect(() => decode(codec, Buffer.from([5, 1, 9, 0x7f, 0]))).toThrow('a tagged field of 127 bytes in 1')
  })

  it('a field that the version lacks is refused unless it may be ignored', () => {
    expect(() => encode(tagged.codec('Test', 0), { late: 9 })).toThrow(EncodeError)
    expect(() => encode(tagged.codec('Test', 0), { typo: 9 })).toThrow('Test version 0 has no field typo')
  })
})

it('record types are named as kafka-dump-log names them', () => {
  expect(['PartitionChangeRecord', 'NoOpRecord', 'ClearElrRecord'].map(upperSnakeCase)).toEqual([
    'PARTITION_CHANGE_RECORD',
    'NO_OP_RECORD',
    'CLEAR_ELR_RECORD',
  ])
})
