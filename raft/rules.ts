/** The decisions on which the safety of the quorum rests. A test may break one, to see that an invariant notices. */
import { divergence } from './log.ts'
import type { LogRecord, Node, ReplicaKey, VoteReason } from './types.ts'

export type Rules = {
  /** Is a log that ends so at least as complete as this node's? The later epoch wins, then the longer log. */
  isUpToDate(own: readonly LogRecord[], lastEpoch: number, end: number): boolean
  mayVote(node: Node, candidate: ReplicaKey, isUpToDate: boolean, preVote: boolean): VoteReason
  /** The high watermark by the ends that the voters are known to have reached; null: not yet known in this epoch. */
  highWatermark(ends: (number | null)[], epochStart: number): number | null
  divergence: typeof divergence
  majority(granted: number, voters: number): boolean
}

export const kraftRules: Rules = {
  isUpToDate(own, lastEpoch, end) {
    const ownEpoch = own.at(-1)?.epoch ?? 0
    return lastEpoch === ownEpoch ? end >= own.length : lastEpoch > ownEpoch
  },
  mayVote,
  highWatermark(ends, epochStart) {
    const descending = ends.map((end) => end ?? -1).sort((a, b) => b - a)
    const reached = descending[Math.floor(ends.length / 2)]!
    // Records of earlier epochs are committed only with one of this epoch (LeaderState.maybeUpdateHighWatermark).
    return reached > epochStart ? reached : null
  },
  divergence,
  majority: (granted, voters) => granted > Math.floor(voters / 2),
}

/** canGrantVote of each of the State classes; 'up-to-date' is the one reason to say yes. */
function mayVote({ role }: Node, candidate: ReplicaKey, isUpToDate: boolean, preVote: boolean): VoteReason {
  const byLog = isUpToDate ? 'up-to-date' : 'log-behind'
  switch (role.is) {
    case 'leader':
      return 'leads'
    case 'follower':
      return preVote && !role.hasFetched ? byLog : 'has-leader'
    case 'candidate':
      return preVote ? byLog : 'stands-itself'
    case 'resigned':
      return preVote ? byLog : 'leads'
    case 'unattached':
    case 'prospective':
      if (preVote) return byLog
      if (role.voted)
        return role.voted.id === candidate.id && role.voted.directory === candidate.directory
          ? 'up-to-date'
          : 'voted-for-another'
      return role.leader === null ? byLog : 'has-leader'
  }
}
