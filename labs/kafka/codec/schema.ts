/** Kafka's message definitions, as they lie as JSON in its own jars, and the version ranges in them. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

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
  tag?: number | undefined
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

const field: z.ZodType<FieldSchema> = z.lazy(() =>
  z.object({
    name: z.string(),
    type: z.string(),
    versions: z.string().optional(),
    nullableVersions: z.string().optional(),
    taggedVersions: z.string().optional(),
    flexibleVersions: z.string().optional(),
    tag: z.number().int().optional(),
    ignorable: z.boolean().optional(),
    default: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
    fields: z.array(field).optional(),
  }),
)
const message = z.object({
  name: z.string(),
  type: z.string(),
  apiKey: z.number().int().optional(),
  validVersions: z.string(),
  flexibleVersions: z.string().optional(),
  latestVersionUnstable: z.boolean().optional(),
  // left out of messages that were removed
  fields: z.array(field).default([]),
  commonStructs: z
    .array(z.object({ name: z.string(), versions: z.string().optional(), fields: z.array(field) }))
    .optional(),
})
const schemaFile = z.object({ requests: z.record(z.string(), message), records: z.record(z.string(), message) })

/** requests: those of kafka-clients (headers and control records too); records: those of kafka-metadata. */
export type SchemaFile = z.infer<typeof schemaFile>

/** Reads `installation.kafka.schemas`. @throws Error naming the file if it is not what set-up writes */
export function readSchemas(path: string): SchemaFile {
  const parsed = schemaFile.safeParse(JSON.parse(readFileSync(path, 'utf8')))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new Error(`${path}: ${issue?.path.join('.')}: ${issue?.message}`)
  }
  return parsed.data
}
