/** The database: one SQLite file, shared by the site and the gateway's database worker. */
import { PrismaClient } from '../generated/prisma/client.ts'
import { checkDatabaseVersion, databaseFile, type Places } from './database-file.ts'
import { SqliteAdapter } from './sqlite-adapter.ts'

/** What models and workflows are given: the database, or a transaction on it. */
export type Database = Pick<
  PrismaClient,
  | 'user'
  | 'session'
  | 'account'
  | 'labSession'
  | 'checkPass'
  | 'lessonCompletion'
  | 'readingPosition'
  | 'quizAnswer'
  | 'linkedGuest'
  | 'auditEvent'
  | 'class'
  | 'classMember'
  | 'rosterEntry'
  | 'assignment'
  | 'apiToken'
>
export type OpenDatabase = PrismaClient

/** @throws Error with one line where the database is of another version than this code */
export function openDatabase(places: Places): OpenDatabase {
  checkDatabaseVersion(places)
  return new PrismaClient({ adapter: new SqliteAdapter(databaseFile(places)) })
}

/** What is wrong with the database just now, or null. */
export async function databaseProblem(database: OpenDatabase): Promise<string | null> {
  try {
    await database.$queryRaw`SELECT 1`
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
