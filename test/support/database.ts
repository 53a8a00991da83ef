/** A database of this version in a folder of its own, made the way set-up makes it. */
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { onTestFinished } from 'vitest'
import { type Auth, createAuth } from '#data/auth.ts'
import { type OpenDatabase, openDatabase } from '#data/database.ts'
import { readSecrets } from '#data/secrets.ts'
import { migrations } from '../../scripts/setup/database.mjs'
import { temporaryFolder } from './temporary.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const MIGRATE_LIMIT_MS = 60_000

export async function migrate(data: string): Promise<void> {
  await execa(process.execPath, ['node_modules/prisma/build/index.js', 'migrate', 'deploy'], {
    cwd: ROOT,
    env: { KRAFTLAB_ROOT: ROOT, KRAFTLAB_DATA: data, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' },
    timeout: MIGRATE_LIMIT_MS,
  })
}

export async function temporaryDatabase(): Promise<{ data: string; database: OpenDatabase; auth: Auth }> {
  const data = await temporaryFolder()
  await migrations(data).make({ root: ROOT })
  const database = openDatabase({ root: ROOT, data })
  onTestFinished(() => database.$disconnect())
  return { data, database, auth: createAuth(database, readSecrets(data).auth) }
}

export const SITE = 'http://kraftlab.test:3000'

/** @returns the guest's id and the Cookie header of their browser */
export async function signInGuest(auth: Auth, site = SITE): Promise<{ userId: string; cookie: string }> {
  const response = await auth.handler(
    new Request(`${site}/api/auth/sign-in/anonymous`, {
      method: 'POST',
      headers: { origin: site, host: new URL(site).host, 'content-type': 'application/json' },
      body: '{}',
    }),
  )
  if (!response.ok) throw new Error(`signing in as a guest: ${response.status} ${await response.text()}`)
  const cookie = response.headers.getSetCookie().map((one) => one.split(';')[0])
  const { user } = (await response.json()) as { user: { id: string } }
  return { userId: user.id, cookie: cookie.join('; ') }
}
