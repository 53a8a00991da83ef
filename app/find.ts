/** A page's course, module and lesson by the words of its address; what is not there is a 404. */
import { notFound } from 'next/navigation'
import type { ContentProblem } from '#lessons/content-problem.ts'
import { type Course, findOptionalCourse, type Lesson, lessonsOf, type Module } from '#lessons/course.ts'

export async function courseAt(course: string): Promise<Course | ContentProblem> {
  return (await findOptionalCourse(course)) ?? notFound()
}

export async function moduleAt(at: { course: string; module: string }): Promise<{ course: Course; module: Module }> {
  const course = await courseAt(at.course)
  if (!('modules' in course)) notFound()
  const module = course.modules.find(({ slug }) => slug === at.module)
  if (!module) notFound()
  return { course, module }
}

type Found = { course: Course; module: Module; lesson: Lesson; previous: Lesson | null; next: Lesson | null }

export async function lessonAt(at: { course: string; module: string; lesson: string }): Promise<Found> {
  const { course, module } = await moduleAt(at)
  const lesson = module.lessons.find(({ slug }) => slug === at.lesson)
  if (!lesson) notFound()
  const all = lessonsOf(course)
  const here = all.indexOf(lesson)
  return { course, module, lesson, previous: all[here - 1] ?? null, next: all[here + 1] ?? null }
}
