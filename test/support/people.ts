/** People with accounts, as their browsers sign them up and in. */
import type { Auth } from '#data/auth.ts'
import type { OpenDatabase } from '#data/database.ts'
import { findOptionalPerson, type Person } from '#data/sign-in.ts'
import { SITE } from './database.ts'

export const PASSWORD = 'correct horse battery'

type Answer = { status: number; body: Record<string, unknown>; cookie: string }

/** One request to the site's sign-in, with what a browser would send. */
export async function authRequest(auth: Auth, path: string, body: unknown, cookie = ''): Promise<Answer> {
  const response = await auth.handler(
    new Request(`${SITE}/api/auth${path}`, {
      method: 'POST',
      headers: { origin: SITE, host: new URL(SITE).host, 'content-type': 'application/json', cookie },
      body: JSON.stringify(body),
    }),
  )
  const set = response.headers.getSetCookie().map((one) => one.split(';')[0]!)
  const text = await response.text()
  return { status: response.status, body: text ? JSON.parse(text) : {}, cookie: set.join('; ') || cookie }
}

export const emailOf = (name: string): string => `${name.toLowerCase()}@example.com`

/** @param cookie of the guest that they were before */
export async function signUp(auth: Auth, name: string, cookie = ''): Promise<string> {
  const answer = await authRequest(auth, '/sign-up/email', { name, email: emailOf(name), password: PASSWORD }, cookie)
  if (answer.status !== 200) throw new Error(`signing up ${name}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.cookie
}

export async function personOf(database: OpenDatabase, auth: Auth, cookie: string): Promise<Person> {
  const person = await findOptionalPerson(database, auth, cookie)
  if (!person) throw new Error('nobody is signed in with this cookie')
  return person
}
