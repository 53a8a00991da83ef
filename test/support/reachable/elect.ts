/**
 * Search for an election: which time-outs run out, and between which deliveries, until a node says what the recording has
 * it say. Cheapest first: every time-out costs, messages do not.
 */
import { leaderOf, votedOf } from '#raft/transitions.ts'
import type { Node, NodeId } from '#raft/types.ts'
import type { RecordedRun } from './recorded-run.ts'
import { append } from './replicate.ts'
import { keyOf, type Trail } from './trail.ts'

const MAX_COST = 8
/** Of one election; without PreVote every voter that starts may spoil it, many times over. */
const MAX_STATES = { preVote: 1_000, none: 30_000 }

/** How many states may still be looked at, by all searches for one recording. */
export type Budget = { states: number }

type View = { node: NodeId; leader: NodeId | null; epoch: number }

/** One that led and does not lead any more is not taken for a leader, as the watcher has it. */
export function viewOf(node: Node): { leader: NodeId | null; epoch: number } {
  const leader = leaderOf(node)
  return { leader: leader === node.id && node.role.is !== 'leader' ? null : leader, epoch: node.epoch }
}

const shows = (trail: Trail, { node, leader, epoch }: View) => {
  const view = viewOf(trail.node(node))
  return trail.node(node).process === 'running' && view.leader === leader && view.epoch === epoch
}

type Within = {
  run: RecordedRun
  /** Who leads before any other fault, and in which epoch. */
  wins: { leader: NodeId; epoch: number } | null
  /** Nothing goes to these or comes from them. */
  held: Set<NodeId>
  budget: Budget
}

/** All that are found, best first. */
export function* elect(from: Trail, view: View, { run, wins, held, budget }: Within): Generator<Trail> {
  const queues: Trail[][] = Array.from({ length: MAX_COST + 1 }, () => [])
  queues[0]!.push(from)
  const known = new Set<string>()
  const most = run.preVote ? MAX_STATES.preVote : MAX_STATES.none
  for (let cost = 0; cost <= MAX_COST; cost++) {
    const queue = queues[cost]!
    for (let at = 0; at < queue.length && known.size < most && budget.states > 0; at++) {
      const trail = queue[at]!
      const key = keyOf(trail.quorum)
      if (known.has(key)) continue
      known.add(key)
      budget.states--
      if (shows(trail, view)) {
        yield trail
        continue
      }
      for (const { to, costs } of moves(trail, view, run, held))
        if (isAllowed(to, view, run) && canWin(to, wins) && !isTooShort(to, run)) queues[cost + costs]?.push(to)
    }
  }
}

function* moves(
  trail: Trail,
  view: View,
  run: RecordedRun,
  held: Set<NodeId>,
): Generator<{ to: Trail; costs: number }> {
  const { messages, nodes } = trail.quorum
  const message = messages.find(({ from, to }) => !held.has(from) && !held.has(to))
  if (message) yield { to: trail.after({ is: 'deliver', message: message.id }), costs: 0 }
  // A request for votes that comes while its voter still starts; one that asks first asks again.
  if (message && !run.preVote) yield { to: trail.after({ is: 'drop', message: message.id }), costs: 1 }
  // Most likely it was the one who won, or else the one who tells.
  const likely = run.starts.get(view.epoch)?.leader ?? view.node
  for (const { id, deadline, process, connections } of nodes) {
    if (process !== 'running') continue
    if (deadline !== null && !held.has(id))
      yield { to: trail.after({ is: 'timeout', node: id }), costs: likely === id ? 1 : 2 }
    if (message || id !== view.node) continue
    for (const peer of Object.keys(connections).map(Number))
      if (!held.has(peer)) yield { to: trail.after({ is: 'peer-timeout', node: id, peer }), costs: 1 }
  }
  const leader = trail.leader()
  if (leader && !message && leader.epoch === view.epoch)
    yield { to: trail.after({ is: 'remind', node: leader.id }), costs: 1 }
  // What the next epoch begins at must have been written by then.
  if (leader && leader.log.length < startAfter(run, leader.epoch)) yield { to: append(trail, leader.id, 1), costs: 1 }
}

export const startAfter = (run: RecordedRun, epoch: number): number =>
  Math.min(...[...run.starts].filter(([later]) => later > epoch).map(([, { offset }]) => offset))

/** No epoch beyond what was seen, and no leader but those that were, each at its offset. */
function isAllowed({ quorum }: Trail, view: View, run: RecordedRun): boolean {
  const last = Math.max(view.epoch, ...quorum.nodes.map((node) => (node.role.is === 'leader' ? node.epoch : 0)))
  return quorum.nodes.every(({ id, epoch, role }) => {
    if (epoch > last) return false
    if (role.is !== 'leader') return true
    const start = run.starts.get(epoch)
    // One that ends at once: it was seen to lead, and its first record was not.
    if (!start)
      return run.items.some((one) => one.is === 'view' && one.node === id && one.leader === id && one.epoch === epoch)
    return start.leader === id && start.offset === role.epochStart
  })
}

/** Enough of those that it reaches have their vote still to give, or gave it to this one. */
function canWin({ quorum }: Trail, wins: Within['wins']): boolean {
  if (!wins) return true
  const { leader, epoch } = wins
  if (quorum.nodes.some((node) => node.epoch > epoch || (node.epoch === epoch && leaderOf(node) === leader)))
    return true
  const isCutOff = (id: NodeId) =>
    quorum.cuts.some(({ from, to }) => (from === id && to === leader) || (from === leader && to === id))
  const mayVote = quorum.nodes.filter((node) => {
    const voted = node.epoch === epoch ? votedOf(node) : null
    return voted ? voted.id === leader : node.process === 'running' && !isCutOff(node.id)
  })
  return mayVote.length > quorum.voters.length / 2
}

/** Nobody is left who could write what the next leader must have when it begins. */
export function isTooShort({ quorum }: Trail, run: RecordedRun): boolean {
  if (quorum.nodes.some(({ role, process }) => role.is === 'leader' && process !== 'down')) return false
  const written = Math.max(0, ...quorum.nodes.map(({ log }) => log.at(-1)?.epoch ?? 0))
  const next = [...run.starts].sort(([a], [b]) => a - b).find(([epoch]) => epoch > written)?.[1]
  if (!next) return false
  const isOnTheWay = quorum.messages.some(({ to, body }) => to === next.leader && body.is === 'fetch-answer')
  const length = quorum.nodes.find(({ id }) => id === next.leader)!.log.length
  return length > next.offset || (length < next.offset && !isOnTheWay)
}
