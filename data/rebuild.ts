/** Database rows about labs are derived from the histories: this remakes them. */
import { type Pass, recordPass } from './check-pass.ts'
import type { Database, OpenDatabase } from './database.ts'

/** What a history tells about its lab session. */
export type LabSessionStory = {
  id: string
  /** the learner as the history's first entry names them */
  learner: string
  lab: string
  startedAt: Date
  /** null: the history does not say that its room ended */
  ended: { at: Date; why: string } | null
  passes: Pass[]
}

/**
 * Replaces all rows about labs, in one transaction.
 * @returns stories of learners who are no more: their rows cannot be
 */
export async function rebuildLabSessions(
  database: OpenDatabase,
  stories: LabSessionStory[],
): Promise<{ rebuilt: number; withoutLearner: string[] }> {
  return database.$transaction(
    async (within) => {
      await within.labSession.deleteMany()
      const withoutLearner: string[] = []
      for (const story of stories) {
        const userId = await findOptionalPresentUser(within, story.learner)
        if (userId === null) withoutLearner.push(story.id)
        else await writeStory(within, story, userId)
      }
      return { rebuilt: stories.length - withoutLearner.length, withoutLearner }
    },
    { timeout: REBUILD_LIMIT_MS },
  )
}

/** Some 1,000 rows a second. */
const REBUILD_LIMIT_MS = 600_000

async function writeStory(within: Database, story: LabSessionStory, userId: string): Promise<void> {
  const { id, lab, startedAt, ended } = story
  await within.labSession.create({
    data: { id, userId, lab, startedAt, endedAt: ended?.at ?? null, endedWhy: ended?.why ?? null },
  })
  for (const pass of story.passes) await recordPass(within, id, pass)
}

/** A guest who has an account by now is that account. */
async function findOptionalPresentUser(within: Database, learner: string): Promise<string | null> {
  const linked = await within.linkedGuest.findUnique({ where: { guestId: learner } })
  const user = await within.user.findUnique({ where: { id: linked?.userId ?? learner } })
  return user?.id ?? null
}
