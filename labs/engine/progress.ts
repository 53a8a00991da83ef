/** How far a learner has come in a lab session, and how they stand. */
import type { BoardRow, Standing } from '#labs/protocol/class.ts'
import { type Lab, questionId, type Step } from './define.ts'
import type { Fold } from './fold.ts'
import { standingOf } from './standing.ts'

/** `passes`: ids of checks, questions among them. */
export type Progress = { steps: BoardRow['steps']; passes: string[]; standing: Standing }

export const checkIds = (step: Step): string[] => [
  ...step.checks.map(({ id }) => id),
  ...(step.ask ? [questionId(step.id)] : []),
]

export function progressOf(
  { passes, opened, hints, deeds }: Fold,
  lab: Lab,
  of: { activeAt: number; stuckMs: number; now: number },
): Progress {
  const steps = lab.steps.map((step) => {
    const own = checkIds(step)
    const at = own.flatMap((id) => passes[id]?.at ?? [])
    const from = opened[step.id]?.at
    const isDone = at.length === own.length
    return {
      passed: at.length,
      ms: isDone && from !== undefined ? Math.max(0, Math.max(...at) - from) : null,
      hints: step.checks.reduce((sum, { id }) => sum + (hints[id] ?? 0), 0),
    }
  })
  const isDone = (step: Step) => checkIds(step).every((id) => passes[id])
  const open = lab.steps.filter((step) => opened[step.id] && !isDone(step)).map(({ id }) => id)
  const standing = standingOf(deeds, { ...of, done: lab.steps.every(isDone), open })
  return { steps, passes: Object.keys(passes), standing }
}
