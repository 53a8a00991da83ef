/** How much of an assignment somebody has achieved. */
import type { Achieved } from '#data/class-progress.ts'
import type { Assignable } from './assignable.ts'

/** `done` of `all` parts; `late`: those of `done` that came after it was due. */
export type Score = { done: number; all: number; late: number }

export function scoreOf(what: Assignable, { checks, lessons }: Achieved, dueAt: Date | null): Score {
  const when = [
    ...what.labs.flatMap((lab) => lab.checks.map((check) => checks.get(`${lab.slug}/${check}`))),
    ...what.lessons.map((lesson) => lessons.get(`${what.course}/${lesson}`)),
  ].filter((at) => at !== undefined)
  const late = dueAt === null ? 0 : when.filter((at) => at > dueAt).length
  return { done: when.length, all: what.parts, late }
}
