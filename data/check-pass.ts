/** A check that a learner passed in a lab session, with the evidence. Latches: the first pass stays. */
import type { CheckPass } from '../generated/prisma/client.ts'
import type { Database } from './database.ts'

export type Evidence = { says: string; [detail: string]: unknown }
export type Pass = { step: string; check: string; evidence: Evidence; at: Date }

export async function recordPass(database: Database, labSessionId: string, pass: Pass): Promise<void> {
  await database.checkPass.upsert({
    where: { labSessionId_check: { labSessionId, check: pass.check } },
    create: { labSessionId, ...pass, evidence: pass.evidence as object },
    update: {},
  })
}

/** What a learner has passed of a lab in all their lab sessions, each check once: its first pass. Oldest first. */
export async function findPasses(
  database: Database,
  of: { userId: string; lab: string; exceptLabSession?: string },
): Promise<Pass[]> {
  const { userId, lab, exceptLabSession } = of
  const rows = await database.checkPass.findMany({
    where: { labSession: { userId, lab, ...(exceptLabSession ? { id: { not: exceptLabSession } } : {}) } },
    orderBy: { at: 'asc' },
  })
  return firstOfEach(rows)
}

/** The same for many labs at once: lab → passes. A lab without passes has an empty list. */
export async function findPassesOfLabs(
  database: Database,
  of: { userId: string; labs: string[] },
): Promise<Record<string, Pass[]>> {
  const rows = await database.checkPass.findMany({
    where: { labSession: { userId: of.userId, lab: { in: of.labs } } },
    include: { labSession: { select: { lab: true } } },
    orderBy: { at: 'asc' },
  })
  return Object.fromEntries(of.labs.map((lab) => [lab, firstOfEach(rows.filter((row) => row.labSession.lab === lab))]))
}

/** How many of a learner's lab sessions of that lab have this many passes: they were finished. */
export async function countFinished(
  database: Database,
  { userId, lab, checks }: { userId: string; lab: string; checks: number },
): Promise<number> {
  const rows = await database.labSession.findMany({
    where: { userId, lab },
    select: { _count: { select: { passes: true } } },
  })
  return rows.filter(({ _count }) => _count.passes >= checks).length
}

function firstOfEach(rows: CheckPass[]): Pass[] {
  const first = new Map<string, Pass>()
  for (const { step, check, evidence, at } of rows) {
    if (!first.has(check)) first.set(check, { step, check, evidence: evidence as Evidence, at })
  }
  return [...first.values()]
}
