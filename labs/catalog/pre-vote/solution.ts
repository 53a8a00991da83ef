import { defineSolution, fault, hasPassed, leaderHost, predict, waitFor } from '#labs/engine/solution.ts'
import { cutAFollower, follower, heal } from '../nodes.ts'

/** Between the leader and one that follows, both ways. */
export const cutFromLeader = [
  fault((see) => ({ action: 'cut', from: leaderHost(see), to: follower(see) })),
  fault((see) => ({ action: 'cut', from: follower(see), to: leaderHost(see) })),
]

export default defineSolution({
  alone: [predict('alone', '1'), ...cutAFollower, waitFor(hasPassed('stood-alone'), '20 seconds alone')],
  back: [heal],
  half: [...cutFromLeader, waitFor(hasPassed('leader-stays'), '15 seconds without the leader'), heal],
})
