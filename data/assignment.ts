/** What a class is to do: a lab, or a module with all its lessons and labs. */
import { KraftlabError } from '#config/errors.ts'
import type { Assignment } from '../generated/prisma/client.ts'
import { recordAuditEvent } from './audit-event.ts'
import { requireTeachingNow } from './class-member.ts'
import type { Database, OpenDatabase } from './database.ts'
import type { Person } from './sign-in.ts'

export type { Assignment }
export type AssignmentKind = 'lab' | 'module'

/** In the order in which they are due, those without a date last. */
export async function findAssignments(database: Database, classId: string): Promise<Assignment[]> {
  const rows = await database.assignment.findMany({ where: { classId }, orderBy: { createdAt: 'asc' } })
  const due = ({ dueAt }: Assignment) => dueAt?.getTime() ?? Number.POSITIVE_INFINITY
  // Infinity minus itself is no number.
  return rows.sort((one, other) => (due(one) === due(other) ? 0 : due(one) - due(other)))
}

/** Assigned once more, date and points are replaced. @throws KraftlabError as `requireTeachingNow` */
export async function assign(
  database: OpenDatabase,
  by: Person,
  classId: string,
  what: { kind: AssignmentKind; course: string; slug: string; dueAt: Date | null; points: number },
): Promise<void> {
  const { kind, course, slug, dueAt, points } = what
  await database.$transaction(async (within) => {
    await requireTeachingNow(within, by, classId)
    await within.assignment.upsert({
      where: { classId_kind_course_slug: { classId, kind, course, slug } },
      create: { classId, ...what },
      update: { dueAt, points },
    })
    await recordAuditEvent(within, by, { action: 'assigned', classId, details: { ...what } })
  })
}

/** @throws KraftlabError as `requireTeachingNow`; NOT_FOUND where that class has no such assignment */
export async function changeAssignment(
  database: OpenDatabase,
  by: Person,
  classId: string,
  change: { id: string; dueAt: Date | null; points: number },
): Promise<void> {
  const { id, dueAt, points } = change
  await database.$transaction(async (within) => {
    await requireTeachingNow(within, by, classId)
    const { count } = await within.assignment.updateMany({ where: { id, classId }, data: { dueAt, points } })
    if (count === 0) throw new KraftlabError('NOT_FOUND', 'There is no such assignment any more.')
    await recordAuditEvent(within, by, { action: 'assignment-changed', classId, details: { ...change } })
  })
}

/** What was passed stays passed. @throws as `changeAssignment` */
export async function removeAssignment(database: OpenDatabase, by: Person, classId: string, id: string): Promise<void> {
  await database.$transaction(async (within) => {
    await requireTeachingNow(within, by, classId)
    const found = await within.assignment.findFirst({ where: { id, classId } })
    if (!found) throw new KraftlabError('NOT_FOUND', 'There is no such assignment any more.')
    await within.assignment.delete({ where: { id } })
    const { kind, slug } = found
    await recordAuditEvent(within, by, { action: 'assignment-removed', classId, details: { kind, slug } })
  })
}
