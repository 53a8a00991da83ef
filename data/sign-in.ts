/** Who sent a request, by its cookie. */
import type { Role } from '#config/roles.ts'
import type { Session } from '../generated/prisma/client.ts'
import type { Auth } from './auth.ts'
import type { Database, OpenDatabase } from './database.ts'

/** How a sign-in came about; better-auth's path says it. */
export const SIGN_IN_METHODS = ['guest', 'sign-up', 'password', 'password-change', 'oidc'] as const
export type SignInMethod = (typeof SIGN_IN_METHODS)[number]

export type Person = {
  userId: string
  name: string
  email: string
  isGuest: boolean
  role: Role
  /** guests that this account took over: what was theirs is its own */
  formerly: string[]
  /** of this sign-in */
  sessionId: string
}

/** @param cookie the Cookie header; null and a cookie that is not a valid sign-in give null */
export async function findOptionalPerson(
  database: OpenDatabase,
  auth: Auth,
  cookie: string | null,
): Promise<Person | null> {
  if (!cookie) return null
  // Renewal sets a cookie, which only the site can hand to the browser.
  const found = await auth.api.getSession({ headers: new Headers({ cookie }), query: { disableRefresh: true } })
  if (!found) return null
  const { id: userId, name, email, isAnonymous, role } = found.user
  const linked = await database.linkedGuest.findMany({ where: { userId } })
  return {
    userId,
    name,
    email,
    isGuest: isAnonymous === true,
    role: role as Role,
    formerly: linked.map(({ guestId }) => guestId),
    sessionId: found.session.id,
  }
}

/** The sign-ins of a person that are still good, newest first. */
export function findSignIns(database: Database, userId: string): Promise<Session[]> {
  return database.session.findMany({ where: { userId, expiresAt: { gt: new Date() } }, orderBy: { createdAt: 'desc' } })
}
