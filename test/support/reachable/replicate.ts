/** Bringing records to followers, one follower at a time, so that each can be where the recording says it was. */
import { dues } from '#raft/due.ts'
import type { NodeId } from '#raft/types.ts'
import type { Trail } from './trail.ts'

/** More than any follower needs to find its leader, cut its log and fetch. */
const MAX_MOVES = 40

export const append = (trail: Trail, leader: NodeId, count: number): Trail =>
  count > 0
    ? trail.after({ is: 'append', node: leader, payloads: Array.from({ length: count }, () => 'record') })
    : trail

/** What the leader knows of a follower's end. */
export function knownEnd(trail: Trail, leader: NodeId, follower: NodeId): number | null {
  const { role } = trail.node(leader)
  return role.is === 'leader' ? (role.replicas.find(({ key }) => key.id === follower)?.end ?? null) : null
}

/** Until the leader knows that the follower has all. Null: it cannot be brought there. */
export function pull(from: Trail, leader: NodeId, follower: NodeId): Trail | null {
  let trail = from
  for (let moves = 0; moves < MAX_MOVES; moves++) {
    const end = trail.node(leader).log.length
    if (knownEnd(trail, leader, follower) === end && trail.node(follower).log.length === end) return trail
    const next = between(trail, leader, follower)
    if (!next) return null
    trail = next
  }
  return null
}

/** Until the follower has all, while its leader does not know. */
export function pullUnknown(from: Trail, leader: NodeId, follower: NodeId): Trail | null {
  let trail = from
  for (let moves = 0; moves < MAX_MOVES; moves++) {
    if (trail.node(follower).log.length === trail.node(leader).log.length) return trail
    const next = between(trail, leader, follower)
    if (!next) return null
    trail = next
  }
  return null
}

/** The next thing that happens between the two, if any may bring the follower on. */
function between(trail: Trail, leader: NodeId, follower: NodeId): Trail | null {
  const { quorum } = trail
  const isTheirs = ({ from, to }: { from: NodeId; to: NodeId }) =>
    (from === leader && to === follower) || (from === follower && to === leader)
  const message = quorum.messages.find(isTheirs)
  if (message) return trail.after({ is: 'deliver', message: message.id })
  const follows = trail.node(follower).role
  const isFollowing = follows.is === 'follower' && follows.leader === leader
  const all = dues(quorum).map(({ event }) => event)
  const timeouts = all.filter(
    (event) =>
      event.is === 'peer-timeout' && (event.node === follower || (event.node === leader && event.peer === follower)),
  )
  if (!isFollowing && trail.node(leader).connections[follower] === undefined)
    return trail.after({ is: 'remind', node: leader })
  return timeouts[0] ? trail.after(timeouts[0]) : null
}
