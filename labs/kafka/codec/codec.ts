/**
 * Compiles one version of one of Kafka's messages into a reader and a writer
 * (after org.apache.kafka.message.MessageDataGenerator).
 *
 * A message is a plain object with the fields of that version alone, named as Kafka's JSON names them (camel case).
 * int64 is a number where exact, else a bigint; uuid is base64url text; bytes and records are Buffers, views of what
 * was decoded; null stands where the schema allows it. Tagged fields that were absent have their defaults.
 */
import { EncodeError } from './errors.ts'
import { Fragment, JsonWriter } from './json-writer.ts'
import { type Print, Printer } from './printer.ts'
import { type Int64, Reader } from './reader.ts'
import { type FieldSchema, type MessageSchema, parseVersions, type StructSchema, within } from './schema.ts'
import { UUID_BYTES, ZERO_UUID } from './uuid.ts'
import { Writer } from './writer.ts'

// biome-ignore lint/suspicious/noExplicitAny: its shape is in Kafka's schema, known at run time only
export type Message = Record<string, any>

export type Codec = {
  name: string
  version: number
  flexible: boolean
  /** Reads one message and leaves the reader behind it. @throws DecodeError */
  read(reader: Reader): Message
  /** Missing fields take their defaults. @throws EncodeError for a field that the version does not have */
  write(writer: Writer, message: Message): void
  /** As Kafka's generated JsonConverter gives it: tagged defaults left out, bytes in base64. int64 stays as it is. */
  toJson(message: Message): unknown
  /** Reads one message and writes at once what `toJson` would give: some times quicker, for whole logs. @throws DecodeError */
  print(reader: Reader, json: JsonWriter): void
}

type Type = {
  read(reader: Reader): unknown
  write(writer: Writer, value: unknown): void
  toJson(value: unknown): unknown
  /** Adds the code that reads one and writes what `toJson` would give. */
  print(to: Printer): void
  /** bytes of the shortest encoding */
  minimumBytes: number
  fallback(): unknown
}

type Field = Type & { name: string; tag: number | null }

/** Kafka's own definitions nest six deep at most. */
const MAX_NESTING = 32

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)
const same = (value: unknown): unknown => value
/** What JSON has no number for is a text there, as Kafka's JSON library (Jackson) prints it. */
const floatToJson = (value: unknown): unknown => (Number.isFinite(value) ? value : String(value))

type Primitive = {
  read(reader: Reader): unknown
  write(writer: Writer, value: never): void
  /** code */
  print: string
  bytes: number
  zero: unknown
}

const PRIMITIVES: Record<string, Primitive> = {
  bool: {
    read: (r) => r.bool(),
    write: (w, v: boolean) => w.bool(v),
    print: 'json.bool(reader.bool())',
    bytes: 1,
    zero: false,
  },
  int8: {
    read: (r) => r.int8(),
    write: (w, v: number) => w.int8(v),
    print: 'json.int(reader.int8())',
    bytes: 1,
    zero: 0,
  },
  int16: {
    read: (r) => r.int16(),
    write: (w, v: number) => w.int16(v),
    print: 'json.int(reader.int16())',
    bytes: 2,
    zero: 0,
  },
  uint16: {
    read: (r) => r.uint16(),
    write: (w, v: number) => w.uint16(v),
    print: 'json.int(reader.uint16())',
    bytes: 2,
    zero: 0,
  },
  int32: {
    read: (r) => r.int32(),
    write: (w, v: number) => w.int32(v),
    print: 'json.int(reader.int32())',
    bytes: 4,
    zero: 0,
  },
  uint32: {
    read: (r) => r.uint32(),
    write: (w, v: number) => w.uint32(v),
    print: 'json.int(reader.uint32())',
    bytes: 4,
    zero: 0,
  },
  int64: {
    read: (r) => r.int64(),
    write: (w, v: Int64) => w.int64(v),
    print: 'json.value(reader.int64())',
    bytes: 8,
    zero: 0,
  },
  float64: {
    read: (r) => r.float64(),
    write: (w, v: number) => w.float64(v),
    print: 'json.value(reader.float64())',
    bytes: 8,
    zero: 0,
  },
  uuid: {
    read: (r) => r.uuid(),
    write: (w, v: string) => w.uuid(v),
    print: `json.uuid(reader.buffer, reader.take(${UUID_BYTES}))`,
    bytes: UUID_BYTES,
    zero: ZERO_UUID,
  },
}

/** How a length or count is written: a byte more in the flexible encoding says null by 0, the older ones by -1. */
type Length = {
  read(reader: Reader): number
  /** `read` as code */
  code: string
  write(writer: Writer, length: number): void
  bytes: number
}
const COMPACT: Length = {
  read: (r) => r.uvarint() - 1,
  code: 'reader.uvarint() - 1',
  write: (w, n) => w.uvarint(n + 1),
  bytes: 1,
}
const SHORT: Length = { read: (r) => r.int16(), code: 'reader.int16()', write: (w, n) => w.int16(n), bytes: 2 }
const LONG: Length = { read: (r) => r.int32(), code: 'reader.int32()', write: (w, n) => w.int32(n), bytes: 4 }

/** Code for what has a length before it, or is null. @param body of the length's name in it */
function printCounted(
  to: Printer,
  length: Length,
  nullable: boolean,
  what: string,
  body: (size: string) => void,
): void {
  const size = to.name()
  to.add(`const ${size} = ${length.code}`)
  if (nullable) to.add(`if (${size} === -1) json.null()\nelse {`)
  else to.add(`if (${size} === -1) ${to.fail(`${what} is null`)}\n{`)
  body(size)
  to.add('}')
}

function parseDefault(field: FieldSchema, nullable: boolean): unknown {
  const given = field.default
  if (given === undefined) return undefined
  if (given === null || given === 'null') {
    if (!nullable) throw new Error(`${field.name}: null is the default of a field that cannot be null`)
    return null
  }
  switch (field.type) {
    case 'string':
      return String(given)
    case 'bool':
      return given === true || given === 'true'
    case 'float64':
      return Number(given)
    case 'int64': {
      const value = BigInt(given)
      const asNumber = Number(value)
      return Number.isSafeInteger(asNumber) ? asNumber : value
    }
    default:
      if (field.type in PRIMITIVES && field.type !== 'uuid') return Number(given)
      return given === '' ? undefined : given
  }
}

function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Buffer.isBuffer(a) && Buffer.isBuffer(b)) return a.equals(b)
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, at) => equal(item, b[at]))
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    const keys = Object.keys(b)
    return Object.keys(a).length === keys.length && keys.every((key) => equal((a as Message)[key], (b as Message)[key]))
  }
  // an int64 may come as either
  return (typeof a === 'bigint' || typeof b === 'bigint') && String(a) === String(b)
}

class Compiler {
  readonly #version: number
  readonly #common: Map<string, StructSchema>

  constructor(
    readonly message: MessageSchema,
    version: number,
  ) {
    this.#version = version
    this.#common = new Map((message.commonStructs ?? []).map((struct) => [struct.name, struct]))
  }

  compile(): Codec {
    const version = this.#version
    if (!within(parseVersions(this.message.validVersions), version))
      throw new EncodeError(`${this.message.name} has no version ${version}`)
    const flexible = within(parseVersions(this.message.flexibleVersions), version)
    const body = this.#struct(this.message.fields, flexible, 0)
    // made when first needed: most messages are never printed
    let print: Print | undefined
    return {
      name: this.message.name,
      version,
      flexible,
      read: body.read as Codec['read'],
      write: body.write,
      toJson: body.toJson,
      print(reader, json) {
        print ??= printerOf(body)
        print(reader, json)
      },
    }
  }

  #struct(schemas: FieldSchema[], flexible: boolean, depth: number): Type {
    if (depth > MAX_NESTING) throw new Error(`${this.message.name} nests more than ${MAX_NESTING} deep`)
    const version = this.#version
    const present = schemas.filter((field) => within(parseVersions(field.versions ?? '0+'), version))
    const fields = present.map((field) => this.#field(field, flexible, depth))
    const plain = fields.filter((field) => field.tag === null)
    const tagged = fields.filter((field) => field.tag !== null).sort((a, b) => Number(a.tag) - Number(b.tag))
    const byTag = new Map(tagged.map((field) => [field.tag, field]))
    const byName = new Map(fields.map((field) => [field.name, field]))
    const ignorable = new Map(
      schemas.filter((field) => !present.includes(field)).map((field) => [lowerFirst(field.name), field.ignorable]),
    )
    const name = this.message.name

    const read = (reader: Reader): Message => {
      const message: Message = {}
      for (const field of plain) message[field.name] = field.read(reader)
      if (!flexible) return message
      for (const field of tagged) message[field.name] = field.fallback()
      for (let left = reader.elements(reader.uvarint(), 2); left > 0; left--) {
        const tag = reader.uvarint()
        const size = reader.uvarint()
        const start = reader.position
        if (size > reader.remaining) reader.fail(`a tagged field of ${size} bytes in ${reader.remaining}`)
        const field = byTag.get(tag)
        if (!field) {
          reader.bytes(size)
          continue
        }
        message[field.name] = field.read(reader)
        if (reader.position !== start + size) reader.fail(`tagged field ${field.name} is not of its size`, start)
      }
      return message
    }

    const write = (writer: Writer, given: unknown): void => {
      if (typeof given !== 'object' || given === null) throw new EncodeError(`${name}: ${given} is not a struct`)
      const message = given as Message
      for (const key of Object.keys(message))
        if (!byName.has(key) && !ignorable.get(key) && message[key] !== undefined)
          throw new EncodeError(`${name} version ${version} has no field ${key}`)
      for (const field of plain) field.write(writer, message[field.name] ?? orNull(message, field))
      if (!flexible) return
      const set = tagged.filter(
        (field) => message[field.name] !== undefined && !equal(message[field.name], field.fallback()),
      )
      writer.uvarint(set.length)
      for (const field of set) {
        const value = new Writer()
        field.write(value, message[field.name])
        writer.uvarint(Number(field.tag))
        writer.uvarint(value.length)
        writer.raw(value.finish())
      }
    }

    const toJson = (given: unknown): unknown => {
      const message = given as Message
      const json: Message = {}
      for (const field of fields) {
        const value = message[field.name]
        if (field.tag !== null && equal(value, field.fallback())) continue
        json[field.name] = field.toJson(value)
      }
      return json
    }

    const print = (to: Printer): void => printStruct(to, fields, flexible, (reader) => toJson(read(reader)))

    const minimumBytes = plain.reduce((sum, field) => sum + field.minimumBytes, flexible ? 1 : 0)
    const fallback = (): Message => Object.fromEntries(fields.map((field) => [field.name, field.fallback()]))
    return { read, write, toJson, print, minimumBytes, fallback }
  }

  #field(schema: FieldSchema, messageFlexible: boolean, depth: number): Field {
    const version = this.#version
    const nullable = within(parseVersions(schema.nullableVersions), version)
    const tagged = messageFlexible && within(parseVersions(schema.taggedVersions), version)
    const flexible =
      schema.flexibleVersions === undefined
        ? messageFlexible
        : messageFlexible && within(parseVersions(schema.flexibleVersions), version)
    const type = this.#type(schema, schema.type, nullable, flexible, depth)
    const preset = parseDefault(schema, nullable)
    const fallback = preset === undefined ? type.fallback : () => preset
    return { ...type, fallback, name: lowerFirst(schema.name), tag: tagged ? Number(schema.tag) : null }
  }

  #type(schema: FieldSchema, type: string, nullable: boolean, flexible: boolean, depth: number): Type {
    if (type.startsWith('[]')) return this.#array(schema, type.slice(2), nullable, flexible, depth)
    const primitive = PRIMITIVES[type]
    if (primitive)
      return {
        read: primitive.read,
        write: primitive.write as Type['write'],
        toJson: type === 'float64' ? floatToJson : same,
        print: (to) => to.add(primitive.print),
        minimumBytes: primitive.bytes,
        fallback: () => primitive.zero,
      }
    const what = `${this.message.name}.${lowerFirst(schema.name)}`
    if (type === 'string') {
      const length = flexible ? COMPACT : SHORT
      return {
        read(reader) {
          const size = length.read(reader)
          if (size === -1) return nullable ? null : reader.fail(`${what} is null`)
          return reader.text(size)
        },
        write(writer, value) {
          if (value === null) return writeNull(writer, length, nullable, what)
          const bytes = Buffer.from(String(value), 'utf8')
          if (bytes.length > 0x7fff) throw new EncodeError(`${what} is longer than 32767 bytes`)
          length.write(writer, bytes.length)
          writer.raw(bytes)
        },
        toJson: same,
        print: (to) =>
          printCounted(to, length, nullable, what, (size) =>
            to.add(`json.text(reader.buffer, reader.take(${size}), ${size})`),
          ),
        minimumBytes: length.bytes,
        fallback: () => '',
      }
    }
    if (type === 'bytes' || type === 'records') {
      const length = flexible ? COMPACT : LONG
      return {
        read(reader) {
          const size = length.read(reader)
          if (size === -1) return nullable ? null : reader.fail(`${what} is null`)
          return reader.bytes(size)
        },
        write(writer, value) {
          if (value === null) return writeNull(writer, length, nullable, what)
          const bytes = value as Uint8Array
          length.write(writer, bytes.length)
          writer.raw(bytes)
        },
        toJson: (value) => (Buffer.isBuffer(value) ? value.toString('base64') : value),
        print: (to) =>
          printCounted(to, length, nullable, what, (size) =>
            to.add(`json.base64(reader.buffer, reader.take(${size}), ${size})`),
          ),
        minimumBytes: length.bytes,
        fallback: () => Buffer.alloc(0),
      }
    }
    return this.#nested(schema, type, nullable, flexible, depth)
  }

  #nested(schema: FieldSchema, type: string, nullable: boolean, flexible: boolean, depth: number): Type {
    const fields = schema.fields ?? this.#common.get(type)?.fields
    if (!fields) throw new Error(`${this.message.name}: unknown type ${type}`)
    const struct = this.#struct(fields, flexible, depth + 1)
    if (!nullable) return struct
    return {
      read: (reader) => (reader.int8() < 0 ? null : struct.read(reader)),
      write(writer, value) {
        writer.int8(value === null ? -1 : 1)
        if (value !== null) struct.write(writer, value)
      },
      toJson: (value) => (value === null ? null : struct.toJson(value)),
      print(to) {
        to.add('if (reader.int8() < 0) json.null()\nelse {')
        struct.print(to)
        to.add('}')
      },
      minimumBytes: 1,
      fallback: struct.fallback,
    }
  }

  #array(schema: FieldSchema, of: string, nullable: boolean, flexible: boolean, depth: number): Type {
    const element = this.#type(schema, of, false, flexible, depth)
    const length = flexible ? COMPACT : LONG
    const what = `${this.message.name}.${lowerFirst(schema.name)}`
    return {
      read(reader) {
        const declared = length.read(reader)
        if (declared === -1) return nullable ? null : reader.fail(`${what} is null`)
        const count = reader.elements(declared, element.minimumBytes)
        const items: unknown[] = []
        for (let index = 0; index < count; index++) items.push(element.read(reader))
        return items
      },
      write(writer, value) {
        if (value === null) return writeNull(writer, length, nullable, what)
        const items = value as unknown[]
        length.write(writer, items.length)
        for (const item of items) element.write(writer, item)
      },
      toJson: (value) => (value === null ? null : (value as unknown[]).map(element.toJson)),
      print: (to) =>
        printCounted(to, length, nullable, what, (declared) => {
          const [count, index] = [to.name(), to.name()]
          to.add(`const ${count} = reader.elements(${declared}, ${element.minimumBytes})`)
          to.literal('[')
          to.add(`for (let ${index} = 0; ${index} < ${count}; ${index}++) {`)
          to.add(`if (${index} > 0) json.comma()`)
          element.print(to)
          to.add('}')
          to.literal(']')
        }),
      minimumBytes: length.bytes,
      fallback: () => [],
    }
  }
}

function printerOf(body: Type): Print {
  const to = new Printer()
  body.print(to)
  return to.finish()
}

/**
 * Prints the fields of a struct in the order of the schema, as they lie there: the plain ones, then the tagged ones.
 * @param slowly gives the JSON of what has to be read first, because that is not the schema's order
 */
function printStruct(to: Printer, fields: Field[], flexible: boolean, slowly: (reader: Reader) => unknown): void {
  const tagged = fields.filter((field) => field.tag !== null)
  const plain = fields.filter((field) => field.tag === null)
  const [start, length, struct] = [to.name(), to.name(), to.name()]
  if (tagged.length > 0) to.add(`const ${start} = reader.position, ${length} = json.length\n${struct}: {`)
  to.literal('{')
  for (const [place, field] of plain.entries()) {
    to.literal(`${place > 0 ? ',' : ''}${JSON.stringify(field.name)}:`)
    field.print(to)
  }
  if (flexible) {
    const readFirst = `reader.position = ${start}; json.truncate(${length}); json.value(${to.constant(slowly)}(reader)); break ${struct}`
    printTagged(to, fields, readFirst)
  }
  to.literal('}')
  if (tagged.length > 0) to.add('}')
}

function printTagged(to: Printer, fields: Field[], readFirst: string): void {
  const [left, last, none, tag, size, start] = Array.from({ length: 6 }, () => to.name())
  to.add(
    `let ${last} = ${fields.findLastIndex((field) => field.tag === null)}, ${none} = ${fields.every((field) => field.tag !== null)}`,
  )
  to.add(`for (let ${left} = reader.elements(reader.uvarint(), 2); ${left} > 0; ${left}--) {`)
  to.add(`const ${tag} = reader.uvarint(), ${size} = reader.uvarint(), ${start} = reader.position`)
  to.add(
    `if (${size} > reader.end - ${start}) reader.fail('a tagged field of ' + ${size} + ' bytes in ' + reader.remaining)`,
  )
  to.add(`switch (${tag}) {`)
  for (const [place, field] of fields.entries()) {
    if (field.tag === null) continue
    const [before, printed] = [to.name(), to.name()]
    const json = new JsonWriter()
    json.value(field.toJson(field.fallback()))
    const [first, next] = ['', ','].map((comma) => to.constant(new Fragment(`${comma}${JSON.stringify(field.name)}:`)))
    to.add(`case ${Number(field.tag)}: {`)
    to.add(`if (${place} <= ${last}) { ${readFirst} }`)
    to.add(`${last} = ${place}`)
    to.add(`const ${before} = json.length`)
    to.add(`json.raw(${none} ? ${first} : ${next})`)
    to.add(`const ${printed} = json.length`)
    field.print(to)
    to.add(
      `if (reader.position !== ${start} + ${size}) reader.fail(${to.constant(`tagged field ${field.name} is not of its size`)}, ${start})`,
    )
    to.add(`if (json.wrote(${printed}, ${to.constant(Buffer.from(json.view()))})) json.truncate(${before})`)
    to.add(`else ${none} = false`)
    to.add('break\n}')
  }
  to.add(`default: reader.take(${size})\n}\n}`)
}

/** `undefined` takes the default, an explicit null stays null. */
const orNull = (message: Message, field: Field): unknown => (message[field.name] === null ? null : field.fallback())

function writeNull(writer: Writer, length: Length, nullable: boolean, what: string): void {
  if (!nullable) throw new EncodeError(`${what} cannot be null`)
  length.write(writer, -1)
}

export const compile = (message: MessageSchema, version: number): Codec => new Compiler(message, version).compile()

/** Decodes a buffer that holds exactly one message. @throws DecodeError, also for bytes left over */
export function decode(codec: Codec, bytes: Buffer, start = 0): Message {
  const reader = new Reader(bytes, start)
  const message = codec.read(reader)
  if (reader.remaining > 0) reader.fail(`${reader.remaining} bytes left over after ${codec.name} v${codec.version}`)
  return message
}

export function encode(codec: Codec, message: Message): Buffer {
  const writer = new Writer()
  codec.write(writer, message)
  return writer.finish()
}
