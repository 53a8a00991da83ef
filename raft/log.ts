/** What RaftLog answers about a log. Pure; without snapshots, so every log starts at offset 0. */
import type { LogRecord } from './types.ts'

type Log = readonly LogRecord[]
type OffsetAndEpoch = { epoch: number; end: number }

export const lastEpoch = (log: Log): number => log.at(-1)?.epoch ?? 0

/** The first epoch at or below the given one, and where it ends (RaftLog.endOffsetForEpoch). */
export function endOffsetForEpoch(log: Log, epoch: number): OffsetAndEpoch {
  let end = log.length
  while (end > 0 && log[end - 1]!.epoch > epoch) end--
  return { epoch: log[end - 1]?.epoch ?? 0, end }
}

/** Where the follower's log and this one part, or null if they agree so far (RaftLog.validateOffsetAndEpoch). */
export function divergence(log: Log, offset: number, epoch: number): OffsetAndEpoch | null {
  if (offset === 0) return null
  const known = endOffsetForEpoch(log, epoch)
  return known.epoch !== epoch || known.end < offset ? known : null
}

/** How far a follower cuts its log when the leader names a diverging epoch (RaftLog.truncateToEndOffset). */
export function truncationOffset(log: Log, diverging: OffsetAndEpoch): number {
  if (diverging.epoch === 0) return Math.min(diverging.end, log.length)
  const own = endOffsetForEpoch(log, diverging.epoch)
  return own.epoch === diverging.epoch ? Math.min(own.end, diverging.end) : own.end
}
