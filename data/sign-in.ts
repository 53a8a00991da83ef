/** Who sent a request, by its cookie. */
import type { Auth } from './auth.ts'
import type { OpenDatabase } from './database.ts'

export type Learner = {
  userId: string
  isGuest: boolean
  /** guests that this account took over: what was theirs is its own */
  formerly: string[]
}

/** @param cookie the Cookie header; null and a cookie that is not a valid sign-in give null */
export async function findOptionalLearner(
  database: OpenDatabase,
  auth: Auth,
  cookie: string | null,
): Promise<Learner | null> {
  if (!cookie) return null
  // Renewal sets a cookie, which only the site can hand to the browser.
  const found = await auth.api.getSession({ headers: new Headers({ cookie }), query: { disableRefresh: true } })
  if (!found) return null
  const { id: userId, isAnonymous } = found.user
  const linked = await database.linkedGuest.findMany({ where: { userId } })
  return { userId, isGuest: isAnonymous === true, formerly: linked.map(({ guestId }) => guestId) }
}
