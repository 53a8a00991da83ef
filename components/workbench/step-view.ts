/** What the page shows of a lab's steps: the running lab session's state, or before it the outline and past passes. */
import type { LabSessionState, StepState } from '#labs/protocol/live.ts'
import type { LabOutline } from '#lessons/lab-outline.ts'

/** Check id → what was seen when an earlier lab session passed it. */
export type PastPasses = Record<string, { says: string; at: number }>
export type StepView = StepState

export function viewSteps(outline: LabOutline, state: LabSessionState | null, past: PastPasses): StepView[] {
  if (state && state.steps.length > 0) return state.steps
  return outline.steps.map(({ id, title, ask, predict, checks }) => ({
    id,
    title,
    openedAt: null,
    mayReset: false,
    solution: { shown: false, offered: false, from: null, hintsLeft: 0, answersLeft: 0 },
    status: isPassed([...checks, ...(ask ? [ask] : [])], past) ? 'passed' : 'closed',
    ask: ask && {
      question: ask.question,
      given: null,
      says: '',
      passedAt: past[ask.id]?.at ?? null,
      passedBefore: ask.id in past,
      counts: ask.id in past,
    },
    predict: predict === null ? null : { question: predict, given: null, outcome: null },
    checks: checks.map((check) => ({
      ...check,
      status: check.id in past ? 'passed' : 'closed',
      says: '',
      measured: {},
      passedAt: null,
      noLongerTrue: false,
      hints: [],
      hintsLeft: 3,
      awaits: null,
      passedBefore: check.id in past,
      counts: check.id in past,
      trial: null,
    })),
  }))
}

const isPassed = (all: { id: string }[], past: PastPasses): boolean =>
  all.length > 0 && all.every(({ id }) => id in past)

/**
 * What was passed: in the running lab session, or without one in all earlier ones. A question counts as a check; what a reset
 * did for the learner does not count.
 */
export function countPassed(steps: StepView[]): { passed: number; all: number } {
  const checks = steps.flatMap((step) => step.checks)
  const questions = steps.flatMap(({ ask }) => (ask ? [ask] : []))
  return {
    passed: checks.filter(({ counts }) => counts).length + questions.filter(({ counts }) => counts).length,
    all: checks.length + questions.length,
  }
}

/** Not passed in this lab session nor in an earlier one. */
export const checksLeft = (steps: StepView[]): number =>
  steps.flatMap(({ checks }) => checks).filter(({ counts, passedBefore }) => !counts && !passedBefore).length +
  steps.filter(({ ask }) => ask && !ask.counts && !ask.passedBefore).length

/** The step to work on: the open one, else the first that has not passed, else the last. */
export const currentStep = (steps: StepView[]): StepView | undefined =>
  steps.find(({ status }) => status === 'open') ?? steps.find(({ status }) => status !== 'passed') ?? steps.at(-1)

/** It begins with the learner's guess, which is not there yet. */
export const wantsPrediction = ({ status, predict }: StepView): boolean =>
  status === 'open' && predict !== null && predict.given === null
