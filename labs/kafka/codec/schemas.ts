import { type Codec, compile } from './codec.ts'
import { type MessageSchema, parseVersions, readSchemas, type SchemaFile, type Versions, within } from './schema.ts'

/** org.apache.kafka.message.MessageGenerator.toSnakeCase, then upper case: `PartitionRecord` → `PARTITION_RECORD`. */
export const upperSnakeCase = (name: string): string => name.replace(/(?<=[^A-Z])[A-Z]/g, '_$&').toUpperCase()

/** Tiered storage keeps its own records, of the same type and with the same API keys, in `__remote_log_metadata`. */
const TIERED_STORAGE = /^Remote(Log|Partition)/

export type RecordSchema = { schema: MessageSchema; type: string; versions: Versions }

/** What a record is, and how it is read: not at all (`codec` null) if it is of a later Kafka. */
export type RecordKind = { apiKey: number; version: number; type: string; codec: Codec | null }
export const UNKNOWN = 'UNKNOWN'

/** All messages of one Kafka version. Readers and writers are compiled when first asked for, and kept. */
export class Schemas {
  readonly #messages = new Map<string, MessageSchema>()
  /** by name, then by version */
  readonly #codecs = new Map<string, Codec[]>()
  readonly #recordsByKey = new Map<number, RecordSchema>()
  /** those that were met, by api key, then by version */
  readonly #kinds: RecordKind[][] = []

  constructor(file: SchemaFile) {
    for (const message of [...Object.values(file.requests), ...Object.values(file.records)])
      this.#messages.set(message.name, message)
    for (const schema of Object.values(file.records))
      if (schema.type === 'metadata' && schema.apiKey !== undefined && !TIERED_STORAGE.test(schema.name))
        this.#recordsByKey.set(schema.apiKey, {
          schema,
          type: upperSnakeCase(schema.name),
          versions: parseVersions(schema.validVersions),
        })
  }

  /** @param path `installation.kafka.schemas` */
  static load(path: string): Schemas {
    return new Schemas(readSchemas(path))
  }

  message(name: string): MessageSchema {
    const found = this.#messages.get(name)
    if (!found) throw new Error(`Kafka's schemas have no message ${name}`)
    return found
  }

  names(): string[] {
    return [...this.#messages.keys()]
  }

  codec(name: string, version: number): Codec {
    const codecs = this.#codecs.get(name) ?? []
    const known = codecs[version]
    if (known) return known
    const compiled = compile(this.message(name), version)
    codecs[version] = compiled
    this.#codecs.set(name, codecs)
    return compiled
  }

  versions(name: string): Versions {
    return parseVersions(this.message(name).validVersions)
  }

  /** The record of `__cluster_metadata` with this api key, or undefined for one of a later Kafka. */
  record(apiKey: number): RecordSchema | undefined {
    return this.#recordsByKey.get(apiKey)
  }

  /** Asked for each record of a log. */
  recordKind(apiKey: number, version: number): RecordKind {
    const met = this.#kinds[apiKey]?.[version]
    if (met) return met
    const found = this.record(apiKey)
    if (!found || !within(found.versions, version)) return { apiKey, version, type: UNKNOWN, codec: null }
    const kind = { apiKey, version, type: found.type, codec: this.codec(found.schema.name, version) }
    const kinds = this.#kinds[apiKey] ?? []
    kinds[version] = kind
    this.#kinds[apiKey] = kinds
    return kind
  }

  /** All records of `__cluster_metadata`. */
  records(): RecordSchema[] {
    return [...this.#recordsByKey.values()]
  }
}
