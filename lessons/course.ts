/** Courses as content/<course>/course.yaml and the front matter of the lessons describe them. */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cache } from 'react'
import { parse } from 'yaml'
import { z } from 'zod'
import { readEnvironment } from '#config/environment.ts'
import { type ContentProblem, problemOf } from './content-problem.ts'
import { glossaryPath } from './glossary.ts'
import { knownLabs } from './lab-outline.ts'
import { readingMinutes } from './reading-time.ts'

const slug = z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower case letters, digits and hyphens')
const text = z.string().min(1)

/** In an address, where a module's slug would stand. */
const GLOSSARY = 'glossary'

const courseFile = z.strictObject({
  title: text,
  summary: text,
  /** courses are shown from the lowest on */
  order: z.number(),
  modules: z
    .array(z.strictObject({ slug, title: text, summary: text, lessons: z.array(slug).min(1) }))
    .min(1)
    .superRefine((modules, context) => {
      const seen = new Set<string>()
      for (const [at, { slug: module, lessons }] of modules.entries()) {
        if (module === GLOSSARY)
          context.addIssue({ code: 'custom', path: [at, 'slug'], message: `${GLOSSARY} is the page of the terms` })
        for (const [index, lesson] of lessons.entries()) {
          if (seen.has(lesson))
            context.addIssue({ code: 'custom', path: [at, 'lessons', index], message: `${lesson} is there twice` })
          seen.add(lesson)
        }
      }
    }),
})

export const frontMatter = z.strictObject({
  title: text,
  summary: text,
  minutes: z.number().int().positive(),
  lab: slug.optional(),
  /** the Kafka on which all that it says was tried */
  kafka: z.string().regex(/^\d+\.\d+\.\d+$/, 'a version, as 4.3.1'),
  objectives: z.array(text).default([]),
})
export type FrontMatter = z.infer<typeof frontMatter>

export type Lesson = {
  course: string
  module: string
  slug: string
  /** path from the root of the clone */
  file: string
  href: string
} & (
  | ({ problem: null /** minutes */; reading: number } & FrontMatter)
  | { problem: ContentProblem; title: string; minutes: 0; lab?: undefined }
)

export type SoundLesson = Extract<Lesson, { problem: null }>
export type Module = { slug: string; title: string; summary: string; href: string; lessons: Lesson[] }
export type Course = {
  slug: string
  title: string
  summary: string
  order: number
  href: string
  /** address of its glossary; null where it has none */
  glossary: string | null
  modules: Module[]
}

/** All courses in their order, and what is wrong with those that are not among them. Read once a request. */
export const loadCourses = cache(async (): Promise<{ courses: Course[]; problems: ContentProblem[] }> => {
  const { root } = readEnvironment()
  const loaded = await Promise.all((await courseFolders(root)).map((name) => loadCourse(root, name)))
  return {
    courses: loaded
      .filter((one): one is Course => 'modules' in one)
      .sort((one, other) => one.order - other.order || one.slug.localeCompare(other.slug)),
    problems: loaded.filter((one): one is ContentProblem => 'reason' in one),
  }
})

export async function findOptionalCourse(slug: string): Promise<Course | ContentProblem | null> {
  const { courses, problems } = await loadCourses()
  return (
    courses.find((course) => course.slug === slug) ??
    problems.find(({ file }) => file === `content/${slug}/course.yaml`) ??
    null
  )
}

/** Whether there is a page for these words of an address. Reads no lesson: proxy.ts asks this before every page. */
export async function isPage(at: { course: string; module?: string; lesson?: string }): Promise<boolean> {
  const { root } = readEnvironment()
  if (!(await courseFolders(root)).includes(at.course)) return false
  if (at.module === undefined) return true
  if (at.module === GLOSSARY) return at.lesson === undefined && existsSync(join(root, glossaryPath(at.course)))
  const file = await readCourseFile(root, at.course)
  const module = 'modules' in file ? file.modules.find(({ slug }) => slug === at.module) : undefined
  return module !== undefined && (at.lesson === undefined || module.lessons.includes(at.lesson))
}

export const lessonsOf = (course: Course): Lesson[] => course.modules.flatMap(({ lessons }) => lessons)

async function courseFolders(root: string): Promise<string[]> {
  const entries = await readdir(join(root, 'content'), { withFileTypes: true }).catch(ifMissing([]))
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}

async function readCourseFile(root: string, course: string): Promise<z.infer<typeof courseFile> | ContentProblem> {
  const file = `content/${course}/course.yaml`
  const source = await readFile(join(root, file), 'utf8').catch(ifMissing(null))
  if (source === null) return { file, field: '(whole)', reason: 'there is no such file' }
  let parsed: z.ZodSafeParseResult<z.infer<typeof courseFile>>
  try {
    parsed = courseFile.safeParse(parse(source))
  } catch (error) {
    return { file, field: '(yaml)', reason: firstLine(error) }
  }
  return parsed.success ? parsed.data : problemOf(file, parsed.error)
}

async function loadCourse(root: string, course: string): Promise<Course | ContentProblem> {
  const file = `content/${course}/course.yaml`
  const read = await readCourseFile(root, course)
  if (!('modules' in read)) return read
  const files = await readdir(join(root, 'content', course))
  const modules = read.modules.map(async (module) => {
    const href = `/courses/${course}/${module.slug}`
    const lessons = module.lessons.map((lesson, at) => {
      const name = files.find((one) => one.replace(/^\d+-/, '') === `${lesson}.mdx`)
      const where = { course, module: module.slug, slug: lesson, href: `${href}/${lesson}` }
      if (name) return loadLesson(root, { ...where, file: `content/${course}/${name}` })
      const problem = { file, field: `modules.${module.slug}.lessons.${at}`, reason: `no file <nn>-${lesson}.mdx` }
      return { ...where, file, problem, title: lesson, minutes: 0 as const }
    })
    return {
      slug: module.slug,
      title: module.title,
      summary: module.summary,
      href,
      lessons: await Promise.all(lessons),
    }
  })
  const { title, summary, order } = read
  const href = `/courses/${course}`
  const glossary = files.includes('glossary.yaml') ? `${href}/${GLOSSARY}` : null
  return { slug: course, title, summary, order, href, glossary, modules: await Promise.all(modules) }
}

type Where = Pick<Lesson, 'course' | 'module' | 'slug' | 'file' | 'href'>

async function loadLesson(root: string, where: Where): Promise<Lesson> {
  const broken = (problem: ContentProblem): Lesson => ({ ...where, problem, title: where.slug, minutes: 0 })
  const source = await readFile(join(root, where.file), 'utf8')
  const head = /^---\n([\s\S]*?)\n---\n/.exec(source)?.[1]
  if (head === undefined)
    return broken({ file: where.file, field: '(front matter)', reason: 'the file does not begin with ---' })
  let parsed: z.ZodSafeParseResult<FrontMatter>
  try {
    parsed = frontMatter.safeParse(parse(head))
  } catch (error) {
    return broken({ file: where.file, field: '(front matter)', reason: firstLine(error) })
  }
  if (!parsed.success) return broken(problemOf(where.file, parsed.error))
  const labs = await knownLabs(root)
  if (parsed.data.lab && labs && !labs.includes(parsed.data.lab))
    return broken({ file: where.file, field: 'lab', reason: `there is no lab ${parsed.data.lab}` })
  return { ...where, problem: null, reading: readingMinutes(source), ...parsed.data }
}

const firstLine = (error: unknown) => (error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))

const ifMissing =
  <Value>(value: Value) =>
  (error: NodeJS.ErrnoException): Value => {
    if (error.code === 'ENOENT') return value
    throw error
  }
