/** What a page says of a lab before a room of it runs: steps and checks by name, from what set-up built. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readEnvironment } from '#config/environment.ts'
import type { Editor, Lab } from '#labs/engine/define.ts'

export type LabOutline = {
  slug: string
  title: string
  minutes: number
  /** a room is ready within so many */
  startSeconds: number
  /** a room left alone so long ends by itself */
  idleMinutes: number
  hosts: string[]
  /** the hosts whose node the lab declares: those can be started and broken by buttons */
  nodes: string[]
  /** the directory whose files can be edited in the page; null: none */
  editor: Editor | null
  /** `ask`: a question, under the id that its right answer is kept by (as in labs/engine/lab-session.ts) */
  steps: {
    id: string
    title: string
    ask: { id: string; question: string } | null
    /** what is to be predicted before the step begins */
    predict: string | null
    checks: { id: string; title: string }[]
  }[]
}

/** Slugs of the labs that set-up saw, or null where it has not run. */
export async function knownLabs(root: string): Promise<string[] | null> {
  try {
    return await readdir(join(root, 'dist', 'catalog'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

const outlines = new Map<string, LabOutline>()

/** Null for a lab that is not there or has a mistake: the gateway says what is wrong when it is started. */
export async function findOptionalLabOutline(slug: string): Promise<LabOutline | null> {
  const known = outlines.get(slug)
  if (known) return known
  const file = pathToFileURL(join(readEnvironment().root, 'dist', 'catalog', slug, 'lab.mjs')).href
  try {
    // Built beside the site, not into it.
    const { default: lab } = (await import(/* turbopackIgnore: true */ file)) as { default: Lab }
    const outline: LabOutline = {
      slug: lab.slug,
      title: lab.title,
      minutes: lab.minutes,
      startSeconds: lab.startSeconds,
      idleMinutes: readEnvironment().idleMs / 60_000,
      hosts: lab.hosts.map(({ name }) => name),
      nodes: Object.values(lab.clusters).flatMap(({ nodes }) => nodes.map(({ host }) => host)),
      editor: lab.editor,
      steps: lab.steps.map(({ id, title, ask, predict, checks }) => ({
        id,
        title,
        ask: ask && { id: `${id}-answer`, question: ask.question },
        predict: predict?.question ?? null,
        checks: checks.map((check) => ({ id: check.id, title: check.title })),
      })),
    }
    outlines.set(slug, outline)
    return outline
  } catch (error) {
    console.error(`lab ${slug} has no outline: ${error instanceof Error ? error.message : error}`)
    return null
  }
}

/** Of all that can be passed, questions among them. */
export const checkIdsOf = (outline: LabOutline): string[] =>
  outline.steps.flatMap(({ checks, ask }) => [...checks.map(({ id }) => id), ...(ask ? [ask.id] : [])])

export const checksIn = (outline: LabOutline): number => checkIdsOf(outline).length
