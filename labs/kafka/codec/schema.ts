/** Kafka's message definitions, as they lie as JSON in its own jars, and the version ranges in them. */
import { readFileSync } from 'node:fs'

export type Versions = { lowest: number; highest: number }
const NONE: Versions = { lowest: 0, highest: -1 }
const UNBOUNDED = 32_767

/** `"3"`, `"0-4"`, `"2+"`, `"none"` (org.apache.kafka.message.Versions). */
export function parseVersions(text: string | undefined): Versions {
  if (text === undefined || text === '' || text === 'none') return NONE
  const found = /^(\d+)(?:(\+)|-(\d+))?$/.exec(text.trim())
  if (!found) throw new Error(`"${text}" is not a range of versions`)
  const lowest = Number(found[1])
  return { lowest, highest: found[2] ? UNBOUNDED : Number(found[3] ?? lowest) }
}

export const within = (versions: Versions, version: number): boolean =>
  version >= versions.lowest && version <= versions.highest

export type FieldSchema = {
  name: string
  type: string
  versions?: string | undefined
  nullableVersions?: string | undefined
  taggedVersions?: string | undefined
  flexibleVersions?: string | undefined
  /** text in some of Kafka 3's */
  tag?: number | string | undefined
  ignorable?: boolean | undefined
  /** Kafka writes most of them as text, some as JSON values */
  default?: string | number | boolean | null | undefined
  fields?: FieldSchema[] | undefined
}
export type StructSchema = { name: string; versions?: string | undefined; fields: FieldSchema[] }
export type MessageSchema = {
  name: string
  type: string
  apiKey?: number | undefined
  validVersions: string
  flexibleVersions?: string | undefined
  latestVersionUnstable?: boolean | undefined
  fields: FieldSchema[]
  commonStructs?: StructSchema[] | undefined
}

/** requests: those of kafka-clients (headers and control records too); records: those of kafka-metadata. */
export type SchemaFile = { requests: Record<string, MessageSchema>; records: Record<string, MessageSchema> }

const isText = (value: unknown): value is string => typeof value === 'string'
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const TEXTS = ['versions', 'nullableVersions', 'taggedVersions', 'flexibleVersions'] as const

const isField = (value: unknown): boolean =>
  isObject(value) &&
  isText(value.name) &&
  isText(value.type) &&
  TEXTS.every((name) => value[name] === undefined || isText(value[name])) &&
  (value.fields === undefined || areFields(value.fields))
const areFields = (value: unknown): boolean => Array.isArray(value) && value.every(isField)
const isStruct = (value: unknown): boolean => isObject(value) && isText(value.name) && areFields(value.fields)

function isMessage(value: unknown): value is MessageSchema {
  // left out of messages that were removed
  if (isObject(value)) value.fields ??= []
  return (
    isStruct(value) &&
    isObject(value) &&
    isText(value.type) &&
    isText(value.validVersions) &&
    (value.apiKey === undefined || Number.isInteger(value.apiKey)) &&
    (value.commonStructs === undefined || (Array.isArray(value.commonStructs) && value.commonStructs.every(isStruct)))
  )
}

/**
 * Reads `installation.kafka.schemas`. Checked by hand: zod needs 40 ms for these 280 messages, as
 * long as Node needs to start, and `metadata dump` has little more.
 * @throws Error naming the file if it is not what set-up writes
 */
export function readSchemas(path: string): SchemaFile {
  const file: unknown = JSON.parse(readFileSync(path, 'utf8'))
  if (!isObject(file)) throw new Error(`${path} holds no message definitions`)
  for (const kind of ['requests', 'records']) {
    const messages = file[kind]
    if (!isObject(messages)) throw new Error(`${path}: ${kind} is missing`)
    for (const [name, message] of Object.entries(messages))
      if (!isMessage(message)) throw new Error(`${path}: ${kind}.${name} is no message definition`)
  }
  return file as SchemaFile
}
