/** What a class can be given to do, with what counts in it. */
import { type Course, loadCourses, type Module } from './course.ts'
import { checkIdsOf, findOptionalLabOutline } from './lab-outline.ts'

export type Assignable = {
  kind: 'lab' | 'module'
  course: string
  slug: string
  title: string
  href: string
  /** labs, in the order of the lessons, and the checks of each that count */
  labs: { slug: string; checks: string[] }[]
  /** slugs of lessons that count when they are done; a lab alone has none */
  lessons: string[]
  /** checks and lessons together */
  parts: number
}

/** In the order of the courses: each module, and behind it its labs. */
export async function assignable(): Promise<Assignable[]> {
  const { courses } = await loadCourses()
  const all = await Promise.all(courses.flatMap((course) => course.modules.map((module) => ofModule(course, module))))
  return all.flat()
}

/** Undefined where the course has it no longer. */
export const findIn = (all: Assignable[], of: { kind: string; course: string; slug: string }): Assignable | undefined =>
  all.find((one) => one.kind === of.kind && one.course === of.course && one.slug === of.slug)

/** The labs that a class has to do, alone or in a module, each once, in the order of the courses. */
export function assignedLabs(
  all: Assignable[],
  assignments: { kind: string; course: string; slug: string }[],
): { slug: string; title: string }[] {
  const assigned = new Set(assignments.flatMap((one) => findIn(all, one)?.labs.map(({ slug }) => slug) ?? []))
  const labs = all.filter(({ kind, slug }) => kind === 'lab' && assigned.has(slug))
  return [...new Map(labs.map(({ slug, title }) => [slug, { slug, title }])).values()]
}

async function ofModule(course: Course, module: Module): Promise<Assignable[]> {
  const { slug, title, href } = module
  const labs: Assignable[] = []
  for (const lesson of module.lessons) {
    const outline = lesson.lab ? await findOptionalLabOutline(lesson.lab) : null
    if (!outline || labs.some((one) => one.slug === outline.slug)) continue
    const checks = checkIdsOf(outline)
    const counts = { labs: [{ slug: outline.slug, checks }], lessons: [], parts: checks.length }
    labs.push({
      kind: 'lab',
      course: course.slug,
      slug: outline.slug,
      title: outline.title,
      href: lesson.href,
      ...counts,
    })
  }
  const lessons = module.lessons.map((lesson) => lesson.slug)
  const parts = lessons.length + labs.reduce((sum, one) => sum + one.parts, 0)
  const whole = { labs: labs.flatMap((one) => one.labs), lessons, parts }
  return [{ kind: 'module', course: course.slug, slug, title, href, ...whole }, ...labs]
}
