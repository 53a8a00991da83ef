/** What the reader has made happen so far, and which moment of it is looked at. */
import { nextEvent } from '#raft/due.ts'
import { opening, perform, type Scenario } from '#raft/scenario.ts'
import { step } from '#raft/step.ts'
import type { News, Quorum, RaftEvent } from '#raft/types.ts'

export type RunStep = { event: RaftEvent; before: Quorum; after: Quorum }
export type Run = {
  scenario: Scenario
  start: Quorum
  steps: readonly RunStep[]
  /** How many of the steps have happened at the moment shown. */
  at: number
  isPlaying: boolean
  /** Playing ends there: a moment that is shown, not the quorum's own life. */
  until: number | null
  /** of `scenario.moments` */
  shown: string | null
}

export type RunAction =
  | { is: 'step' | 'skip' | 'back' | 'reset' | 'pause' | 'play' }
  | { is: 'seek'; at: number }
  | { is: 'do'; events: RaftEvent[] }
  | { is: 'show'; moment: string }
  | { is: 'restore'; run: Run }

/** As many as a page keeps; somebody who plays on for that long begins anew. */
const MAX_STEPS = 3_000
/** On to the next change at most so many steps: where nothing runs, none comes. */
const MAX_SKIPPED = 400

export const begin = (scenario: Scenario): Run => ({
  scenario,
  start: opening(scenario),
  steps: [],
  at: 0,
  isPlaying: false,
  until: null,
  shown: null,
})

export const quorumAt = ({ start, steps, at }: Run): Quorum => (at === 0 ? start : steps[at - 1]!.after)

export function reduce(run: Run, action: RunAction): Run {
  switch (action.is) {
    case 'reset':
      return begin(run.scenario)
    case 'play':
      return { ...run, isPlaying: true, until: run.until !== null && run.at < run.until ? run.until : null }
    case 'restore':
      return action.run
    case 'pause':
      return { ...run, isPlaying: false }
    case 'seek':
      return { ...run, at: action.at, isPlaying: false }
    case 'back':
      return { ...run, at: Math.max(0, run.at - 1), isPlaying: false }
    case 'step':
      return onward(run)
    case 'skip':
      return skip({ ...run, isPlaying: false })
    case 'do':
      // What had been seen after this moment has not happened now.
      return { ...happen({ ...run, steps: run.steps.slice(0, run.at) }, action.events), until: null }
    case 'show': {
      const moment = run.scenario.moments[action.moment]
      if (!moment) return run
      const fresh = { ...begin(run.scenario), start: opening(run.scenario, moment.settings), shown: action.moment }
      const filled = happen(fresh, perform(fresh.start, moment.deeds))
      return { ...filled, at: 0, isPlaying: true, until: filled.steps.length }
    }
  }
}

/** These one after another, from the moment shown on. */
export function happen(run: Run, events: RaftEvent[]): Run {
  const steps = [...run.steps]
  let before = quorumAt(run)
  for (const event of events) {
    const after = step(before, event)
    steps.push({ event, before, after })
    before = after
  }
  return { ...run, steps, at: steps.length }
}

/** One step: the next that was seen already, else the next that is due. */
function onward(run: Run): Run {
  if (run.at < run.steps.length) {
    const at = run.at + 1
    return at === run.until ? { ...run, at, isPlaying: false } : { ...run, at }
  }
  const next = run.steps.length < MAX_STEPS ? nextEvent(quorumAt(run)) : null
  return next ? happen(run, [next]) : { ...run, isPlaying: false }
}

function skip(run: Run): Run {
  let now = run
  for (let count = 0; count < MAX_SKIPPED; count++) {
    const next = onward(now)
    if (next.at === now.at) return next
    now = next
    if (!isRoutine(now.steps[now.at - 1]!)) return now
  }
  // Nothing changes by itself: to be half a minute further on would only puzzle.
  return run
}

const QUIET = new Set<News['is']>(['ignored', 'refused', 'lost'])
const BY_ITSELF = new Set<RaftEvent['is']>(['deliver', 'peer-timeout', 'fetch-wait-over', 'remind'])

/** A message or a wait that has changed no role, no epoch and no log. */
export const isRoutine = ({ event, after }: RunStep): boolean =>
  BY_ITSELF.has(event.is) && after.news.every(({ is }) => QUIET.has(is))
