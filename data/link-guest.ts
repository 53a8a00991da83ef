/** A guest signs up or in: what they achieved becomes the account's. */
import type { Database, OpenDatabase } from './database.ts'

/** Moves all in one transaction; better-auth then deletes the guest. Where both have a row, the better or newer stays. */
export async function linkGuest(database: OpenDatabase, guestId: string, userId: string): Promise<void> {
  if (guestId === userId) return
  await database.$transaction(async (within) => {
    const move = { where: { userId: guestId }, data: { userId } }
    await within.labSession.updateMany(move)
    await within.linkedGuest.updateMany(move)
    await within.linkedGuest.create({ data: { guestId, userId } })
    await dropDoubles(within, guestId, userId)
    await within.lessonCompletion.updateMany(move)
    await within.readingPosition.updateMany(move)
    await within.quizAnswer.updateMany(move)
  })
}

/** Of two completions the account's first counts; of positions and answers the newer. */
async function dropDoubles(within: Database, guestId: string, userId: string): Promise<void> {
  const both = { where: { userId: { in: [guestId, userId] } } }
  const completions = await within.lessonCompletion.findMany({ ...both, orderBy: { at: 'asc' } })
  const positions = await within.readingPosition.findMany({ ...both, orderBy: { at: 'desc' } })
  const answers = await within.quizAnswer.findMany({ ...both, orderBy: { at: 'desc' } })
  const drop = <Row extends { id: string }>(rows: Row[], key: (row: Row) => string) => ({
    where: {
      id: { in: rows.filter((row, at) => rows.findIndex((one) => key(one) === key(row)) < at).map((row) => row.id) },
    },
  })
  await within.lessonCompletion.deleteMany(drop(completions, (row) => `${row.course}/${row.lesson}`))
  await within.readingPosition.deleteMany(drop(positions, (row) => `${row.course}/${row.lesson}`))
  await within.quizAnswer.deleteMany(drop(answers, (row) => `${row.course}/${row.lesson}/${row.question}`))
}
