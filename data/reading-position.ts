/** Where a learner stopped reading a lesson. */
import type { ReadingPosition } from '../generated/prisma/client.ts'
import type { Database } from './database.ts'

export type { ReadingPosition }

type Lesson = { userId: string; course: string; lesson: string }

/** @param at.position share of the lesson scrolled past, 0 to 1 */
export async function saveReadingPosition(
  database: Database,
  lesson: Lesson,
  { heading, position }: { heading: string | null; position: number },
): Promise<void> {
  const where = { heading, position: Math.min(1, Math.max(0, position)), at: new Date() }
  await database.readingPosition.upsert({
    where: { userId_course_lesson: lesson },
    create: { ...lesson, ...where },
    update: where,
  })
}

export function findOptionalReadingPosition(database: Database, lesson: Lesson): Promise<ReadingPosition | null> {
  return database.readingPosition.findUnique({ where: { userId_course_lesson: lesson } })
}

/** The lesson of a course that a learner read last. */
export function findOptionalNewestReadingPosition(
  database: Database,
  of: { userId: string; course: string },
): Promise<ReadingPosition | null> {
  return database.readingPosition.findFirst({ where: of, orderBy: { at: 'desc' } })
}
