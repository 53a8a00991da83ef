'use client'
import { useState, useTransition } from 'react'
import type { Answer } from '#app/answers.ts'

/** Runs an action and keeps how it came out: '' while nothing is wrong. `done` is true after one that was taken. */
export function useAnswer() {
  const [problem, setProblem] = useState('')
  const [done, setDone] = useState(false)
  const [busy, start] = useTransition()
  const act = (deed: () => Promise<Answer>, then?: () => void) =>
    start(async () => {
      setDone(false)
      const answer = await deed()
      // An action that leads elsewhere has no answer.
      if (answer === undefined) return
      setProblem(answer.ok ? '' : answer.says)
      setDone(answer.ok)
      if (answer.ok) then?.()
    })
  return { act, busy, problem, done }
}
