/** A course's terms, as content/<course>/glossary.yaml defines them. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { readEnvironment } from '#config/environment.ts'
import { type ContentProblem, problemOf } from './content-problem.ts'

const text = z.string().min(1)

const entry = z.strictObject({
  term: text,
  /** other spellings; a plural with -s need not be among them */
  also: z.array(text).default([]),
  /** one to three sentences; `backticks` mark code */
  meaning: text,
  /** slug of the lesson where it is shown */
  lesson: z.string().regex(/^[a-z][a-z0-9-]*$/, 'the slug of a lesson'),
  kip: z.number().int().positive().optional(),
  /** too common a word to be marked in each lesson by itself */
  everyday: z.boolean().default(false),
})

const glossaryFile = z.array(entry).superRefine((entries, context) => {
  const seen = new Map<string, string>()
  for (const [at, { term, also }] of entries.entries())
    for (const spelling of [term, also].flat()) {
      const other = seen.get(normalised(spelling))
      if (other !== undefined)
        context.addIssue({ code: 'custom', path: [at, 'term'], message: `${spelling} is also a spelling of ${other}` })
      seen.set(normalised(spelling), term)
    }
})

/** `id`: the anchor of the term on the glossary's page */
export type GlossaryEntry = z.infer<typeof entry> & { id: string }

export type Glossary = {
  /** path from the root of the clone */
  file: string
  /** in the order of the alphabet; capitals, and what is no letter, do not count */
  entries: GlossaryEntry[]
}

export const glossaryPath = (course: string) => `content/${course}/glossary.yaml`

/** A course without such a file has a glossary without terms. */
export async function loadGlossary(course: string): Promise<Glossary | ContentProblem> {
  const file = glossaryPath(course)
  const source = await readFile(join(readEnvironment().root, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return readGlossary(file, source)
}

export function readGlossary(file: string, source: string): Glossary | ContentProblem {
  let parsed: z.ZodSafeParseResult<z.infer<typeof glossaryFile>>
  try {
    parsed = glossaryFile.safeParse(parse(source) ?? [])
  } catch (error) {
    return { file, field: '(yaml)', reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : '' }
  }
  if (!parsed.success) return problemOf(file, parsed.error)
  const entries = parsed.data
    .map((one) => ({
      ...one,
      id: normalised(one.term)
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, ''),
    }))
    .sort((one, other) => sortKey(one.term).localeCompare(sortKey(other.term), 'en'))
  return { file, entries }
}

/** The letter under which a term stands. */
export const initialOf = (term: string): string => sortKey(term).charAt(0).toUpperCase()

/** @returns null for what is no spelling of any term */
export function findOptionalEntry({ entries }: Glossary, spelling: string): GlossaryEntry | null {
  const wanted = normalised(spelling)
  const spelled = (one: GlossaryEntry, as: string) => [one.term, ...one.also].some((each) => normalised(each) === as)
  return (
    entries.find((one) => spelled(one, wanted)) ??
    entries.find((one) => wanted.endsWith('s') && spelled(one, wanted.slice(0, -1))) ??
    null
  )
}

const normalised = (spelling: string) => spelling.trim().replace(/\s+/g, ' ').toLowerCase()

const sortKey = (term: string) => term.toLowerCase().replace(/^[^a-z0-9]+/, '')
