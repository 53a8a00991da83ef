/** What the people of a class have passed and finished, for many at once. */
import type { Database } from './database.ts'

/** Of one person: check (as `lab/check`) and lesson (as `course/lesson`) → when it was first passed or finished. */
export type Achieved = { checks: Map<string, Date>; lessons: Map<string, Date> }

/** @param of.labs slugs @returns user → what they achieved of that; everybody asked for is there */
export async function findAchieved(
  database: Database,
  of: { userIds: string[]; labs: string[]; courses: string[] },
): Promise<Map<string, Achieved>> {
  const { userIds, labs, courses } = of
  const [passes, lessons] = await Promise.all([
    database.checkPass.findMany({
      where: { labSession: { userId: { in: userIds }, lab: { in: labs } } },
      select: { check: true, at: true, labSession: { select: { userId: true, lab: true } } },
      orderBy: { at: 'asc' },
    }),
    database.lessonCompletion.findMany({ where: { userId: { in: userIds }, course: { in: courses } } }),
  ])
  const all = new Map<string, Achieved>(userIds.map((id) => [id, { checks: new Map(), lessons: new Map() }]))
  for (const { check, at, labSession } of passes) {
    const own = all.get(labSession.userId)?.checks
    const key = `${labSession.lab}/${check}`
    if (own && !own.has(key)) own.set(key, at)
  }
  for (const { userId, course, lesson, at } of lessons) all.get(userId)?.lessons.set(`${course}/${lesson}`, at)
  return all
}
