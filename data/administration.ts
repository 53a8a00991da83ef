/** Who may do what on this installation, and how the first administrator is made. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { KraftlabError } from '#config/errors.ts'
import type { Role } from '#config/roles.ts'
import { type Actor, recordAuditEvent } from './audit-event.ts'
import type { Database, OpenDatabase } from './database.ts'
import { countAdministrators, findUser, setRole } from './person.ts'
import type { Secrets } from './secrets.ts'
import type { Person } from './sign-in.ts'

/** The path printed at the start. It works once: null, and worth nothing, as long as there is an administrator. */
export async function findOptionalFirstAdministratorPath(database: Database, secrets: Secrets): Promise<string | null> {
  return (await countAdministrators(database)) > 0 ? null : `/first-administrator/${tokenOf(secrets)}`
}

const tokenOf = (secrets: Secrets): string =>
  createHmac('sha256', secrets.auth).update('first administrator').digest('base64url')

/** Whether it would make somebody administrator now. */
export async function isFirstAdministratorLink(database: Database, secrets: Secrets, token: string): Promise<boolean> {
  return isToken(secrets, token) && (await countAdministrators(database)) === 0
}

function isToken(secrets: Secrets, token: string): boolean {
  const [given, wanted] = [token, tokenOf(secrets)].map((one) => Buffer.from(one))
  return given!.length === wanted!.length && timingSafeEqual(given!, wanted!)
}

/** @throws KraftlabError LINK_USED where it is wrong or there is an administrator; NOT_ALLOWED for a guest */
export async function makeFirstAdministrator(
  database: OpenDatabase,
  secrets: Secrets,
  person: Person,
  token: string,
): Promise<void> {
  if (person.isGuest) throw new KraftlabError('NOT_ALLOWED', 'Create an account first, or sign in.')
  if (!isToken(secrets, token)) throw new KraftlabError('LINK_USED')
  await database.$transaction(async (within) => {
    if ((await countAdministrators(within)) > 0) throw new KraftlabError('LINK_USED')
    await setRole(within, person.userId, 'administrator')
    await recordAuditEvent(within, person, { action: 'administrator-made' })
  })
}

/**
 * @param by an administrator
 * @throws KraftlabError NOT_ALLOWED, NOT_FOUND; LAST_ADMINISTRATOR where nobody could give roles afterwards
 */
export async function changeRole(database: OpenDatabase, by: Person, userId: string, role: Role): Promise<void> {
  await database.$transaction(async (within) => {
    await requireAdministrator(within, by)
    const user = await within.user.findUnique({ where: { id: userId } })
    if (!user || user.isAnonymous) throw new KraftlabError('NOT_FOUND', 'There is no such account.')
    if (user.role === role) return
    if (user.role === 'administrator') await requireAnotherAdministrator(within)
    await setRole(within, userId, role)
    await recordAuditEvent(within, by, {
      action: 'role-changed',
      subjectId: userId,
      details: { from: user.role, to: role },
    })
  })
}

/** For what an administrator gives away. @throws KraftlabError LAST_ADMINISTRATOR */
export async function requireAnotherAdministrator(within: Database): Promise<void> {
  if ((await countAdministrators(within)) < 2) throw new KraftlabError('LAST_ADMINISTRATOR')
}

/** What the sign-in said may be a moment old: in the transaction the table counts. */
async function requireAdministrator(within: Database, { userId }: Actor): Promise<void> {
  const { role } = await findUser(within, userId)
  if (role !== 'administrator') throw new KraftlabError('NOT_ALLOWED')
}
