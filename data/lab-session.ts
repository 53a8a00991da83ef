/** One learner's run of a lab. The rows follow the histories: the gateway writes them, `npm run db -- rebuild` remakes them. */
import type { LabSession } from '../generated/prisma/client.ts'
import type { Database } from './database.ts'

export type { LabSession }

export function createLabSession(
  database: Database,
  made: { id: string; userId: string; lab: string; startedAt: Date },
): Promise<LabSession> {
  return database.labSession.create({ data: made })
}

/** Once ended it stays so: a later reason changes nothing. */
export async function endLabSession(database: Database, id: string, at: Date, why: string): Promise<void> {
  await database.labSession.updateMany({ where: { id, endedAt: null }, data: { endedAt: at, endedWhy: why } })
}

export function findOptionalLabSession(database: Database, id: string): Promise<LabSession | null> {
  return database.labSession.findUnique({ where: { id } })
}

/** @throws Prisma's P2025 where there is none */
export function findLabSession(database: Database, id: string): Promise<LabSession> {
  return database.labSession.findUniqueOrThrow({ where: { id } })
}

/** Those whose room should be there, of all learners; oldest first. */
export function findLiveLabSessions(database: Database): Promise<LabSession[]> {
  return database.labSession.findMany({ where: { endedAt: null }, orderBy: { startedAt: 'asc' } })
}

/** The one that a learner goes on with: its room should be there. */
export function findOptionalLiveLabSession(
  database: Database,
  of: { userId: string; lab: string },
): Promise<LabSession | null> {
  return database.labSession.findFirst({ where: { ...of, endedAt: null }, orderBy: { startedAt: 'desc' } })
}

/** All of one learner, oldest first. */
export function findLabSessionsOf(database: Database, userId: string): Promise<LabSession[]> {
  return database.labSession.findMany({ where: { userId }, orderBy: { startedAt: 'asc' } })
}
