/** A person joins a class by its link or code. */
import { KraftlabError } from '#config/errors.ts'
import { RateLimit } from '#config/rate-limit.ts'
import { recordAuditEvent } from './audit-event.ts'
import { type Class, findOptionalClassByCode, isJoinable } from './class.ts'
import { findOptionalMember } from './class-member.ts'
import type { OpenDatabase } from './database.ts'
import type { Person } from './sign-in.ts'

/** Codes tried by one person: some are mistyped, none are found by trying. */
const TRIES = { burst: 10, refillMs: 30_000 }
const tries = new RateLimit(TRIES.burst, TRIES.refillMs)

/** @throws KraftlabError TOO_MANY_TRIES, JOIN_CLOSED for a code that is wrong, replaced, over or closed */
export async function findJoinableClass(database: OpenDatabase, person: Person, code: string): Promise<Class> {
  if (!tries.take(person.userId)) throw new KraftlabError('TOO_MANY_TRIES', 'Wait a minute and try again.')
  const found = await findOptionalClassByCode(database, code)
  if (!found || !isJoinable(found, new Date())) throw new KraftlabError('JOIN_CLOSED')
  return found
}

/**
 * Somebody who is in the class already stays what they are.
 * @returns the class's id, and whether they wait to be let in
 * @throws KraftlabError as `findJoinableClass`; NOT_SIGNED_IN for a guest
 */
export async function joinClass(
  database: OpenDatabase,
  person: Person,
  code: string,
): Promise<{ classId: string; waiting: boolean }> {
  if (person.isGuest) throw new KraftlabError('NOT_SIGNED_IN', 'Create an account first, or sign in.')
  const { id: classId, joinApproval } = await findJoinableClass(database, person, code)
  const { userId } = person
  return database.$transaction(async (within) => {
    const before = await findOptionalMember(within, { classId, userId })
    if (before) return { classId, waiting: before.waiting }
    await within.classMember.create({ data: { classId, userId, role: 'learner', waiting: joinApproval } })
    await recordAuditEvent(within, person, { action: 'class-joined', classId, details: { waiting: joinApproval } })
    return { classId, waiting: joinApproval }
  })
}
