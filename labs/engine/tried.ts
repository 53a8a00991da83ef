/** When a learner may see how a step is solved: after trying (docs/decisions/018). Pure: time comes from outside. */
import type { SolutionOffer } from '#labs/protocol/live.ts'
import { questionId, type Step } from './define.ts'
import type { Fold } from './fold.ts'
import { isCredited, isOpen } from './steps.ts'

/** The time of a hint that is read, tried and not enough, three times over. */
export const TRIED_MS = 10 * 60_000
/** Nobody has tried who did less meanwhile: a page that is only open does not count. */
export const TRIES = 3
/** A question has no hints: so many wrong answers in a row stand for them. */
export const WRONG_ANSWERS = 3

export function solutionOffer(fold: Fold, step: Step): SolutionOffer {
  const shown = fold.solutions[step.id] !== undefined
  if (isCredited(fold, step)) return { shown, offered: true, from: null, hintsLeft: 0, answersLeft: 0 }
  const opened = fold.firstOpened[step.id]
  if (!isOpen(fold, step) || opened === undefined)
    return { shown, offered: shown, from: null, hintsLeft: 0, answersLeft: 0 }
  const hintsLeft = step.checks
    .filter(({ id }) => !fold.passes[id])
    .reduce((sum, { id, hints }) => sum + hints.length - (fold.hints[id] ?? 0), 0)
  const isAsked = step.ask !== null && !fold.passes[questionId(step.id)]
  const answersLeft = isAsked ? Math.max(0, WRONG_ANSWERS - (fold.deeds.wrong[step.id] ?? 0)) : 0
  const offered = shown || (hintsLeft === 0 && answersLeft === 0)
  return { shown, offered, from: fold.deeds.tries >= TRIES ? opened + TRIED_MS : null, hintsLeft, answersLeft }
}

export const isOffered = ({ offered, from }: SolutionOffer, now: number): boolean =>
  offered || (from !== null && now >= from)
