/** What the gateway asks of a class whose lab sessions it shows to instructors. Who may is asked in the same transaction. */
import type { AuditAction } from '#config/audit-actions.ts'
import { KraftlabError } from '#config/errors.ts'
import { recordAuditEvent } from './audit-event.ts'
import { findOptionalLearner, requireTeaching, requireTeachingNow } from './class-member.ts'
import { findAchieved } from './class-progress.ts'
import type { Database, OpenDatabase } from './database.ts'
import type { Person } from './sign-in.ts'

/** A lab is given to a class alone, or with its module. */
export type LabOfCourse = { slug: string; course: string; module: string }

const assigned = ({ slug, course, module }: LabOfCourse) => ({
  OR: [
    { kind: 'lab', slug },
    { kind: 'module', course, slug: module },
  ],
})

/** The classes in which a learner has this lab to do. */
export function findClassesWith(
  database: Database,
  userId: string,
  lab: LabOfCourse,
): Promise<{ id: string; name: string }[]> {
  return database.class.findMany({
    where: {
      archivedAt: null,
      members: { some: { userId, role: 'learner', waiting: false } },
      assignments: { some: assigned(lab) },
    },
    select: { id: true, name: true },
    orderBy: { name: 'asc' },
  })
}

export type BoardLearner = {
  userId: string
  name: string
  /** guests that they were: a lab session of those days carries their id while its room lives */
  formerly: string[]
  /** checks of the lab */
  passes: string[]
  /** the newest lab session of the lab */
  labSession: string | null
}

/**
 * That this person may see how the learners of a class get on with a lab.
 * @throws KraftlabError as `requireTeaching`; NOT_FOUND where the lab is not assigned
 */
export async function requireBoard(
  database: OpenDatabase,
  by: Pick<Person, 'userId'>,
  of: { classId: string; lab: LabOfCourse },
): Promise<void> {
  await requireTeaching(database, by, of.classId)
  await requireAssigned(database, of.classId, of.lab)
}

/** A class's learners, by name, with what they passed of a lab; none of a class that is no longer there. */
export async function findBoard(
  database: OpenDatabase,
  of: { classId: string; lab: LabOfCourse },
): Promise<{ stuckMinutes: number; learners: BoardLearner[] }> {
  const { classId, lab } = of
  const found = await database.class.findUnique({ where: { id: classId }, select: { stuckMinutes: true } })
  const members = await database.classMember.findMany({
    where: { classId, role: 'learner', waiting: false },
    select: { userId: true, user: { select: { name: true, linkedGuests: { select: { guestId: true } } } } },
    orderBy: [{ user: { name: 'asc' } }, { id: 'asc' }],
  })
  const userIds = members.map(({ userId }) => userId)
  const [achieved, labSessions] = await Promise.all([
    findAchieved(database, { userIds, labs: [lab.slug], courses: [] }),
    database.labSession.findMany({
      where: { userId: { in: userIds }, lab: lab.slug },
      select: { id: true, userId: true },
      orderBy: { startedAt: 'asc' },
    }),
  ])
  const newest = new Map(labSessions.map(({ id, userId }) => [userId, id]))
  const prefix = `${lab.slug}/`
  const learners = members.map(({ userId, user }) => ({
    userId,
    name: user.name,
    formerly: user.linkedGuests.map(({ guestId }) => guestId),
    passes: [...(achieved.get(userId)?.checks.keys() ?? [])].map((key) => key.slice(prefix.length)),
    labSession: newest.get(userId) ?? null,
  }))
  return { stuckMinutes: found?.stuckMinutes ?? 0, learners }
}

/**
 * That whoever started a lab session is a learner of a class that this person teaches, and the lab is assigned there.
 * @param of.startedBy user, or the guest that they were
 * @returns the learner
 * @throws KraftlabError as `requireTeaching`; NOT_YOURS for all others
 */
export async function requireLearner(
  database: OpenDatabase,
  by: Pick<Person, 'userId'>,
  of: { classId: string; startedBy: string; lab: LabOfCourse },
): Promise<{ userId: string }> {
  await requireTeaching(database, by, of.classId)
  const learner = await requireLearnerOf(database, of)
  await requireAssigned(database, of.classId, of.lab)
  return learner
}

async function requireLearnerOf(
  database: Database,
  { classId, startedBy }: { classId: string; startedBy: string },
): Promise<{ userId: string }> {
  const linked = await database.linkedGuest.findUnique({ where: { guestId: startedBy } })
  const userId = linked?.userId ?? startedBy
  const learner = await findOptionalLearner(database, { classId, userId })
  if (!learner) throw new KraftlabError('NOT_YOURS', 'This lab session is not that of a learner of this class.')
  return { userId }
}

/**
 * That terminals may be watched: as `requireLearner`, in a class that is not archived.
 * @throws KraftlabError as `requireLearner`, and CLASS_ARCHIVED
 */
export async function requireWatching(
  database: OpenDatabase,
  by: Pick<Person, 'userId'>,
  of: { classId: string; startedBy: string; lab: LabOfCourse },
): Promise<void> {
  await requireTeachingNow(database, by, of.classId)
  await requireLearner(database, by, of)
}

async function requireAssigned(database: Database, classId: string, lab: LabOfCourse): Promise<void> {
  const count = await database.assignment.count({ where: { classId, ...assigned(lab) } })
  if (count === 0) throw new KraftlabError('NOT_FOUND', 'This lab is not assigned to this class.')
}

/**
 * Writes down what an instructor is about to do to lab sessions of a class: what cannot be audited is not done.
 * @throws KraftlabError as `requireTeachingNow` and `requireLearner`
 */
export async function recordTeaching(
  database: OpenDatabase,
  by: Person,
  event: {
    classId: string
    action: AuditAction
    /** to one learner; left out: to all who have the lab to do */
    learner?: { startedBy: string }
    lab: LabOfCourse
    details: Record<string, unknown>
  },
): Promise<void> {
  const { learner, lab, ...told } = event
  await database.$transaction(async (within) => {
    await requireTeachingNow(within, by, event.classId)
    await requireAssigned(within, event.classId, lab)
    const subject = learner && (await requireLearnerOf(within, { classId: event.classId, ...learner }))
    await recordAuditEvent(within, by, { ...told, ...(subject ? { subjectId: subject.userId } : {}) })
  })
}
