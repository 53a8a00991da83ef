'use server'
/** What a reader's page asks to be kept. Each checks who asks and that the lesson exists. */
import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { database } from '#data/connection.ts'
import { completeLesson, reopenLesson } from '#data/lesson-completion.ts'
import { saveQuizAnswer } from '#data/quiz-answer.ts'
import { saveReadingPosition } from '#data/reading-position.ts'
import { findOptionalCourse, lessonsOf } from '#lessons/course.ts'
import { optionalPerson } from './person.ts'

const lessonKey = z.object({ course: z.string().max(100), lesson: z.string().max(100) })
const quizAnswer = lessonKey.extend({
  quiz: z.string().min(1).max(100),
  choices: z.array(z.number().int().min(0).max(20)).min(1).max(20),
  correct: z.boolean(),
})
const readingPosition = lessonKey.extend({
  heading: z.string().max(200).nullable(),
  position: z.number().min(0).max(1),
})

/** @throws Error where the lesson does not exist or nobody is signed in */
async function ownLesson({ course, lesson }: z.infer<typeof lessonKey>) {
  const [learner, found] = await Promise.all([optionalPerson(), findOptionalCourse(course)])
  if (!learner) throw new Error('not signed in')
  if (!found || !('modules' in found) || !lessonsOf(found).some(({ slug }) => slug === lesson))
    throw new Error(`no lesson ${course}/${lesson}`)
  return { userId: learner.userId, course, lesson }
}

export async function keepQuizAnswer(given: z.input<typeof quizAnswer>): Promise<void> {
  const { quiz, choices, correct, ...key } = quizAnswer.parse(given)
  const of = await ownLesson(key)
  await saveQuizAnswer(database(), { ...of, question: quiz }, { choice: choices.join(','), correct })
}

/** Does nothing for a stranger: reading alone is no reason to name them. */
export async function keepReadingPosition(given: z.input<typeof readingPosition>): Promise<void> {
  const { heading, position, ...key } = readingPosition.parse(given)
  if (!(await optionalPerson())) return
  await saveReadingPosition(database(), await ownLesson(key), { heading, position })
}

export async function setLessonDone(given: z.input<typeof lessonKey>, done: boolean): Promise<void> {
  const of = await ownLesson(lessonKey.parse(given))
  if (z.boolean().parse(done)) await completeLesson(database(), of)
  else await reopenLesson(database(), of)
  revalidatePath(`/courses/${of.course}`, 'layout')
}
