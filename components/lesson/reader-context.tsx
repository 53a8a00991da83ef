'use client'
import { createContext, type ReactNode, use, useMemo } from 'react'
import { keepQuizAnswer } from '#app/actions.ts'
import { signInAsGuest } from '#components/guest.ts'

type Reader = {
  /** quiz id → the choices taken */
  quizAnswers: Record<string, number[]>
  keepQuizAnswer: (answer: { quiz: string; choices: number[]; correct: boolean }) => void
}

const ReaderContext = createContext<Reader | null>(null)

/** What is remembered of a reader in this lesson. */
export function ReaderProvider(props: {
  course: string
  lesson: string
  quizAnswers: Record<string, number[]>
  children: ReactNode
}) {
  const { course, lesson, quizAnswers } = props
  const reader = useMemo(
    (): Reader => ({
      quizAnswers,
      keepQuizAnswer: (answer) => {
        // The answer is judged on the page: a lost connection costs the memory of it, not the lesson.
        signInAsGuest()
          .then(() => keepQuizAnswer({ course, lesson, ...answer }))
          .catch((error: unknown) => console.warn('The answer was not kept.', error))
      },
    }),
    [course, lesson, quizAnswers],
  )
  return <ReaderContext value={reader}>{props.children}</ReaderContext>
}

export function useReader(): Reader {
  const reader = use(ReaderContext)
  if (!reader) throw new Error('useReader outside of a lesson')
  return reader
}
