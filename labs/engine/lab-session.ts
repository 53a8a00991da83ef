/**
 * One learner's run of a lab. Takes observations and what a person does, appends them to the history, folds what is
 * stored, judges the open checks and latches passes. Knows nothing of rooms or HTTP.
 */
import { EventEmitter } from 'node:events'
import type { CheckState, StepState } from '#labs/protocol/live.ts'
import type { Need, Observation } from '#labs/protocol/observation.ts'
import type { Check, Fact, Lab, Moment, Step, Verdict } from './define.ts'
import { missing } from './define.ts'
import { type Fold, foldEntry, NOTHING } from './fold.ts'
import { type Clock, type Entry, History, systemClock } from './history.ts'
import { HistoryView } from './history-view.ts'
import { type RoomView, roomView } from './room-view.ts'

export type Pass = { step: string; check: string; evidence: { says: string }; at: number }
type Events = {
  /** what `view` shows has changed */
  changed: []
  /** `needs` has changed */
  needs: []
  /** `seen` rose: the switch may forget up to it */
  stored: []
  /** on the disk */
  passed: [Pass]
  /** the history can no longer be written: nothing more is shown */
  failed: [unknown]
}

export class LabSession extends EventEmitter<Events> {
  private history!: History
  private readonly entries: Entry[] = []
  private fold: Fold = NOTHING
  /** appended but not yet stored: not to be appended twice */
  private readonly latching = new Set<string>()
  private verdicts = new Map<string, Verdict>()

  private constructor(
    readonly id: string,
    readonly lab: Lab,
  ) {
    super()
  }

  /** Opens a lab session anew or from its history. @param options.file its history.ndjson */
  static async open(options: {
    id: string
    lab: Lab
    learner: string
    file: string
    clock?: Clock
  }): Promise<LabSession> {
    const session = new LabSession(options.id, options.lab)
    const { history, entries } = await History.open(
      options.file,
      options.clock ?? systemClock,
      (stored) => session.onStored(stored),
      (error) => session.emit('failed', error),
    )
    session.history = history
    for (const entry of entries) session.take(entry)
    if (entries.length === 0) {
      history.append({ type: 'opened', id: options.id, lab: options.lab.slug, learner: options.learner })
    }
    session.openSteps()
    await history.flush()
    session.judge()
    return session
  }

  observe(seen: { number: number; at: number; mono: number; observation: Observation }): void {
    const { number, at, mono, observation } = seen
    this.history.append({ type: 'observed', number, observation }, { at, mono })
  }

  note(kind: 'room-started' | 'room-ended', says: string): void {
    this.history.append({ type: kind, says })
  }

  /** Judges what the learner typed for a step's question. An answer to a step that is not open is dropped. */
  answer(stepId: string, given: string): void {
    const step = this.lab.steps.find((one) => one.id === stepId)
    if (!step?.ask || !this.isOpen(step)) return
    const verdict = judged(() => step.ask!.judge(given, this.moment(step)))
    const says = verdict.passed ? verdict.evidence.says : verdict.says
    this.history.append({ type: 'answered', step: stepId, given, correct: verdict.passed, says })
    if (verdict.passed) this.latch(stepId, questionId(stepId), verdict.evidence)
  }

  hint(checkId: string, level: number): void {
    const check = this.lab.steps.flatMap((step) => step.checks).find((one) => one.id === checkId)
    const asked = this.fold.hints[checkId] ?? 0
    if (check && level === asked + 1 && level <= check.hints.length) {
      this.history.append({ type: 'hint', check: checkId, level })
    }
  }

  /** The highest number of an observation that is in the history, for the present room. */
  get seen(): number {
    return this.fold.seen
  }

  /** What the switch should watch: needs of the open steps, or of all. */
  needs(which: 'open' | 'all' = 'open'): Need[] {
    const steps = this.lab.steps.filter((step) => which === 'all' || (this.isOpen(step) && !this.isPassed(step)))
    const needs = steps.flatMap((step) => Object.values(step.facts).map(({ need }) => need))
    return [...new Map(needs.map((need) => [need.name, need])).values()]
  }

  /** Whether each need has had a result in this room. */
  hasResults(needs: Need[]): boolean {
    return needs.every((need) => this.fold.facts[need.name])
  }

  view(): { steps: StepState[] } & RoomView {
    return { steps: this.lab.steps.map((step) => this.stepState(step)), ...roomView(this.fold) }
  }

  /** The clusters as they were at that time, ms since 1970. */
  viewAt(at: number): { at: number } & Pick<RoomView, 'clusters' | 'cuts'> {
    const { clusters, cuts } = roomView(this.fold)
    return { at, clusters, cuts }
  }

  /** Every check judged now, open or not; nothing latches. */
  assess(): { id: string; step: string; passed: boolean; says: string; evidence: unknown }[] {
    return this.lab.steps.flatMap((step) =>
      step.checks.map((check) => {
        const verdict = judged(() => check.judge(this.moment(step)))
        const says = verdict.passed ? verdict.evidence.says : verdict.says
        return {
          id: check.id,
          step: step.id,
          passed: verdict.passed,
          says,
          evidence: verdict.passed ? verdict.evidence : null,
        }
      }),
    )
  }

  async close(): Promise<void> {
    await this.history.close()
    this.removeAllListeners()
  }

  private onStored(stored: Entry[]): void {
    const before = this.fold
    for (const entry of stored) this.take(entry)
    for (const { body, at } of stored) {
      if (body.type === 'passed') {
        this.latching.delete(body.check)
        this.emit('passed', { step: body.step, check: body.check, evidence: body.evidence, at })
      }
    }
    this.openSteps()
    if (this.fold.seen !== before.seen) this.emit('stored')
    const needsMayDiffer = this.fold.opened !== before.opened || this.fold.passes !== before.passes
    if (needsMayDiffer || this.fold.room !== before.room) this.emit('needs')
    this.judge()
    this.emit('changed')
  }

  private take(entry: Entry): void {
    this.fold = foldEntry(this.fold, entry, this.entries.length)
    this.entries.push(entry)
  }

  /** The first step opens at once, every other when the one before has passed. */
  private openSteps(): void {
    const step = this.lab.steps.find((one) => !this.isPassed(one))
    if (step && !this.isOpen(step) && !this.latching.has(`step ${step.id}`)) {
      this.latching.add(`step ${step.id}`)
      this.history.append({ type: 'step-opened', step: step.id })
    }
  }

  private judge(): void {
    const verdicts = new Map<string, Verdict>()
    for (const step of this.lab.steps) {
      if (!this.isOpen(step)) continue
      for (const check of step.checks) {
        const latched = this.fold.passes[check.id]
        // Facts are fetched only while the step is open: afterwards only what the cluster view shows is current.
        if (latched && this.isPassed(step) && Object.keys(step.facts).length > 0) continue
        const verdict = judged(() => check.judge(this.moment(step)))
        verdicts.set(check.id, verdict)
        if (verdict.passed && !latched) this.latch(step.id, check.id, verdict.evidence)
      }
    }
    this.verdicts = verdicts
  }

  private latch(step: string, check: string, evidence: { says: string }): void {
    if (this.latching.has(check) || this.fold.passes[check]) return
    this.latching.add(check)
    this.history.append({ type: 'passed', step, check, evidence })
  }

  private isOpen = (step: Step): boolean => this.fold.opened[step.id] !== undefined

  private isPassed = (step: Step): boolean =>
    step.checks.every((check) => this.fold.passes[check.id]) &&
    (!step.ask || this.fold.passes[questionId(step.id)] !== undefined)

  private moment(step: Step): Moment {
    const facts: Record<string, Fact<unknown>> = {}
    for (const [name, { need }] of Object.entries(step.facts)) {
      facts[name] = this.fold.facts[need.name] ?? { state: 'not-fetched' }
    }
    return {
      cluster: this.fold.cluster,
      facts,
      history: new HistoryView(this.entries, this.fold.opened[step.id] ?? this.entries.length),
    }
  }

  private stepState(step: Step): StepState {
    const status = this.isPassed(step) ? 'passed' : this.isOpen(step) ? 'open' : 'closed'
    const given = this.fold.answers[step.id]?.given ?? null
    return {
      id: step.id,
      title: step.title,
      status,
      checks: step.checks.map((check) => this.checkState(check, status !== 'closed')),
      ask: step.ask ? { question: step.ask.question, given } : null,
    }
  }

  private checkState(check: Check, open: boolean): CheckState {
    const pass = this.fold.passes[check.id]
    const verdict = this.verdicts.get(check.id)
    const asked = this.fold.hints[check.id] ?? 0
    const missingNow = verdict && !verdict.passed ? verdict.says : ''
    return {
      id: check.id,
      title: check.title,
      status: pass ? 'passed' : open ? 'open' : 'closed',
      says: pass ? pass.evidence.says : missingNow,
      passedAt: pass?.at ?? null,
      noLongerTrue: Boolean(pass && verdict && !verdict.passed),
      hints: check.hints.slice(0, asked),
      hintsLeft: check.hints.length - asked,
      passedBefore: false,
    }
  }
}

/** A step's question counts as a check of this id. */
export const questionId = (step: string): string => `${step}-answer`

/** A judge that throws has found nothing: the lab is at fault, the learner is told, the lab session goes on. */
function judged(judge: () => Verdict): Verdict {
  try {
    return judge()
  } catch (error) {
    return missing(`This check could not be judged: ${error instanceof Error ? error.message : String(error)}`)
  }
}
