/**
 * One learner's run of a lab. Takes observations and what a person does, appends them to the history, folds what is
 * stored, judges the open checks and latches passes. Knows nothing of rooms or HTTP.
 */
import { EventEmitter } from 'node:events'
import type { Drill, DrillOutcome, Picture } from '#labs/protocol/class.ts'
import type { StepState, TimelineEvent } from '#labs/protocol/live.ts'
import type { CommandChange } from '#labs/protocol/log.ts'
import { type Fault, isSample, type Need, type Observation } from '#labs/protocol/observation.ts'
import type { TrialOutput, TrialResult } from '#labs/protocol/trial.ts'
import { nodeOf } from './cluster.ts'
import { CommandChanges } from './command-changes.ts'
import type { Fact, FactSpec, Lab, Moment, Outcome, Step, Trial, Verdict } from './define.ts'
import { missing, questionId, variantOf } from './define.ts'
import { drillFaults, drillOutcome } from './drills.ts'
import { type ClusterEvent, EventLog } from './events.ts'
import { type Fold, foldEntry, nothing, recordsOf } from './fold.ts'
import { type Clock, type Entry, History, systemClock } from './history.ts'
import { HistoryView } from './history-view.ts'
import { type Layout, layoutOf } from './layout.ts'
import { LookBack } from './look-back.ts'
import { picturesOf } from './pictures.ts'
import { type Progress, progressOf } from './progress.ts'
import { RecordLog } from './record-log.ts'
import { type RoomView, roomView } from './room-view.ts'
import { Samples } from './samples.ts'
import { stepState } from './step-state.ts'
import { isCredited, isOpen, isPassed, mayResetTo, nextStep, wantsPrediction } from './steps.ts'
import type { DrillBegun, Teaching, TeachingBody } from './teaching.ts'
import { Timeline } from './timeline.ts'
import { trialOf, triedFact } from './trials.ts'
import { isOffered, solutionOffer } from './tried.ts'

export type Pass = { step: string; check: string; evidence: { says: string }; at: number }
type Events = {
  /** what `view` shows has changed; `samples`: only in numbers that move all the time */
  changed: [samples: boolean]
  /** new on the timeline; one with a known `seq` replaces that */
  told: [TimelineEvent[]]
  /** `needs` has changed */
  needs: []
  /** `seen` rose: the switch may forget up to it */
  stored: []
  /** on the disk */
  passed: [Pass]
  /** the history can no longer be written: nothing more is shown */
  failed: [unknown]
}

type Seen = { number: number; at: number; mono: number; observation: Observation }
/** A question is judged by what was answered. */
export type Assessed = { id: string; step: string; passed: boolean; says: string; evidence: unknown }

export class LabSession extends EventEmitter<Events> {
  private history!: History
  private readonly layout: Layout
  private fold: Fold
  private readonly events = new EventLog()
  private readonly line: Timeline
  private readonly past: LookBack
  /** cluster → its metadata log in the present room */
  private readonly logs = new Map<string, RecordLog>()
  private readonly commands = new CommandChanges()
  private readonly samples = new Samples((seen) => this.append(seen))
  /** appended but not yet stored: not to be appended twice */
  private readonly latching = new Set<string>()
  private verdicts = new Map<string, Verdict>()

  private constructor(
    readonly id: string,
    readonly lab: Lab,
  ) {
    super()
    this.layout = layoutOf(lab)
    this.fold = nothing(this.layout)
    this.line = new Timeline(lab)
    this.past = new LookBack(this.layout, () => this.history)
    this.clearLogs()
  }

  /**
   * Opens a lab session anew or from its history.
   * @param options.lab of one with variants: that which it is to have; one with a history keeps its own
   * @param options.file its history.ndjson
   */
  static async open(options: {
    id: string
    lab: Lab
    learner: string
    file: string
    clock?: Clock
  }): Promise<LabSession> {
    let session: LabSession | null = null
    const { history, entries } = await History.open(
      options.file,
      options.clock ?? systemClock,
      (stored) => session?.onStored(stored),
      (error) => session?.emit('failed', error),
    )
    const lab = keptVariant(entries, options.lab)
    session = new LabSession(options.id, lab)
    session.history = history
    for (const entry of entries) session.take(entry)
    if (entries.length === 0) {
      const { slug, variant } = lab
      history.append({ type: 'opened', id: options.id, lab: slug, variant, learner: options.learner })
    }
    session.openSteps()
    await history.flush()
    session.judge()
    session.tellOutcomes()
    return session
  }

  observe(seen: Seen): void {
    if (isSample(seen.observation)) return this.samples.take(seen)
    this.append(seen)
  }

  note(kind: 'room-started' | 'room-ended', says: string): void {
    // What waits is of the room before.
    this.samples.flush()
    this.history.append({ type: kind, says })
  }

  /** All that the lab does before a learner may begin has been done in this room: the first step opens. */
  prepared(): void {
    this.history.append({ type: 'room-prepared' })
  }

  get isPrepared(): boolean {
    return this.lab.prepare.length === 0 || this.fold.room.prepared
  }

  /** Judges what the learner typed for a step's question. An answer to a step that is not open is dropped. */
  answer(stepId: string, given: string): void {
    const step = this.lab.steps.find((one) => one.id === stepId)
    if (!step?.ask || !isOpen(this.fold, step)) return
    const verdict = judged(() => step.ask!.judge(given, this.moment(step)))
    const says = verdict.passed ? verdict.evidence.says : verdict.says
    // What the replay answers is not what the learner did.
    if (!this.fold.replay) this.history.append({ type: 'answered', step: stepId, given, correct: verdict.passed, says })
    if (verdict.passed) this.latch(stepId, questionId(stepId), verdict.evidence)
  }

  /**
   * Takes the guess that a step wants before it begins: it begins with it. Nothing where it wants none now.
   * @returns what is wrong with one that cannot be graded, for the learner; null where it was taken
   */
  predict(stepId: string, given: string): string | null {
    const step = this.lab.steps.find((one) => one.id === stepId)
    if (!step || !wantsPrediction(this.fold, this.lab, step)) return null
    const refused = step.predict?.refuse?.(given) ?? null
    if (refused === null) this.history.append({ type: 'predicted', step: stepId, given })
    return refused
  }

  hint(checkId: string, level: number): void {
    const check = this.lab.steps.flatMap((step) => step.checks).find((one) => one.id === checkId)
    const asked = this.fold.hints[checkId] ?? 0
    if (check && level === asked + 1 && level <= check.hints.length) {
      this.history.append({ type: 'hint', check: checkId, level })
    }
  }

  /** Whether the learner may begin again at that step. @param passedBefore checks of earlier lab sessions */
  mayResetTo(step: string, passedBefore: ReadonlySet<string>): boolean {
    return mayResetTo(this.fold, this.lab, step, passedBefore)
  }

  /** Back to the beginning of a step, in a room that has yet to start. From now on passes are the replay's. */
  reset(step: string): void {
    this.samples.flush()
    this.history.append({ type: 'reset', step })
  }

  /** The replay is over: from now on it is the learner again. */
  replayed(how: 'done' | 'failed' | 'cancelled', says: string): void {
    this.history.append({ type: 'replayed', how, says })
  }

  get isReplaying(): boolean {
    return this.fold.replay !== null
  }

  /**
   * The learner wants to see how a step is solved. Written down the first time.
   * @returns whether they may, by what they have tried until `now`, ms since 1970
   */
  showSolution(stepId: string, now: number): boolean {
    const step = this.lab.steps.find(({ id }) => id === stepId)
    if (!step || !isOffered(solutionOffer(this.fold, step), now)) return false
    const key = `solution ${stepId}`
    if (this.fold.solutions[stepId] === undefined && !this.latching.has(key)) {
      this.latching.add(key)
      this.history.append({ type: 'solution', step: stepId })
    }
    return true
  }

  /** The trial that may be asked for at a check; null where it has none, or is not open. */
  trialAt(check: string): Trial | null {
    const found = trialOf(this.lab, check)
    return found && isOpen(this.fold, found.step) ? found.trial : null
  }

  /** A trial that was asked for at a check has ended. Dropped where that check is not open (any more). */
  tried(check: string, result: TrialResult, shown: TrialOutput | null): void {
    const found = trialOf(this.lab, check)
    if (!found || !isOpen(this.fold, found.step)) return
    this.history.append({ type: 'tried', step: found.step.id, check, name: found.name, result, shown })
  }

  /** Writes down what people say and do around the lab. */
  say(what: TeachingBody): void {
    this.history.append(what)
  }

  /** Writes a drill down. @returns what to do for it */
  drill(of: { id: string; classId: string; drill: Drill; by: string }): Fault[] {
    const faults = drillFaults(of.drill, this.fold, this.layout)
    this.history.append({ type: 'drill', ...of })
    return faults
  }

  get teaching(): Teaching {
    return this.fold.teaching
  }

  /** How the newest drill came out so far. */
  drillOutcome(drill: DrillBegun): DrillOutcome {
    return drillOutcome(drill, this.fold, this.events, this.layout)
  }

  /** How the learner gets on, at a time. @param of as of `standingOf`, without what the history says */
  progress(of: { activeAt: number; stuckMs: number; now: number }): Progress {
    return progressOf(this.fold, this.lab, of)
  }

  /** Its clusters in a few marks. */
  pictures(): Picture[] {
    return picturesOf(this.fold.clusters, this.layout)
  }

  /** The highest number of an observation that is in the history, for the present room. */
  get seen(): number {
    return this.fold.seen
  }

  /**
   * What the switch should watch: needs of the open steps, or of all.
   * @param looked somebody looks at what the lab shows besides
   */
  needs(which: 'open' | 'all' = 'open', looked = false): Need[] {
    const steps = this.lab.steps.filter(
      (step) => which === 'all' || (isOpen(this.fold, step) && !isPassed(this.fold, step)),
    )
    const needs = steps.flatMap((step) =>
      Object.values(step.facts).flatMap(({ need }) => (need.kind === 'trial' ? [] : [need])),
    )
    const all = looked ? [...needs, ...this.lab.shows.map(({ need }) => need)] : needs
    return [...new Map(all.map((need) => [need.name, this.onHosts(need)])).values()]
  }

  /** The watcher knows hosts, and not which cluster a lab has on them. */
  private onHosts(need: Need): Need {
    if (!('cluster' in need) || need.cluster === undefined) return need
    return { ...need, hosts: (this.lab.clusters[need.cluster]?.nodes ?? []).map(({ host }) => host) }
  }

  /** Whether each need has had a result in this room. */
  hasResults(needs: Need[]): boolean {
    return needs.every((need) => this.fold.facts[need.name])
  }

  view(): { steps: StepState[] } & RoomView {
    return {
      steps: this.lab.steps.map((step) => stepState(this.fold, this.lab, step, this.verdicts)),
      ...roomView(this.fold, this.layout, this.lab.shows),
    }
  }

  /** All that is on the timeline, oldest first. */
  get timeline(): readonly TimelineEvent[] {
    return this.line.events
  }

  /** The metadata log of a host's cluster, or of the first where the host has no node; left out: of the first. */
  recordLog(host?: string): RecordLog {
    const name = (host === undefined ? undefined : this.layout.clusterOf[host]) ?? this.layout.main
    return this.logs.get(name)!
  }

  /** What a command of the timeline changed; null where that event is no command of the present room. */
  commandChange(seq: number): CommandChange | null {
    const command = this.commands.find(seq)
    const log = command && this.logs.get(command.cluster)
    return log ? this.commands.changeOf(command, log, (node) => this.hostOf(command.cluster, node)) : null
  }

  /** The clusters as they were at that time, ms since 1970. */
  async viewAt(at: number): Promise<{ at: number } & Omit<RoomView, 'otherHosts'>> {
    const { otherHosts: _, ...view } = roomView((await this.past.foldAt(at)) ?? this.fold, this.layout, this.lab.shows)
    return { at, ...view }
  }

  /** Every check judged now, open or not; nothing latches. */
  assess(): Assessed[] {
    return this.lab.steps.flatMap((step) => [
      ...step.checks.map((check): Assessed => {
        const verdict = judged(() => check.judge(this.moment(step)))
        const evidence = verdict.passed ? verdict.evidence : null
        const says = verdict.passed ? verdict.evidence.says : verdict.says
        return { id: check.id, step: step.id, passed: verdict.passed, says, evidence }
      }),
      ...(step.ask ? [this.assessedQuestion(step)] : []),
    ])
  }

  private assessedQuestion(step: Step): Assessed {
    const id = questionId(step.id)
    const evidence = this.fold.here[id]?.evidence ?? null
    const says = evidence?.says ?? this.fold.answers[step.id]?.says ?? 'Nothing was answered yet.'
    return { id, step: step.id, passed: evidence !== null, says, evidence }
  }

  async close(): Promise<void> {
    this.samples.flush()
    await this.history.close()
    this.removeAllListeners()
  }

  /** Resolves when all that was appended so far, and what follows from it, is stored. */
  settled(): Promise<void> {
    return this.history.flush()
  }

  private append({ number, at, mono, observation }: Seen): void {
    this.history.append({ type: 'observed', number, observation }, { at, mono })
  }

  private onStored(stored: Entry[]): void {
    const before = this.fold
    const told = stored.flatMap((entry) => this.take(entry))
    for (const { body, at } of stored) {
      if (body.type === 'outcome') this.latching.delete(`outcome ${body.step}`)
      if (body.type === 'step-opened') this.latching.delete(`step ${body.step}`)
      if (body.type === 'repeated') this.latching.delete(body.check)
      if (body.type === 'passed') {
        this.latching.delete(body.check)
        this.emit('passed', { step: body.step, check: body.check, evidence: body.evidence, at })
      }
    }
    this.openSteps()
    if (this.fold.seen !== before.seen) this.emit('stored')
    const needsMayDiffer = this.fold.opened !== before.opened || this.fold.here !== before.here
    if (needsMayDiffer || this.fold.room !== before.room) this.emit('needs')
    const verdictsDiffer = this.judge()
    this.tellOutcomes()
    const isSamples = stored.every(({ body }) => body.type === 'observed' && isSample(body.observation))
    this.emit('changed', isSamples && !verdictsDiffer)
    if (told.length > 0) this.emit('told', told)
  }

  /** @returns what is new on the timeline */
  private take(entry: Entry): TimelineEvent[] {
    this.past.take(entry, this.fold)
    const recounted = this.takeRecords(entry)
    const events: ClusterEvent[] = []
    this.fold = foldEntry(this.fold, entry, this.layout, (event) => {
      events.push(event)
      this.events.add(event)
    })
    const told = this.line.take(entry, events, (cluster, node) => this.hostOf(cluster, node))
    return [...told.map((event) => this.withRecords(entry, event)), ...recounted]
  }

  private clearLogs(): void {
    for (const cluster of Object.keys(this.layout.clusters)) this.logs.set(cluster, new RecordLog())
    this.commands.clear()
  }

  /** @returns commands of which records came late */
  private takeRecords(entry: Entry): TimelineEvent[] {
    if (entry.body.type === 'room-started') this.clearLogs()
    const seen = recordsOf(this.fold, entry, this.layout)
    const log = seen && this.logs.get(seen.cluster)
    if (!log) return []
    log.take(seen.records, entry.seq)
    return this.commands
      .recount(seen.cluster, seen.records, log)
      .flatMap(({ seq, records }) => this.line.setRecords(seq, records) ?? [])
  }

  private withRecords({ body, at }: Entry, event: TimelineEvent): TimelineEvent {
    if (body.type !== 'observed' || body.observation.type !== 'command') return event
    const { host, startedAt } = body.observation
    const cluster = this.layout.clusterOf[host] ?? this.layout.main
    const command = { seq: event.seq, cluster, from: startedAt, to: at, says: event.says }
    const records = this.commands.add(command, this.logs.get(cluster)!)
    return this.line.setRecords(event.seq, records) ?? event
  }

  /** The host of a node, as the wire says or else the lab. */
  private hostOf(cluster: string, node: number): string | null {
    const view = this.fold.clusters[cluster]
    return (
      (view && nodeOf(view, node)?.host) ?? this.layout.clusters[cluster]?.find(({ id }) => id === node)?.host ?? null
    )
  }

  /** The first step opens at once, every other when the one before has passed; but none before its prediction. */
  private openSteps(): void {
    if (!this.isPrepared) return
    // Of a fresh room nothing is known before it starts.
    if (this.fold.replay && this.fold.room.status !== 'started') return
    const step = nextStep(this.fold, this.lab)
    if (
      step &&
      !isOpen(this.fold, step) &&
      !wantsPrediction(this.fold, this.lab, step) &&
      !this.latching.has(`step ${step.id}`)
    ) {
      this.latching.add(`step ${step.id}`)
      this.history.append({ type: 'step-opened', step: step.id })
    }
  }

  /** @returns whether what is said of any check differs */
  private judge(): boolean {
    const verdicts = new Map<string, Verdict>()
    for (const step of this.lab.steps) {
      if (!isOpen(this.fold, step)) continue
      for (const check of step.checks) {
        const latched = this.fold.here[check.id]
        // Facts are fetched only while the step is open: afterwards only what the cluster view shows is current.
        if (latched && isPassed(this.fold, step) && Object.keys(step.facts).length > 0) continue
        const verdict = judged(() => check.judge(this.moment(step)))
        verdicts.set(check.id, verdict)
        if (verdict.passed && !latched) this.latch(step.id, check.id, verdict.evidence)
      }
    }
    const differs = (id: string, verdict: Verdict) => {
      const before = this.verdicts.get(id)
      if (!before || before.passed !== verdict.passed) return true
      return (
        !verdict.passed &&
        !before.passed &&
        (before.says !== verdict.says || before.awaits?.due !== verdict.awaits?.due)
      )
    }
    const differ = [...verdicts].some(([id, verdict]) => differs(id, verdict))
    this.verdicts = verdicts
    return differ
  }

  /** Holds predictions against what happened, once it has. */
  private tellOutcomes(): void {
    for (const step of this.lab.steps) {
      const predicted = this.fold.predictions[step.id]
      const key = `outcome ${step.id}`
      if (!step.predict || !predicted || predicted.outcome || !isCredited(this.fold, step) || this.latching.has(key))
        continue
      this.latching.add(key)
      this.history.append({ type: 'outcome', step: step.id, ...this.outcomeOf(step, predicted.given) })
    }
  }

  private outcomeOf(step: Step, given: string): Outcome {
    try {
      return step.predict!.outcome(given, this.moment(step))
    } catch (error) {
      return { right: false, says: `This prediction could not be graded: ${messageOf(error)}` }
    }
  }

  private latch(step: string, check: string, evidence: { says: string }): void {
    const { here, passes, replay } = this.fold
    if (this.latching.has(check) || here[check]) return
    this.latching.add(check)
    if (replay) this.history.append({ type: 'repeated', step, check, evidence, by: 'replay' })
    else if (passes[check]) this.history.append({ type: 'repeated', step, check, evidence, by: 'learner' })
    else this.history.append({ type: 'passed', step, check, evidence })
  }

  private moment(step: Step): Moment {
    const facts: Record<string, Fact<unknown>> = {}
    for (const [name, spec] of Object.entries(step.facts)) facts[name] = factOf(spec, this.fold)
    const { clusters, cuts, here: passes } = this.fold
    const { main } = this.layout
    return {
      cluster: clusters[main]!,
      clusters,
      network: { cuts },
      facts,
      passes,
      history: this.historyOf(main, step),
      historyOf: (cluster) => this.historyOf(cluster, step),
    }
  }

  private historyOf(name: string, step: Step): HistoryView {
    const { clusters, opened, here: passes, room, cuts } = this.fold
    const cluster = clusters[name]
    if (!cluster) throw new Error(`there is no cluster ${name}`)
    return new HistoryView(this.events, {
      name,
      cluster,
      cuts,
      opened: opened[step.id]?.seq ?? null,
      room: room.seq,
      passes,
      log: this.logs.get(name)!,
      hostOf: (node) => this.hostOf(name, node),
    })
  }
}

function factOf({ need, trial }: FactSpec<unknown>, { facts, tried }: Fold): Fact<unknown> {
  if (!trial) return facts[need.name] ?? { state: 'not-fetched' }
  const result = tried[need.name]?.result ?? { state: 'not-fetched' }
  return result.state === 'fetched' ? triedFact(trial, result.value) : result
}

function keptVariant([first]: Entry[], lab: Lab): Lab {
  return first?.body.type === 'opened' ? variantOf(lab, first.body.variant) : lab
}

/** A judge that throws has found nothing: the lab is at fault, the learner is told, the lab session goes on. */
function judged(judge: () => Verdict): Verdict {
  try {
    return judge()
  } catch (error) {
    return missing(`This check could not be judged: ${messageOf(error)}`)
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
