/**
 * Worker thread of the gateway: better-sqlite3 is synchronous and each write waits for the disk, so it stays off the
 * loop that carries keystrokes. Built as dist/database.mjs; the gateway's side is data/worker-client.ts.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { type ErrorCode, KraftlabError } from '#config/errors.ts'
import { checkDeletion, deleteAccount, exportAccount } from './account.ts'
import { findOptionalFirstAdministratorPath } from './administration.ts'
import { createAuth } from './auth.ts'
import { countFinished, findPasses, recordPass } from './check-pass.ts'
import {
  findBoard,
  findClassesWith,
  recordTeaching,
  requireBoard,
  requireLearner,
  requireWatching,
} from './class-live.ts'
import { databaseProblem, openDatabase } from './database.ts'
import type { Places } from './database-file.ts'
import {
  createLabSession,
  endLabSession,
  findLabSessionsOf,
  findLiveLabSessions,
  findOptionalLabSession,
} from './lab-session.ts'
import { readSecrets } from './secrets.ts'
import { findOptionalPerson, type Person } from './sign-in.ts'

const places = workerData as Places
const database = openDatabase(places)
const secrets = readSecrets(places.data)
const auth = createAuth(database, secrets.auth)

type Rest<Run> = Run extends (database: never, ...rest: infer R) => infer Result ? (...rest: R) => Result : never
const on = <Run extends (db: typeof database, ...rest: never[]) => unknown>(run: Run) =>
  ((...rest: never[]) => run(database, ...rest)) as Rest<Run>

const functions = {
  problem: on(databaseProblem),
  findOptionalPerson: (cookie: string | null) => findOptionalPerson(database, auth, cookie),
  findOptionalFirstAdministratorPath: () => findOptionalFirstAdministratorPath(database, secrets),
  exportAccount: on(exportAccount),
  checkDeletion: (person: Person, given: { cookie: string; password: string }) =>
    checkDeletion(database, auth, person, given),
  deleteAccount: on(deleteAccount),
  findLabSessionsOf: on(findLabSessionsOf),
  createLabSession: on(createLabSession),
  endLabSession: on(endLabSession),
  findOptionalLabSession: on(findOptionalLabSession),
  findLiveLabSessions: on(findLiveLabSessions),
  recordPass: on(recordPass),
  findPasses: on(findPasses),
  countFinished: on(countFinished),
  findClassesWith: on(findClassesWith),
  findBoard: on(findBoard),
  requireBoard: on(requireBoard),
  requireLearner: on(requireLearner),
  requireWatching: on(requireWatching),
  recordTeaching: on(recordTeaching),
}
export type DatabaseFunctions = typeof functions

export type Call = { call: number; name: keyof DatabaseFunctions; with: unknown[] }
/** An error with a code of ours keeps it; of others only the words cross. */
export type Failure = { code: ErrorCode | null; message: string }
export type Answer = { call: number; result: unknown } | { call: number; failure: Failure } | 'open'

const port = parentPort!
port.on('message', async ({ call, name, with: given }: Call) => {
  try {
    const run = functions[name] as (...given: unknown[]) => unknown
    port.postMessage({ call, result: await run(...given) } satisfies Answer)
  } catch (error) {
    port.postMessage({ call, failure: failureOf(error) } satisfies Answer)
  }
})
port.postMessage('open' satisfies Answer)

const failureOf = (error: unknown): Failure => ({
  code: error instanceof KraftlabError ? error.code : null,
  message: error instanceof Error ? error.message : String(error),
})
