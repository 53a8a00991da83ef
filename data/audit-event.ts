/** Who did what. An event is written in the transaction of what it tells of. */
import type { AuditAction } from '#config/audit-actions.ts'
import type { AuditEvent } from '../generated/prisma/client.ts'
import type { Database } from './database.ts'

export type { AuditEvent }

export type Actor = { userId: string; sessionId: string | null }

export async function recordAuditEvent(
  within: Database,
  actor: Actor,
  event: { action: AuditAction; subjectId?: string; classId?: string; details?: Record<string, unknown> },
): Promise<void> {
  const { action, subjectId = null, classId = null, details = {} } = event
  await within.auditEvent.create({
    data: { actorId: actor.userId, sessionId: actor.sessionId, action, subjectId, classId, details: details as object },
  })
}

/** Newest first. @param of.before id of an event: only older ones */
export function findAuditEvents(
  database: Database,
  of: { action?: AuditAction; personId?: string; before?: string; limit: number },
): Promise<AuditEvent[]> {
  const { action, personId, before, limit } = of
  return database.auditEvent.findMany({
    where: {
      ...(action ? { action } : {}),
      ...(personId ? { OR: [{ actorId: personId }, { subjectId: personId }] } : {}),
    },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: limit,
    ...(before ? { cursor: { id: before }, skip: 1 } : {}),
  })
}
