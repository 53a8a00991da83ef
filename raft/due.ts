/** What is on its way to happen by itself, with the time when it does. */
import type { Node, Quorum, RaftEvent } from './types.ts'

export type Due = { at: number; event: RaftEvent }

/** In no order. Of a node that is paused nothing, until it goes on. */
export function dues(quorum: Quorum): Due[] {
  const running = new Map(quorum.nodes.map((node) => [node.id, node.process]))
  const messages = quorum.messages
    .filter(({ to }) => running.get(to) !== 'paused')
    .map(({ id, due }): Due => ({ at: due, event: { is: 'deliver', message: id } }))
  return [...quorum.nodes.filter(({ process }) => process === 'running').flatMap(duesOf), ...messages]
}

/** Own time-outs before those of requests, as pollFollowerAsVoter looks at them. */
function duesOf(node: Node): Due[] {
  const { id, deadline, stopBy, role } = node
  const found: Due[] = []
  if (deadline !== null && stopBy === null) found.push({ at: deadline, event: { is: 'timeout', node: id } })
  if (stopBy !== null) found.push({ at: stopBy, event: { is: 'stop-timeout', node: id } })
  if (role.is === 'leader') found.push({ at: role.remindAt, event: { is: 'remind', node: id } })
  for (const { request, until } of node.parked)
    found.push({ at: until, event: { is: 'fetch-wait-over', node: id, request: request.id } })
  for (const [peer, { until }] of Object.entries(node.connections))
    found.push({ at: until, event: { is: 'peer-timeout', node: id, peer: Number(peer) } })
  return found
}

/** The next thing that happens if nobody meddles; null: nothing ever will. */
export function nextEvent(quorum: Quorum): RaftEvent | null {
  let next: Due | null = null
  for (const due of dues(quorum)) if (!next || due.at < next.at) next = due
  return next && { ...next.event, at: Math.max(quorum.now, next.at) }
}
