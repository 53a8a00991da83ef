/** Who is in a class: learners, those who wait to be let in, and instructors. */
import { KraftlabError } from '#config/errors.ts'
import { hasRole, type Role } from '#config/roles.ts'
import type { ClassMember } from '../generated/prisma/client.ts'
import type { Class } from './class.ts'
import type { Database } from './database.ts'

export type { ClassMember }

export function findOptionalMember(
  database: Database,
  of: { classId: string; userId: string },
): Promise<ClassMember | null> {
  return database.classMember.findUnique({ where: { classId_userId: of } })
}

/** One who learns in it, with their name; nobody who waits. */
export function findOptionalLearner(database: Database, { classId, userId }: { classId: string; userId: string }) {
  return database.classMember.findFirst({
    where: { classId, userId, role: 'learner', waiting: false },
    include: { user: { select: { name: true } } },
  })
}

/** With their names, instructors too; by name. */
export function findMembers(database: Database, classId: string) {
  return database.classMember.findMany({
    where: { classId },
    include: { user: { select: { name: true, email: true, emailVerified: true } }, roster: true },
    orderBy: [{ user: { name: 'asc' } }, { id: 'asc' }],
  })
}

/**
 * That this person teaches this class now: an account of the role that is one of its instructors. Ask it inside the
 * transaction of what depends on it.
 * @throws KraftlabError NOT_FOUND for a class that is not there and, so that nobody learns which are, for one that they have
 *   no part in; NOT_YOUR_CLASS for its learners
 */
export async function requireTeaching(
  database: Database,
  { userId }: { userId: string },
  classId: string,
): Promise<Class> {
  const member = await database.classMember.findUnique({
    where: { classId_userId: { classId, userId } },
    include: { class: true, user: { select: { role: true } } },
  })
  if (!member || member.waiting) throw new KraftlabError('NOT_FOUND', 'There is no such class.')
  if (member.role !== 'instructor' || !hasRole(member.user.role as Role, 'instructor'))
    throw new KraftlabError('NOT_YOUR_CLASS')
  return member.class
}

/** @throws as `requireTeaching`, and KraftlabError CLASS_ARCHIVED */
export async function requireTeachingNow(
  database: Database,
  person: { userId: string },
  classId: string,
): Promise<Class> {
  const found = await requireTeaching(database, person, classId)
  if (found.archivedAt) throw new KraftlabError('CLASS_ARCHIVED')
  return found
}
