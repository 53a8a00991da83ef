/** A lesson that a learner says they have finished. */
import type { Database } from './database.ts'

type Lesson = { userId: string; course: string; lesson: string }

/** The first time counts. */
export async function completeLesson(database: Database, lesson: Lesson): Promise<void> {
  await database.lessonCompletion.upsert({
    where: { userId_course_lesson: lesson },
    create: lesson,
    update: {},
  })
}

export async function reopenLesson(database: Database, lesson: Lesson): Promise<void> {
  await database.lessonCompletion.deleteMany({ where: lesson })
}

/** @returns slug of each finished lesson of a course → when */
export async function findLessonCompletions(
  database: Database,
  of: { userId: string; course: string },
): Promise<Record<string, Date>> {
  const rows = await database.lessonCompletion.findMany({ where: of })
  return Object.fromEntries(rows.map(({ lesson, at }) => [lesson, at]))
}
