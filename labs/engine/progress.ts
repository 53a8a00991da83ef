/** How far a learner has come in a lab session, and how they stand. */
import type { BoardRow, Standing } from '#labs/protocol/class.ts'
import type { Lab } from './define.ts'
import type { Fold } from './fold.ts'
import { standingOf } from './standing.ts'
import { checkIds, isCredited, isOpen, isPassed } from './steps.ts'

/** `steps`: as the lab has them. `passes`: ids of checks, questions among them. */
export type Progress = {
  steps: Omit<BoardRow['steps'][number], 'passed'>[]
  passes: string[]
  standing: Standing
}

export function progressOf(fold: Fold, lab: Lab, of: { activeAt: number; stuckMs: number; now: number }): Progress {
  const { passes, firstOpened, hints, solutions, deeds } = fold
  const steps = lab.steps.map((step) => {
    const at = checkIds(step).flatMap((id) => passes[id]?.at ?? [])
    const from = firstOpened[step.id]
    return {
      ms: isCredited(fold, step) && from !== undefined ? Math.max(0, Math.max(...at) - from) : null,
      hints: step.checks.reduce((sum, { id }) => sum + (hints[id] ?? 0), 0),
      solution: solutions[step.id] !== undefined,
    }
  })
  const open = lab.steps.filter((step) => isOpen(fold, step) && !isPassed(fold, step)).map(({ id }) => id)
  const standing = standingOf(deeds, { ...of, done: lab.steps.every((step) => isCredited(fold, step)), open })
  return { steps, passes: Object.keys(passes), standing }
}
