/** Where nodes stand, in per cent of the picture: voters in a ring, observers in a row below. */
import type { NodeId, Quorum } from '#raft/types.ts'

export type Place = { x: number; y: number }

const VOTERS: Record<number, Place[]> = {
  1: [{ x: 50, y: 50 }],
  2: [
    { x: 22, y: 50 },
    { x: 78, y: 50 },
  ],
  3: [
    { x: 50, y: 16 },
    { x: 22, y: 82 },
    { x: 78, y: 82 },
  ],
}

/** With a row of observers below, the ring gets this part of the height. */
const RING_PART = 0.64
const OBSERVERS_Y = 88
const STRAIGHT_HOLD_Y = 66
const SLANTED_HOLD_Y = 74

export function placesOf({ nodes, voters }: Quorum): Map<NodeId, Place> {
  const isVoter = (id: NodeId) => voters.some((voter) => voter.id === id)
  const observers = nodes.filter(({ id }) => !isVoter(id))
  const ring = VOTERS[voters.length] ?? []
  const part = observers.length > 0 ? RING_PART : 1
  const places = new Map<NodeId, Place>()
  voters.forEach(({ id }, at) => {
    const { x, y } = ring[at] ?? { x: 50, y: 50 }
    places.set(id, { x, y: y * part })
  })
  observers.forEach(({ id }, at) => {
    places.set(id, { x: ((at + 0.5) / observers.length) * 112 - 6, y: OBSERVERS_Y })
  })
  return places
}

/** Between whom something can go: every pair of which one votes. */
export function linksOf({ nodes, voters }: Quorum): { a: NodeId; b: NodeId }[] {
  const isVoter = (id: NodeId) => voters.some((voter) => voter.id === id)
  return nodes.flatMap(({ id: a }, at) =>
    nodes.slice(at + 1).flatMap(({ id: b }) => (isVoter(a) || isVoter(b) ? [{ a, b }] : [])),
  )
}

/** Where a link is taken hold of: in its middle, or above its observer, where no card hides it. */
export function holdOf({ voters }: Quorum, a: NodeId, b: NodeId, from: Place, to: Place): Place {
  const isVoter = (id: NodeId) => voters.some((voter) => voter.id === id)
  if (isVoter(a) && isVoter(b)) return { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }
  const y = Math.abs(to.x - from.x) < 1 ? STRAIGHT_HOLD_Y : SLANTED_HOLD_Y
  return { x: from.x + ((to.x - from.x) * (y - from.y)) / (to.y - from.y), y }
}
