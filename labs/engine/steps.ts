/** Where in a lab's steps a lab session is: pure functions of the fold. */
import { type Lab, questionId, type Step } from './define.ts'
import type { Fold } from './fold.ts'

/** Of its checks, and of its question as one. */
export const checkIds = (step: Step): string[] => [
  ...step.checks.map(({ id }) => id),
  ...(step.ask ? [questionId(step.id)] : []),
]

export const isOpen = ({ opened }: Pick<Fold, 'opened'>, step: Step): boolean => opened[step.id] !== undefined

/** In the present run: since the last reset, by whomever. */
export const isPassed = ({ here }: Pick<Fold, 'here'>, step: Step): boolean =>
  checkIds(step).every((id) => here[id] !== undefined)

/** By the learner, in this lab session. */
export const isCredited = ({ passes }: Pick<Fold, 'passes'>, step: Step): boolean =>
  checkIds(step).every((id) => passes[id] !== undefined)

export const stepsBefore = (lab: Lab, step: string): Step[] => {
  const at = lab.steps.findIndex(({ id }) => id === step)
  return lab.steps.slice(0, Math.max(0, at))
}

/**
 * Whether the learner may begin again at that step. The solution is replayed up to it, so it must show them nothing new:
 * each step before it has been passed, here or in an earlier lab session, or its solution has been looked at.
 */
export const mayResetTo = (
  { passes, solutions }: Pick<Fold, 'passes' | 'solutions'>,
  lab: Lab,
  step: string,
  passedBefore: ReadonlySet<string>,
): boolean =>
  lab.steps.some(({ id }) => id === step) &&
  stepsBefore(lab, step).every(
    (one) =>
      solutions[one.id] !== undefined || checkIds(one).every((id) => passes[id] !== undefined || passedBefore.has(id)),
  )

/** The first that has not passed; while the solution is replayed: of those that it is replayed for. */
export const nextStep = (fold: Fold, lab: Lab): Step | undefined =>
  (fold.replay ? stepsBefore(lab, fold.replay.step) : lab.steps).find((one) => !isPassed(fold, one))

/** A step that is next opens with the learner's guess, where it asks for one. */
export const wantsPrediction = (fold: Fold, lab: Lab, step: Step): boolean =>
  fold.replay === null &&
  step.predict !== null &&
  step === nextStep(fold, lab) &&
  !isOpen(fold, step) &&
  !fold.predictions[step.id]
