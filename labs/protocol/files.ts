/** The directory of a host that a lab's editor shows: what may be named in it, how much, and how it is told. */
import { z } from 'zod'

/** Of the learner, on each host. */
export const HOME = '/home/learner'

export const EDITOR_CAPS = {
  /** files and directories together */
  entries: 200,
  /** of a path below the directory; a program's sources are not deeper */
  depth: 6,
  /** of one file */
  bytes: 256 * 1_024,
  pathChars: 200,
  /** of one part of a path; a name on Linux has 255, and what it is saved in first has one that is a little longer */
  nameBytes: 240,
}

/** Below the directory, and nowhere else: `src/Main.java`. */
export const filePath = z
  .string()
  .min(1)
  .max(EDITOR_CAPS.pathChars)
  .refine((path) => !/[\0-\x1f\x7f\ufffd]/.test(path), 'no control characters')
  .refine((path) => path.split('/').length <= EDITOR_CAPS.depth, `${EDITOR_CAPS.depth} names deep at most`)
  .refine((path) => path.split('/').every(isName), 'names with a slash between, none of them empty, . or ..')

const isName = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && new TextEncoder().encode(name).length <= EDITOR_CAPS.nameBytes

/** SHA-256 of a file's bytes, in hexadecimal. */
export const fileHash = z.string().regex(/^[0-9a-f]{64}$/)

/** `modified`: ms since 1970 */
const stamp = { bytes: z.number().int().nonnegative(), modified: z.number() }
export const directoryEntry = z.object({
  path: filePath,
  /** closed: a directory that its own rights keep from being read. other: a link, a pipe and the like. */
  kind: z.enum(['file', 'directory', 'closed', 'other']),
  ...stamp,
})
export type DirectoryEntry = z.infer<typeof directoryEntry>

export const directoryListing = z.object({
  entries: z.array(directoryEntry),
  /** there is more than that: beyond the caps, or of a name that cannot be written here */
  more: z.boolean(),
})
export type DirectoryListing = z.infer<typeof directoryListing>

/** Why not, in a sentence. */
const refused = z.object({ state: z.literal('refused'), says: z.string() })

export const listAnswer = z.discriminatedUnion('state', [
  z.object({ state: z.literal('listed'), listing: directoryListing }),
  refused,
])
export type ListAnswer = z.infer<typeof listAnswer>

export const readAnswer = z.discriminatedUnion('state', [
  z.object({ state: z.literal('text'), text: z.string(), hash: fileHash, ...stamp }),
  /** there is no such file */
  z.object({ state: z.literal('none') }),
  refused,
])
export type ReadAnswer = z.infer<typeof readAnswer>

export const saveAnswer = z.discriminatedUnion('state', [
  z.object({ state: z.literal('saved'), hash: fileHash }),
  /** It is not what it was when it was read, and was left alone; null: it is gone. */
  z.object({ state: z.literal('changed'), now: fileHash.nullable() }),
  refused,
])
export type SaveAnswer = z.infer<typeof saveAnswer>
