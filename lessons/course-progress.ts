/** A course as its page shows it to one learner: what is done, what comes next. */
import type { Progress } from '#data/progress.ts'
import { type Course, type Lesson, lessonsOf } from './course.ts'
import { checkIdsOf, checksIn, findOptionalLabOutline } from './lab-outline.ts'

export type LessonProgress = { lesson: Lesson; done: boolean; checks: { passed: number; all: number } | null }
export type CourseProgress = {
  lessons: Map<string, LessonProgress>
  done: number
  checks: { passed: number; all: number }
  minutes: number
  /** where to go on: null when all is done */
  next: Lesson | null
  begun: boolean
  /** when a lesson of it was read last */
  readAt: Date | null
}

export async function courseProgress(course: Course, progress: Progress): Promise<CourseProgress> {
  const all = await Promise.all(lessonsOf(course).map((lesson) => lessonProgress(lesson, progress)))
  // Lessons may share a lab; its checks count with the first of them.
  const labs = new Set<string>()
  for (const one of all) {
    if (labs.has(one.lesson.lab ?? '')) one.checks = null
    if (one.lesson.lab) labs.add(one.lesson.lab)
  }
  const last = all.find(({ lesson, done }) => lesson.slug === progress.readLast?.lesson && !done)
  const next = last ?? all.find(({ done, lesson }) => !done && !lesson.problem)
  const checks = all.flatMap((one) => one.checks ?? [])
  return {
    lessons: new Map(all.map((one) => [one.lesson.slug, one])),
    done: all.filter(({ done }) => done).length,
    checks: { passed: sum(checks, 'passed'), all: sum(checks, 'all') },
    minutes: all.reduce((minutes, { lesson }) => minutes + lesson.minutes, 0),
    next: next?.lesson ?? null,
    readAt: progress.readLast?.at ?? null,
    begun: progress.readLast !== null || all.some(({ done, checks: own }) => done || (own?.passed ?? 0) > 0),
  }
}

/** Of several courses that to go on with: of those not finished the one read last, else the first. */
export const toGoOnWith = (all: CourseProgress[]): CourseProgress | undefined =>
  all
    .filter(({ next }) => next !== null)
    .sort((one, other) => (other.readAt?.getTime() ?? 0) - (one.readAt?.getTime() ?? 0))[0]

async function lessonProgress(lesson: Lesson, progress: Progress): Promise<LessonProgress> {
  const outline = lesson.lab ? await findOptionalLabOutline(lesson.lab) : null
  // A pass of a check that a newer lab no longer has is not counted.
  const ids = new Set(outline && checkIdsOf(outline))
  const passed = (progress.labs[lesson.lab ?? ''] ?? []).filter(({ check }) => ids.has(check)).length
  return {
    lesson,
    done: lesson.slug in progress.lessons,
    checks: outline && { passed, all: checksIn(outline) },
  }
}

const sum = (all: { passed: number; all: number }[], field: 'passed' | 'all') =>
  all.reduce((total, one) => total + one[field], 0)
