/**
 * A schedule of the model that shows what was recorded of a real quorum: the same faults in the same order, the same
 * leaders and epochs told by the same nodes, each epoch from the same offset, the same high watermarks and ends. Found by a
 * search that goes back where it comes to a dead end.
 */
import { quorumOf } from '#raft/start.ts'
import type { NodeId, RaftEvent } from '#raft/types.ts'
import { type Budget, elect, isTooShort, startAfter, viewOf } from './elect.ts'
import type { Item, RecordedRun } from './recorded-run.ts'
import { append, knownEnd, pull, pullUnknown } from './replicate.ts'
import { Trail } from './trail.ts'

const STATES = 30_000
/** Alternatives to one item that are tried. */
const MAX_ALTERNATIVES = 8

export type Found = { events: RaftEvent[] } | { stuckAt: Item; reached: number }

/** @param states how many may be looked at before it is given up */
export function findSchedule(run: RecordedRun, states = STATES): Found {
  const start = Trail.from(quorumOf(run.voters, [], { seed: 1, preVote: run.preVote }))
  const search = { states, furthest: 0 }
  const found = solve(start, 0)
  return found ? { events: found.events() } : { stuckAt: run.items[search.furthest]!, reached: search.furthest }

  function solve(trail: Trail, at: number): Trail | null {
    search.furthest = Math.max(search.furthest, Math.min(at, run.items.length - 1))
    const item = run.items[at]
    if (!item) return trail
    let tried = 0
    for (const next of alternatives(trail, item, at, run, search)) {
      if (isTooShort(next, run)) continue
      if (search.states-- <= 0 || tried++ >= MAX_ALTERNATIVES * (isFault(item) ? 4 : 1)) return null
      const rest = solve(next, at + 1)
      if (rest) return rest
    }
    return null
  }
}

const isFault = ({ is }: Item) => is !== 'view' && is !== 'log'

function* alternatives(trail: Trail, item: Item, at: number, run: RecordedRun, budget: Budget): Generator<Trail> {
  switch (item.is) {
    case 'view': {
      const view = viewOf(trail.node(item.node))
      if (view.leader === item.leader && view.epoch === item.epoch) yield trail
      else {
        const unheard = laggards(run, at)
        const untold = thoseToldLater(run, at, item)
        const wins = winsNext(run, at)
        if (untold.size > 0) yield* elect(trail, item, { run, wins, held: new Set([...unheard, ...untold]), budget })
        if (unheard.size > 0) yield* elect(trail, item, { run, wins, held: unheard, budget })
        yield* elect(trail, item, { run, wins, held: new Set(), budget })
      }
      return
    }
    case 'log':
      return yield* samples(trail, item)
    case 'cuts': {
      const { cuts } = trail.quorum
      for (const before of writtenBefore(trail, at, run)) {
        let after = before
        for (const { from, to } of item.cuts) after = after.after({ is: 'cut', from, to })
        for (const { from, to } of cuts)
          if (!item.cuts.some((cut) => cut.from === from && cut.to === to))
            after = after.after({ is: 'mend', from, to })
        yield after
      }
      return
    }
    default: {
      for (const before of item.is === 'start' ? [trail] : writtenBefore(trail, at, run))
        yield before.after({ is: item.is, node: item.node })
    }
  }
}

/** The leader's log as it was sampled. */
function* samples(from: Trail, item: Extract<Item, { is: 'log' }>): Generator<Trail> {
  const { leader, highWatermark, end, places } = item
  const node = from.node(leader)
  if (node.role.is !== 'leader' || node.log.length > Math.max(end, highWatermark)) return
  let trail: Trail | null = from
  // Behind, and not heard of yet: it must have fetched before the others went on.
  for (const [id, place] of places)
    if (place === 'behind' && trail && knownEnd(trail, leader, id) === null) trail = pull(trail, leader, id)
  if (!trail) return
  trail = append(trail, leader, highWatermark - trail.node(leader).log.length)
  for (const [id, place] of places)
    if (place === 'at' && knownEnd(trail, leader, id) !== highWatermark) {
      trail = pull(trail, leader, id)
      if (!trail) return
    }
  trail = append(trail, leader, end - trail.node(leader).log.length)
  for (const [id, place] of places)
    if (place === 'ahead') {
      trail = pull(trail, leader, id)
      if (!trail) return
    }
  if (fits(trail, item)) yield trail
}

export function fits(trail: Trail, { leader, highWatermark, end, places }: Extract<Item, { is: 'log' }>): boolean {
  const node = trail.node(leader)
  if (node.highWatermark !== highWatermark || node.log.length !== end) return false
  return [...places].every(([id, place]) => {
    const known = knownEnd(trail, leader, id)
    if (known === null) return place === 'unknown'
    return place === (known < highWatermark ? 'behind' : known === highWatermark ? 'at' : 'ahead')
  })
}

/** Whom the next sample of the log shows behind, or not at all. */
function laggards(run: RecordedRun, at: number): Set<NodeId> {
  const next = run.items.slice(at).find((item) => item.is === 'log')
  return new Set([...(next?.places ?? [])].filter(([, place]) => place === 'unknown').map(([id]) => id))
}

/** Who says afterwards what was so before this: it knew less, or it was asked before and its answer came later. */
function thoseToldLater(run: RecordedRun, at: number, told: Extract<Item, { is: 'view' }>): Set<NodeId> {
  const next = new Map<NodeId, Item>()
  for (const item of run.items.slice(at + 1))
    if ('node' in item && ![told.node, told.leader].includes(item.node) && !next.has(item.node))
      next.set(item.node, item)
  const isOlder = (item: Item) =>
    item.is === 'view' &&
    (item.epoch < told.epoch || (item.epoch === told.epoch && item.leader === null && told.leader !== null))
  return new Set([...next].filter(([, item]) => isOlder(item)).map(([id]) => id))
}

/** Who is seen to lead before anything is done to the quorum again. */
function winsNext(run: RecordedRun, at: number): { leader: NodeId; epoch: number } | null {
  for (const item of run.items.slice(at)) {
    if (isFault(item)) return null
    if (item.is === 'view' && item.leader !== null) return { leader: item.leader, epoch: item.epoch }
  }
  return null
}

/**
 * What the leader wrote between the last sample and a fault is known only by what came later: the offset of the next
 * epoch, or the next sample. Each follower may have got the last record, or not, or got it without the leader's knowing.
 */
function* writtenBefore(trail: Trail, at: number, run: RecordedRun): Generator<Trail> {
  const leader = trail.leader()
  if (leader) {
    const next = run.items.slice(at).find((item) => item.is === 'log')
    const target = next?.leader === leader.id ? next.highWatermark : startAfter(run, leader.epoch)
    if (Number.isFinite(target) && target > leader.log.length) yield* writtenUpTo(trail, leader.id, target)
  }
  yield trail
}

function* writtenUpTo(trail: Trail, leader: NodeId, target: number): Generator<Trail> {
  const followers = trail.quorum.nodes
    .filter(({ id, process }) => id !== leader && process === 'running')
    .map(({ id }) => id)
  let first: Trail = append(trail, leader, target - 1 - trail.node(leader).log.length)
  for (const id of followers) first = pull(first, leader, id) ?? first
  const last = append(first, leader, 1)
  const modes = [pull, pullUnknown, (same: Trail) => same]
  const combine = function* (from: Trail, at: number): Generator<Trail> {
    const id = followers[at]
    if (id === undefined) return yield from
    for (const mode of modes) {
      const got = mode(from, leader, id)
      if (got) yield* combine(got, at + 1)
    }
  }
  yield* combine(last, 0)
}
