'use client'
import { useTimeline } from '#components/timeline/use-timeline.ts'
import { useLab, useLive } from '#components/workbench/live-context.tsx'
import type { LabSessionState } from '#labs/protocol/live.ts'

/** The cluster now, or as it was at the moment looked at. */
export type RoomPicture = Pick<LabSessionState, 'clusters' | 'cuts' | 'facts' | 'otherHosts'> & {
  /** null: now; else the moment, ms since 1970 */
  at: number | null
  /** what is shown is not what is: looked at another moment, or not connected */
  stale: boolean
}

/** Null while there is no room; an instructor sees it as it was at its end, too. */
export function useRoomPicture(): RoomPicture | null {
  const { state, connection } = useLive()
  const { looking } = useTimeline()
  const { isOwn } = useLab()
  if (!state || (state.room.status !== 'ready' && (isOwn || state.room.status !== 'ended'))) return null
  const { clusters, cuts, facts, otherHosts } = state
  if (looking)
    return looking.seen
      ? { ...looking.seen, otherHosts, stale: true }
      : { clusters, cuts, facts, otherHosts, at: looking.at, stale: true }
  return { clusters, cuts, facts, otherHosts, at: null, stale: connection !== 'open' || state.room.status !== 'ready' }
}
