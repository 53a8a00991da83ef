/**
 * A metadata log as it lies on one host, or as the leader gives it: what the inspector shows. Nothing of it is in the
 * history: it is read for as long as somebody looks. Times are ms since 1970, sizes bytes.
 */
import { z } from 'zod'
import { logFile, metadataRecord } from './observation.ts'

/** Items of one page; a page is also bounded in bytes, so that it may have fewer. */
export const MAX_PAGE_ITEMS = 200
/** Of a page as JSON. */
export const MAX_PAGE_CHARS = 512 * 1_024

const offset = z.number().int().nonnegative()
const range = {
  baseOffset: offset,
  lastOffset: offset,
}

/** A record batch with all its records. */
export const logBatch = z.object({
  kind: z.literal('batch'),
  ...range,
  /** leader epoch */
  epoch: z.number().int(),
  /** the latest of its records */
  timestamp: z.number(),
  bytes: z.number().int(),
  control: z.boolean(),
  /** none, gzip, snappy, lz4, zstd */
  compression: z.string(),
  /** where it begins; null where it came over the wire */
  place: z.object({ file: z.string(), position: z.number().int() }).nullable(),
  records: z.array(metadataRecord),
  /** beyond what a page may have; the records are left out then */
  left: z.number().int(),
})
export type LogBatch = z.infer<typeof logBatch>

/** Batches of NoOpRecords alone that follow each other in one epoch: told together. */
export const logNoOps = z.object({
  kind: z.literal('no-ops'),
  ...range,
  epoch: z.number().int(),
  count: z.number().int(),
  bytes: z.number().int(),
  from: z.number(),
  timestamp: z.number(),
})

/** Bytes that are no batch: a wrong CRC, a bad length, an unknown format. What comes behind them is read on. */
export const logDamage = z.object({
  kind: z.literal('damage'),
  ...range,
  place: z.object({ file: z.string(), position: z.number().int() }).nullable(),
  bytes: z.number().int(),
  says: z.string(),
})

export const logItem = z.discriminatedUnion('kind', [logBatch, logNoOps, logDamage])
export type LogItem = z.infer<typeof logItem>

/** Which part of a log is wanted: its newest, what follows an offset, or what lies before one. */
export const logRange = z.discriminatedUnion('of', [
  z.object({ of: z.literal('end') }),
  /** all from this offset on */
  z.object({ of: z.literal('from'), offset }),
  /** the newest before this offset */
  z.object({ of: z.literal('before'), offset }),
])
export type LogRange = z.infer<typeof logRange>

export const logPage = z.object({
  host: z.string(),
  /** the leader's log over the wire, all others from their files */
  source: z.enum(['wire', 'files']),
  /** Another number: what was given before under an earlier one counts no more (a wiped disk, another log). */
  generation: z.number().int(),
  /** Oldest first and without holes, in the wanted range. Those from the high watermark on may be taken back. */
  items: z.array(logItem),
  /** there is more before the first item, behind the last */
  earlier: z.boolean(),
  later: z.boolean(),
  /** of the first record that is there */
  logStart: z.number().int().nullable(),
  /** one behind the last record that is there */
  logEnd: z.number().int().nullable(),
  /** as the cluster's leader told it last */
  highWatermark: z.number().int().nullable(),
  /** of this host's directory: segments, snapshots, and deleted ones until they are gone; null where there is none */
  files: z.array(logFile).nullable(),
  /** why something is missing, in a sentence; empty where nothing is */
  says: z.string(),
})
export type LogPage = z.infer<typeof logPage>

/** A snapshot's file on a host, or the state that follows from all that was seen of the log. */
export const stateSource = z.discriminatedUnion('of', [
  z.object({ of: z.literal('snapshot'), host: z.string(), file: z.string() }),
  z.object({ of: z.literal('live') }),
])
export type StateSource = z.infer<typeof stateSource>

/**
 * The cluster's metadata as a tree. Keys name things as Kafka does, in order; a leaf is a value of a record. `features` →
 * name; `brokers` → id; `topics` → name → `partitions` → index; `configs` → `topic orders` → name; and so on
 * (labs/kafka/metadata/image.ts has all).
 */
export type MetadataTree = { [name: string]: MetadataTree | MetadataLeaf }
export type MetadataLeaf = string | number | boolean | null | (string | number | boolean | null)[]
export const metadataTree: z.ZodType<MetadataTree> = z.record(
  z.string(),
  z.lazy(() => z.union([metadataTree, leaf])),
)
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])
const leaf = z.union([scalar, z.array(scalar)])

/** One difference between two trees. `was` is absent for what was added, `is` for what was removed. */
export const treeChange = z.object({
  path: z.array(z.string()).min(1),
  kind: z.enum(['added', 'removed', 'changed']),
  was: z.union([metadataTree, leaf]).optional(),
  is: z.union([metadataTree, leaf]).optional(),
})
export type TreeChange = z.infer<typeof treeChange>

/** A state to look at, and at which offset it is. */
export const stateView = z.object({
  source: stateSource,
  /** one behind the last record in it */
  endOffset: z.number().int(),
  epoch: z.number().int().nullable(),
  /** when the last record in it was appended, ms since 1970 */
  timestamp: z.number().nullable(),
  records: z.number().int(),
  tree: metadataTree,
  /** what is missing in it, in a sentence; empty where nothing is */
  says: z.string(),
})
export type StateView = z.infer<typeof stateView>

/** A snapshot plus the log after it, both from the host's files, held against what was seen over the wire. */
export const stateProof = z.object({
  host: z.string(),
  file: z.string(),
  snapshotEnd: z.number().int(),
  /** records of the log that were applied after it, and up to where */
  applied: z.number().int(),
  endOffset: z.number().int(),
  equal: z.boolean(),
  /** where they differ: was = from the files, is = as seen */
  changes: z.array(treeChange),
  says: z.string(),
})
export type StateProof = z.infer<typeof stateProof>

/** What the log got between a command's start and its end. */
export const commandChange = z.object({
  /** the command's event on the timeline */
  seq: z.number().int(),
  /** Offsets of the first and the last record of that time; null where there is none but NoOps. */
  first: z.number().int().nullable(),
  last: z.number().int().nullable(),
  /** in words, a line for each thing that happened */
  says: z.array(z.string()),
  /** without NoOps, at most 500 */
  records: z.array(metadataRecord),
  /** beyond those */
  left: z.number().int(),
  /** the state before, and after */
  changes: z.array(treeChange),
  /** other commands that ran in the same time: their changes cannot be told apart; `seq` and what was typed */
  overlaps: z.array(z.object({ seq: z.number().int(), says: z.string() })),
})
export type CommandChange = z.infer<typeof commandChange>
