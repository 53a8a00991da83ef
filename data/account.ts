/** A person takes along, or takes away, all that is kept of them. The histories themselves are the gateway's. */
import { APIError } from 'better-auth/api'
import { KraftlabError } from '#config/errors.ts'
import { requireAnotherAdministrator } from './administration.ts'
import { recordAuditEvent } from './audit-event.ts'
import type { Auth } from './auth.ts'
import type { Database, OpenDatabase } from './database.ts'
import { findUser } from './person.ts'
import type { Person } from './sign-in.ts'

/** @returns everything in the database about this person but secrets */
export function exportAccount(database: OpenDatabase, person: Person) {
  const { userId } = person
  return database.$transaction(async (within) => {
    await recordAuditEvent(within, person, { action: 'account-exported' })
    const where = { userId }
    const omit = { userId: true, id: true } as const
    const { name, email, role, isAnonymous, createdAt } = await findUser(within, userId)
    return {
      person: { id: userId, name, email: isAnonymous ? null : email, isGuest: isAnonymous, role, createdAt },
      signIns: await within.session.findMany({
        where,
        select: { createdAt: true, expiresAt: true, method: true, userAgent: true },
      }),
      lessonsDone: await within.lessonCompletion.findMany({ where, omit }),
      readingPositions: await within.readingPosition.findMany({ where, omit }),
      quizAnswers: await within.quizAnswer.findMany({ where, omit }),
      classes: await within.classMember.findMany({
        where,
        select: {
          role: true,
          at: true,
          waiting: true,
          class: { select: { name: true } },
          roster: { omit: { id: true } },
        },
      }),
      labSessions: await within.labSession.findMany({
        where,
        omit: { userId: true },
        include: { passes: { omit: { id: true, labSessionId: true } } },
        orderBy: { startedAt: 'asc' },
      }),
      auditEvents: await within.auditEvent.findMany({
        where: { OR: [{ actorId: userId }, { subjectId: userId }] },
        select: { at: true, action: true, details: true },
        orderBy: { at: 'asc' },
      }),
    }
  })
}

export async function hasPassword(database: Database, userId: string): Promise<boolean> {
  return (await database.account.count({ where: { userId, providerId: 'credential' } })) > 0
}

/**
 * That this person may be deleted: they gave their password, where they have one, and somebody can still give roles.
 * @throws KraftlabError WRONG_PASSWORD, LAST_ADMINISTRATOR, LAST_INSTRUCTOR
 */
export async function checkDeletion(
  database: OpenDatabase,
  auth: Auth,
  person: Person,
  given: { cookie: string; password: string },
): Promise<void> {
  if (await hasPassword(database, person.userId)) {
    const headers = new Headers({ cookie: given.cookie })
    await auth.api.verifyPassword({ headers, body: { password: given.password } }).catch((error: unknown) => {
      throw error instanceof APIError ? new KraftlabError('WRONG_PASSWORD') : error
    })
  }
  await requireNotLast(database, person.userId)
}

/** Deletes the account and all rows that hang on it. @throws KraftlabError LAST_ADMINISTRATOR, LAST_INSTRUCTOR */
export async function deleteAccount(database: OpenDatabase, person: Person): Promise<void> {
  const { userId } = person
  await database.$transaction(async (within) => {
    await requireNotLast(within, userId)
    await recordAuditEvent(within, person, { action: 'account-deleted' })
    await within.user.delete({ where: { id: userId } })
  })
}

async function requireNotLast(within: Database, userId: string): Promise<void> {
  const { role } = await findUser(within, userId)
  if (role === 'administrator') await requireAnotherAdministrator(within)
  const alone = await within.class.findFirst({
    where: {
      archivedAt: null,
      members: { some: { userId, role: 'instructor' }, none: { userId: { not: userId }, role: 'instructor' } },
    },
  })
  if (alone)
    throw new KraftlabError(
      'LAST_INSTRUCTOR',
      `You are the only instructor of ${alone.name}. Add another one, or archive it.`,
    )
}
