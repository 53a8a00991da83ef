'use client'
import { useEffect } from 'react'
import { isRoutine, type Run } from './run.ts'

/** Long enough to read what happened; what changes nothing passes quickly. */
const NOTABLE_MS = 1_100
const ROUTINE_MS = 170

/** While it plays: one step after another, each as long as it takes to see. */
export function usePlaying(run: Run, onStep: () => void): void {
  const { isPlaying, at, steps } = run
  useEffect(() => {
    if (!isPlaying) return
    const last = steps[at - 1]
    const timer = setTimeout(onStep, last && isRoutine(last) ? ROUTINE_MS : NOTABLE_MS)
    return () => clearTimeout(timer)
  }, [isPlaying, at, steps, onStep])
}
