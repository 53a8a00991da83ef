/** Whether a schedule shows a recording, step by step and without the search that found it. */
import { quorumOf } from '#raft/start.ts'
import type { RaftEvent } from '#raft/types.ts'
import { watch } from '../raft-model.ts'
import { RaftPromises } from '../raft-promises.ts'
import { viewOf } from './elect.ts'
import { fits } from './index.ts'
import type { Item, RecordedRun } from './recorded-run.ts'
import { Trail } from './trail.ts'

const FAULTS = new Set(['start', 'crash', 'stop', 'pause', 'resume'])

/** @returns the first item that was not shown in its turn, or null: all were. @throws Error if a promise was broken */
export function notShown(run: RecordedRun, events: RaftEvent[]): Item | null {
  const promises = new RaftPromises()
  let trail = Trail.from(quorumOf(run.voters, [], { seed: 1, preVote: run.preVote }))
  let next = 0
  const seeAll = () => {
    while (run.items[next] && isSeen(trail, run.items[next]!)) next++
  }
  for (const event of events) {
    // A fault of the schedule must be the one that was recorded at this place.
    if (FAULTS.has(event.is)) {
      const item = run.items[next]
      if (!item || !('node' in event) || item.is !== event.is || item.node !== event.node) return item ?? null
      next++
    }
    const before = trail.quorum
    trail = trail.after(event)
    watch(promises, before, trail.quorum)
    seeAll()
  }
  return run.items[next] ?? null
}

function isSeen(trail: Trail, item: Item): boolean {
  if (item.is === 'view') {
    const node = trail.node(item.node)
    const { leader, epoch } = viewOf(node)
    return node.process === 'running' && leader === item.leader && epoch === item.epoch
  }
  if (item.is === 'log') return fits(trail, item)
  if (item.is !== 'cuts') return false
  const { cuts } = trail.quorum
  return (
    cuts.length === item.cuts.length &&
    item.cuts.every((cut) => cuts.some((one) => one.from === cut.from && one.to === cut.to))
  )
}
