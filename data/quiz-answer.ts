/** What a learner chose in a quiz of a lesson; the newest choice of each question. */
import type { QuizAnswer } from '../generated/prisma/client.ts'
import type { Database } from './database.ts'

export type { QuizAnswer }

type Lesson = { userId: string; course: string; lesson: string }

export async function saveQuizAnswer(
  database: Database,
  question: Lesson & { question: string },
  { choice, correct }: { choice: string; correct: boolean },
): Promise<void> {
  const answer = { choice, correct, at: new Date() }
  await database.quizAnswer.upsert({
    where: { userId_course_lesson_question: question },
    create: { ...question, ...answer },
    update: answer,
  })
}

/** @returns question → its newest answer */
export async function findQuizAnswers(database: Database, lesson: Lesson): Promise<Record<string, QuizAnswer>> {
  const rows = await database.quizAnswer.findMany({ where: lesson })
  return Object.fromEntries(rows.map((row) => [row.question, row]))
}
