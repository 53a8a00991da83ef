/** A moment of a run as the fragment of an address. What happened by itself is counted, what somebody did is written out. */
import { nextEvent } from '#raft/due.ts'
import { opening, type Scenario } from '#raft/scenario.ts'
import type { RaftEvent } from '#raft/types.ts'
import { begin, happen, quorumAt, type Run } from './run.ts'

/** So many of what is due, or one deed. */
type Part = number | RaftEvent
/** More than anybody plays; a longer address is not one of ours. */
const MAX_EVENTS = 3_000

export const fragmentOf = (name: string, run: Run): string =>
  `#raft-${name}=${encodeURIComponent(JSON.stringify([run.shown, partsOf(run)]))}`

function partsOf({ steps, at }: Run): Part[] {
  const parts: Part[] = []
  for (const { event, before } of steps.slice(0, at)) {
    const last = parts.at(-1)
    if (JSON.stringify(event) !== JSON.stringify(nextEvent(before))) parts.push(event)
    else if (typeof last === 'number') parts[parts.length - 1] = last + 1
    else parts.push(1)
  }
  return parts
}

/** @returns null where the fragment is of something else, or of no run of this scenario */
export function runOf(name: string, scenario: Scenario, fragment: string): Run | null {
  const start = `#raft-${name}=`
  if (!fragment.startsWith(start)) return null
  try {
    const [shown, parts] = JSON.parse(decodeURIComponent(fragment.slice(start.length))) as [string | null, Part[]]
    const moment = shown === null ? undefined : scenario.moments[shown]
    let run: Run = { ...begin(scenario), start: opening(scenario, moment?.settings), shown: moment ? shown : null }
    for (const part of parts) {
      if (typeof part !== 'number') run = happen(run, [part])
      else
        for (let count = 0; count < part && run.at < MAX_EVENTS; count++) {
          const next = nextEvent(quorumAt(run))
          if (!next) break
          run = happen(run, [next])
        }
    }
    return run
  } catch (error) {
    // Somebody else's address: it may say anything.
    console.warn('this address is of no run of the simulator', error)
    return null
  }
}
