/** What KRaft gives, as content/<course>/benefits.yaml lists it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { readEnvironment } from '#config/environment.ts'
import { ContentError, problemOf } from './content-problem.ts'

export const BENEFIT_GROUPS = ['scale', 'recovery', 'operation', 'security', 'development'] as const

const text = z.string().min(1)

const benefit = z
  .strictObject({
    title: text,
    group: z.enum(BENEFIT_GROUPS),
    /** one or two sentences; `backticks` mark code */
    text,
    /** slug of the lesson where it is shown */
    lesson: z.string().optional(),
    /** why no lesson shows it */
    not: text.optional(),
  })
  .refine(({ lesson, not }) => (lesson === undefined) !== (not === undefined), {
    path: ['lesson'],
    message: 'either the lesson where it is shown, or why it is not',
  })
export type Benefit = z.infer<typeof benefit>

/** @throws ContentError that names the file and the field */
export async function loadBenefits(course: string): Promise<Benefit[]> {
  const file = `content/${course}/benefits.yaml`
  return readBenefits(file, await readFile(join(readEnvironment().root, file), 'utf8'))
}

/** @throws ContentError */
export function readBenefits(file: string, source: string): Benefit[] {
  const parsed = z.array(benefit).min(1).safeParse(parse(source))
  if (!parsed.success) throw new ContentError(problemOf(file, parsed.error))
  return parsed.data
}
