/** Where in a lab's steps a lab session is: pure functions of the fold. */
import { type Lab, questionId, type Step } from './define.ts'
import type { Fold } from './fold.ts'

/** Of its checks, and of its question as one. */
export const checkIds = (step: Step): string[] => [
  ...step.checks.map(({ id }) => id),
  ...(step.ask ? [questionId(step.id)] : []),
]

export const isOpen = ({ opened }: Pick<Fold, 'opened'>, step: Step): boolean => opened[step.id] !== undefined

export const isPassed = ({ passes }: Pick<Fold, 'passes'>, step: Step): boolean =>
  checkIds(step).every((id) => passes[id] !== undefined)

/** The first that has not passed. */
export const nextStep = (fold: Fold, lab: Lab): Step | undefined => lab.steps.find((one) => !isPassed(fold, one))

/** A step that is next opens with the learner's guess, where it asks for one. */
export const wantsPrediction = (fold: Fold, lab: Lab, step: Step): boolean =>
  step.predict !== null && step === nextStep(fold, lab) && !isOpen(fold, step) && !fold.predictions[step.id]
