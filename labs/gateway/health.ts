/** Whether the gateway, its database and the rooms work. Part of GET /api/health. */
import type { Installation } from '#config/installation.ts'
import type { DatabaseWorker } from '#data/worker-client.ts'
import { roomSupport } from '#labs/sandbox/room.ts'
import type { LabSessions } from './lab-sessions.ts'

export type Health = {
  status: 'ok' | 'unavailable'
  /** what fails, and how */
  part?: 'database' | 'rooms'
  message?: string
  /** `ok`, or what is wrong */
  database: string
  rooms: Awaited<ReturnType<typeof roomSupport>> & { running: number; max: number }
}

export async function createHealth(
  installation: Installation,
  database: DatabaseWorker,
  sessions: LabSessions,
): Promise<() => Promise<Health>> {
  const support = await roomSupport(installation)
  return async () => {
    const problem = await database.problem().catch((error: Error) => error.message)
    const failing = problem === null ? {} : { part: 'database' as const, message: problem }
    return {
      status: problem === null ? 'ok' : 'unavailable',
      ...failing,
      database: problem ?? 'ok',
      rooms: { ...support, ...sessions.rooms },
    }
  }
}
