/** Who asks for this page, what they may, and what is kept of them. For pages and actions; a stranger has nothing yet. */
import { headers } from 'next/headers'
import { forbidden, redirect } from 'next/navigation'
import { cache } from 'react'
import { withReturn } from '#components/account/where-to.ts'
import type { PastPasses } from '#components/workbench/step-view.ts'
import { KraftlabError } from '#config/errors.ts'
import { hasRole, type Role } from '#config/roles.ts'
import { findPasses } from '#data/check-pass.ts'
import { auth, database } from '#data/connection.ts'
import { findOptionalLiveLabSession } from '#data/lab-session.ts'
import { findProgress, type Progress } from '#data/progress.ts'
import { findQuizAnswers } from '#data/quiz-answer.ts'
import { findOptionalReadingPosition } from '#data/reading-position.ts'
import { findOptionalPerson, type Person } from '#data/sign-in.ts'
import { type Course, lessonsOf } from '#lessons/course.ts'

export const optionalPerson = cache(async (): Promise<Person | null> => {
  const cookie = (await headers()).get('cookie')
  return cookie ? findOptionalPerson(database(), auth(), cookie) : null
})

/** Whoever is signed in with an account; null for a guest, too. */
export async function optionalAccount(): Promise<Person | null> {
  const person = await optionalPerson()
  return person?.isGuest ? null : person
}

/** For actions and files. @throws KraftlabError NOT_SIGNED_IN */
export async function requireAccount(): Promise<Person> {
  const account = await optionalAccount()
  if (!account) throw new KraftlabError('NOT_SIGNED_IN')
  return account
}

/** For a page of accounts alone: others are sent to sign in, and come back to it. */
export async function accountFor(path: string): Promise<Person> {
  return (await optionalAccount()) ?? redirect(withReturn('/sign-in', path))
}

/** For a page of a role. */
export async function roleFor(path: string, role: Role): Promise<Person> {
  const person = await accountFor(path)
  return hasRole(person.role, role) ? person : forbidden()
}

const NO_PROGRESS: Progress = { lessons: {}, readLast: null, labs: {} }

export const progressIn = cache(async (course: Course): Promise<Progress> => {
  const learner = await optionalPerson()
  if (!learner) return NO_PROGRESS
  const labs = lessonsOf(course).flatMap(({ lab }) => lab ?? [])
  return findProgress(database(), { userId: learner.userId, course: course.slug, labs })
})

export type KeptOfLesson = {
  done: boolean
  reading: { heading: string | null; position: number } | null
  quizAnswers: Record<string, number[]>
}

export async function keptOfLesson(course: string, lesson: string): Promise<KeptOfLesson> {
  const learner = await optionalPerson()
  if (!learner) return { done: false, reading: null, quizAnswers: {} }
  const of = { userId: learner.userId, course, lesson }
  const [progress, reading, answers] = await Promise.all([
    findProgress(database(), { userId: learner.userId, course, labs: [] }),
    findOptionalReadingPosition(database(), of),
    findQuizAnswers(database(), of),
  ])
  return {
    done: lesson in progress.lessons,
    reading: reading && { heading: reading.heading, position: reading.position },
    quizAnswers: Object.fromEntries(
      Object.entries(answers).map(([quiz, { choice }]) => [quiz, choice.split(',').map(Number)]),
    ),
  }
}

/** @returns passes of earlier lab sessions, and the lab session whose room still runs */
export async function keptOfLab(lab: string): Promise<{ session: string | null; pastPasses: PastPasses }> {
  const learner = await optionalPerson()
  if (!learner) return { session: null, pastPasses: {} }
  const [passes, live] = await Promise.all([
    findPasses(database(), { userId: learner.userId, lab }),
    findOptionalLiveLabSession(database(), { userId: learner.userId, lab }),
  ])
  return {
    session: live?.id ?? null,
    pastPasses: Object.fromEntries(passes.map(({ check, evidence, at }) => [check, { says: evidence.says, at: +at }])),
  }
}
