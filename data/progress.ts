/** How far a learner is in a course: what the course page shows. */
import { findPassesOfLabs, type Pass } from './check-pass.ts'
import type { Database } from './database.ts'
import { findLessonCompletions } from './lesson-completion.ts'
import { findOptionalNewestReadingPosition, type ReadingPosition } from './reading-position.ts'

export type Progress = {
  /** slug of each finished lesson → when */
  lessons: Record<string, Date>
  /** where to go on reading; null where nothing has been read */
  readLast: ReadingPosition | null
  /** slug of each lab asked for → its passes, over all lab sessions */
  labs: Record<string, Pass[]>
}

export async function findProgress(
  database: Database,
  of: { userId: string; course: string; labs: string[] },
): Promise<Progress> {
  const { userId, course, labs } = of
  const [lessons, readLast, passes] = await Promise.all([
    findLessonCompletions(database, { userId, course }),
    findOptionalNewestReadingPosition(database, { userId, course }),
    findPassesOfLabs(database, { userId, labs }),
  ])
  return { lessons, readLast, labs: passes }
}
