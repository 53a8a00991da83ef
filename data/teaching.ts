/** What instructors do with their classes. Each is one transaction: the right to it, the change, the audit event. */
import { KraftlabError } from '#config/errors.ts'
import { hasRole, type Role } from '#config/roles.ts'
import { recordAuditEvent } from './audit-event.ts'
import { newJoinCode } from './class.ts'
import { findOptionalMember, requireTeaching, requireTeachingNow } from './class-member.ts'
import type { Database, OpenDatabase } from './database.ts'
import { findUser } from './person.ts'
import type { Person } from './sign-in.ts'

/** @returns its id. @throws KraftlabError NOT_ALLOWED where the account is no instructor's */
export function makeClass(database: OpenDatabase, by: Person, name: string): Promise<string> {
  return database.$transaction(async (within) => {
    const { role } = await findUser(within, by.userId)
    if (!hasRole(role as Role, 'instructor')) throw new KraftlabError('NOT_ALLOWED')
    const members = { create: { userId: by.userId, role: 'instructor' } }
    const { id } = await within.class.create({ data: { name, joinCode: newJoinCode(), members } })
    await recordAuditEvent(within, by, { action: 'class-made', classId: id, details: { name } })
    return id
  })
}

export type ClassSettings = {
  name: string
  joinOpen: boolean
  joinUntil: Date | null
  joinApproval: boolean
  stuckMinutes: number
}

/** @throws KraftlabError as `requireTeachingNow` */
export async function changeClass(
  database: OpenDatabase,
  by: Person,
  classId: string,
  settings: ClassSettings,
): Promise<void> {
  await database.$transaction(async (within) => {
    await requireTeachingNow(within, by, classId)
    await within.class.update({ where: { id: classId }, data: settings })
    await recordAuditEvent(within, by, { action: 'class-changed', classId, details: { ...settings } })
  })
}

/** Whoever has the old link or code can no longer use it. @throws KraftlabError as `requireTeachingNow` */
export async function renewJoinLink(database: OpenDatabase, by: Person, classId: string): Promise<void> {
  await database.$transaction(async (within) => {
    await requireTeachingNow(within, by, classId)
    await within.class.update({ where: { id: classId }, data: { joinCode: newJoinCode() } })
    await recordAuditEvent(within, by, { action: 'join-link-renewed', classId })
  })
}

/** Archives it, or brings it back. @throws KraftlabError as `requireTeaching` */
export async function archiveClass(
  database: OpenDatabase,
  by: Person,
  classId: string,
  archived: boolean,
): Promise<void> {
  await database.$transaction(async (within) => {
    await requireTeaching(within, by, classId)
    await within.class.update({ where: { id: classId }, data: { archivedAt: archived ? new Date() : null } })
    await recordAuditEvent(within, by, { action: 'class-archived', classId, details: { archived } })
  })
}

/** @throws KraftlabError as `requireTeachingNow`; NOT_FOUND where no instructor has this address; ALREADY_MEMBER */
export async function addInstructor(database: OpenDatabase, by: Person, classId: string, email: string): Promise<void> {
  await database.$transaction(async (within) => {
    await requireTeachingNow(within, by, classId)
    const user = await within.user.findUnique({ where: { email: email.trim().toLowerCase() } })
    if (!user || !hasRole(user.role as Role, 'instructor'))
      throw new KraftlabError(
        'NOT_FOUND',
        'No instructor has this address. An administrator gives the role to their account.',
      )
    const before = await findOptionalMember(within, { classId, userId: user.id })
    if (before?.role === 'instructor') throw new KraftlabError('ALREADY_MEMBER')
    const part = { role: 'instructor', waiting: false }
    await within.classMember.upsert({
      where: { classId_userId: { classId, userId: user.id } },
      create: { classId, userId: user.id, ...part },
      update: part,
    })
    await recordAuditEvent(within, by, { action: 'instructor-added', classId, subjectId: user.id })
  })
}

/** Lets in those who wait. @throws KraftlabError as `requireTeachingNow` */
export async function admitMembers(
  database: OpenDatabase,
  by: Person,
  classId: string,
  userIds: string[],
): Promise<void> {
  await database.$transaction(async (within) => {
    await requireTeachingNow(within, by, classId)
    for (const userId of userIds) {
      const { count } = await within.classMember.updateMany({
        where: { classId, userId, waiting: true },
        data: { waiting: false },
      })
      if (count > 0) await recordAuditEvent(within, by, { action: 'member-admitted', classId, subjectId: userId })
    }
  })
}

/**
 * Takes a learner, somebody who waits, or an instructor out of a class. What they passed stays theirs.
 * @throws KraftlabError as `requireTeaching`; NOT_FOUND; LAST_INSTRUCTOR
 */
export async function removeMember(database: OpenDatabase, by: Person, classId: string, userId: string): Promise<void> {
  await database.$transaction(async (within) => {
    await requireTeaching(within, by, classId)
    const member = await findOptionalMember(within, { classId, userId })
    if (!member) throw new KraftlabError('NOT_FOUND', 'They are not in this class any more.')
    if (member.role === 'instructor') await requireAnotherInstructor(within, classId)
    await within.classMember.delete({ where: { id: member.id } })
    await recordAuditEvent(within, by, {
      action: 'member-removed',
      classId,
      subjectId: userId,
      details: { role: member.role },
    })
  })
}

async function requireAnotherInstructor(within: Database, classId: string): Promise<void> {
  const instructors = await within.classMember.count({
    where: { classId, role: 'instructor', user: { role: { in: ['instructor', 'administrator'] } } },
  })
  if (instructors < 2) throw new KraftlabError('LAST_INSTRUCTOR')
}
