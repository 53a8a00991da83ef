/**
 * Worker thread of the gateway: better-sqlite3 is synchronous and each write waits for the disk, so it stays off the
 * loop that carries keystrokes. Built as dist/database.mjs; the gateway's side is data/worker-client.ts.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { createAuth } from './auth.ts'
import { findPasses, recordPass } from './check-pass.ts'
import { databaseProblem, openDatabase } from './database.ts'
import type { Places } from './database-file.ts'
import { createLabSession, endLabSession, findLiveLabSessions, findOptionalLabSession } from './lab-session.ts'
import { readSecrets } from './secrets.ts'
import { findOptionalLearner } from './sign-in.ts'

const places = workerData as Places
const database = openDatabase(places)
const auth = createAuth(database, readSecrets(places.data).auth)

type Rest<Run> = Run extends (database: never, ...rest: infer R) => infer Result ? (...rest: R) => Result : never
const on = <Run extends (db: typeof database, ...rest: never[]) => unknown>(run: Run) =>
  ((...rest: never[]) => run(database, ...rest)) as Rest<Run>

const functions = {
  problem: on(databaseProblem),
  findOptionalLearner: (cookie: string | null) => findOptionalLearner(database, auth, cookie),
  createLabSession: on(createLabSession),
  endLabSession: on(endLabSession),
  findOptionalLabSession: on(findOptionalLabSession),
  findLiveLabSessions: on(findLiveLabSessions),
  recordPass: on(recordPass),
  findPasses: on(findPasses),
}
export type DatabaseFunctions = typeof functions

export type Call = { call: number; name: keyof DatabaseFunctions; with: unknown[] }
export type Answer = { call: number; result: unknown } | { call: number; error: Error } | 'open'

const port = parentPort!
port.on('message', async ({ call, name, with: given }: Call) => {
  try {
    const run = functions[name] as (...given: unknown[]) => unknown
    port.postMessage({ call, result: await run(...given) } satisfies Answer)
  } catch (error) {
    port.postMessage({ call, error: plain(error) } satisfies Answer)
  }
})
port.postMessage('open' satisfies Answer)

/** Prisma's errors hold what cannot be cloned. */
const plain = (error: unknown): Error => new Error(error instanceof Error ? error.message : String(error))
