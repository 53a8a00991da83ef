/** A class's roster: what the school knows of its learners, and who of the members each line is. */
import { KraftlabError } from '#config/errors.ts'
import type { RosterEntry } from '../generated/prisma/client.ts'
import { recordAuditEvent } from './audit-event.ts'
import { findOptionalMember, requireTeachingNow } from './class-member.ts'
import type { Database, OpenDatabase } from './database.ts'
import type { RosterLine } from './roster-csv.ts'
import type { Person } from './sign-in.ts'

export type { RosterEntry }

export function findRoster(database: Database, classId: string): Promise<RosterEntry[]> {
  return database.rosterEntry.findMany({ where: { classId }, orderBy: [{ student: 'asc' }, { id: 'asc' }] })
}

/**
 * A line whose address, Canvas id or SIS id is known replaces what was there, and keeps its member.
 * @returns how many lines are new, and how many replaced one
 * @throws KraftlabError as `requireTeachingNow`
 */
export function importRoster(
  database: OpenDatabase,
  by: Person,
  classId: string,
  lines: RosterLine[],
): Promise<{ added: number; replaced: number }> {
  return database.$transaction(
    async (within) => {
      await requireTeachingNow(within, by, classId)
      const known = await within.rosterEntry.findMany({ where: { classId } })
      const outcome = { added: 0, replaced: 0 }
      for (const line of lines) {
        const before = known.find((entry) => isSame(entry, line))
        if (before) await within.rosterEntry.update({ where: { id: before.id }, data: line })
        else await within.rosterEntry.create({ data: { classId, ...line } })
        outcome[before ? 'replaced' : 'added']++
      }
      await recordAuditEvent(within, by, { action: 'roster-imported', classId, details: outcome })
      return outcome
    },
    { timeout: IMPORT_LIMIT_MS },
  )
}
/** 5,000 lines at some 0.2 ms. */
const IMPORT_LIMIT_MS = 20_000

const isSame = (entry: RosterEntry, line: RosterLine): boolean =>
  (['email', 'canvasId', 'sisUserId'] as const).some((name) => line[name] !== null && entry[name] === line[name])

/**
 * Says which members are which lines. An address that nobody has proven is only a suggestion: grades go by these.
 * @param matches `userId` null: nobody (any more)
 * @throws KraftlabError as `requireTeachingNow`; NOT_FOUND where line or learner are not of this class
 */
export async function matchRoster(
  database: OpenDatabase,
  by: Person,
  classId: string,
  matches: { entryId: string; userId: string | null }[],
): Promise<void> {
  await database.$transaction(
    async (within) => {
      await requireTeachingNow(within, by, classId)
      for (const { entryId, userId } of matches) {
        const entry = await within.rosterEntry.findFirst({ where: { id: entryId, classId } })
        const member = userId === null ? null : await findOptionalMember(within, { classId, userId })
        if (!entry || (userId !== null && member?.role !== 'learner'))
          throw new KraftlabError('NOT_FOUND', 'That line or learner is not of this class any more. Reload the page.')
        if (member) await within.rosterEntry.updateMany({ where: { memberId: member.id }, data: { memberId: null } })
        await within.rosterEntry.update({ where: { id: entry.id }, data: { memberId: member?.id ?? null } })
      }
      await recordAuditEvent(within, by, { action: 'roster-matched', classId, details: { matches } })
    },
    { timeout: IMPORT_LIMIT_MS },
  )
}
