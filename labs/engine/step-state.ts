/** A step as the page shows it: the fold, and what the judges say now. */
import type { CheckState, StepState } from '#labs/protocol/live.ts'
import { type Check, type Evidence, type Lab, questionId, type Step, type Verdict } from './define.ts'
import type { Fold } from './fold.ts'
import { isOpen, isPassed, wantsPrediction } from './steps.ts'
import { solutionOffer } from './tried.ts'

/** @param verdicts of the open steps' checks, by id */
export function stepState(fold: Fold, lab: Lab, step: Step, verdicts: ReadonlyMap<string, Verdict>): StepState {
  const open = isOpen(fold, step)
  const status = isPassed(fold, step) ? 'passed' : open || wantsPrediction(fold, lab, step) ? 'open' : 'closed'
  const predicted = fold.predictions[step.id]
  const { given = null, says = '' } = fold.answers[step.id] ?? {}
  const question = questionId(step.id)
  const passedAt = fold.here[question]?.at ?? null
  return {
    id: step.id,
    title: step.title,
    status,
    openedAt: fold.opened[step.id]?.at ?? null,
    solution: solutionOffer(fold, step),
    checks: step.checks.map((check) => ({
      ...checkState(fold, check, open, verdicts.get(check.id)),
      trial: trialState(fold, step, check),
    })),
    predict: step.predict && {
      question: step.predict.question,
      given: predicted?.given ?? null,
      outcome: predicted?.outcome ?? null,
    },
    ask: step.ask ? { question: step.ask.question, given, says, passedAt, ...creditOf(fold, question) } : null,
    mayReset: false,
  }
}

function trialState({ tried }: Fold, step: Step, { trial }: Check): CheckState['trial'] {
  if (trial === undefined) return null
  const newest = tried[step.facts[trial]?.need.name ?? '']
  if (!newest) return { at: null, failed: null, shown: null }
  const { at, result, shown } = newest
  return { at, failed: result.state === 'failed' ? result.why : null, shown }
}

function checkState(fold: Fold, check: Check, open: boolean, verdict: Verdict | undefined): Omit<CheckState, 'trial'> {
  const pass = fold.here[check.id]
  const asked = fold.hints[check.id] ?? 0
  const missingNow = verdict && !verdict.passed ? verdict : null
  return {
    id: check.id,
    title: check.title,
    status: pass ? 'passed' : open ? 'open' : 'closed',
    says: pass ? pass.evidence.says : (missingNow?.says ?? ''),
    measured: pass ? measuredIn(pass.evidence) : {},
    passedAt: pass?.at ?? null,
    noLongerTrue: Boolean(pass && verdict && !verdict.passed),
    hints: check.hints.slice(0, asked),
    hintsLeft: check.hints.length - asked,
    awaits: pass ? null : (missingNow?.awaits ?? null),
    ...creditOf(fold, check.id),
  }
}

/** What was measured has a name that says so: `ms`, `controllerMs`, `recordsPerSecond`. */
const measuredIn = (evidence: Evidence): Record<string, number> =>
  Object.fromEntries(
    Object.entries(evidence).filter(
      (entry): entry is [string, number] => /(^m|M)s$|PerSecond$/.test(entry[0]) && typeof entry[1] === 'number',
    ),
  )

/** What was passed before a reset was passed in an earlier room, as far as this one is concerned. */
const creditOf = ({ passes, here }: Fold, id: string): { counts: boolean; passedBefore: boolean } => ({
  counts: passes[id] !== undefined,
  passedBefore: passes[id] !== undefined && here[id]?.by !== 'learner',
})
