/** The site's one connection and sign-in, opened when first used: `next build` opens none. */
import { type Environment, readEnvironment } from '#config/environment.ts'
import { type Auth, createAuth } from './auth.ts'
import { type OpenDatabase, openDatabase } from './database.ts'
import { readSecrets } from './secrets.ts'

type Connection = { database: OpenDatabase; auth: Auth }

// Next bundles this module into several chunks; the process should still have one connection.
const shared = globalThis as typeof globalThis & { kraftlabConnection?: Connection }

export const database = (): OpenDatabase => connection().database
export const auth = (): Auth => connection().auth

function connection(): Connection {
  shared.kraftlabConnection ??= connect(readEnvironment())
  return shared.kraftlabConnection
}

function connect(environment: Environment): Connection {
  const opened = openDatabase(environment)
  return { database: opened, auth: createAuth(opened, readSecrets(environment.data).auth, environment.oidc) }
}
