/** What the page shows of a lab's steps: the running lab session's state, or before it the outline and past passes. */
import type { CheckState, LabSessionState, StepState } from '#labs/protocol/live.ts'
import type { LabOutline } from '#lessons/lab-outline.ts'

/** Check id → what was seen when an earlier lab session passed it. */
export type PastPasses = Record<string, { says: string; at: number }>
export type StepView = StepState

export function viewSteps(outline: LabOutline, state: LabSessionState | null, past: PastPasses): StepView[] {
  if (state && state.steps.length > 0) return state.steps
  return outline.steps.map(({ id, title, checks }) => ({
    id,
    title,
    status: 'closed',
    ask: null,
    checks: checks.map((check) => ({
      ...check,
      status: 'closed',
      says: '',
      passedAt: null,
      noLongerTrue: false,
      hints: [],
      hintsLeft: 3,
      passedBefore: check.id in past,
    })),
  }))
}

/** Passed now or in an earlier lab session. */
export const isDone = (check: CheckState): boolean => check.status === 'passed' || check.passedBefore

export function countChecks(steps: StepView[]): { passed: number; all: number } {
  const checks = steps.flatMap((step) => step.checks)
  return { passed: checks.filter(isDone).length, all: checks.length }
}

/** The step to work on: the first open one, else the last passed one, else the first. */
export const currentStep = (steps: StepView[]): StepView | undefined =>
  steps.find(({ status }) => status === 'open') ?? steps.findLast(({ status }) => status === 'passed') ?? steps[0]
