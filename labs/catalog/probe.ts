/** What the probe has seen of a change that no producer should have noticed. Pure, as all judges are. */
import { type Moment, missing, passed, type Verdict } from '#labs/engine/define.ts'
import type { After } from '#labs/engine/history-view.ts'
import { counted, FROM_THE_START, longestOutage } from './quorum.ts'

/**
 * @param since the check after which all that was acknowledged must have been read back: it is read back whenever the
 *   probe's partition gets another leader, which each restart of a broker brings about
 * @param maxOutageMs ms that writes may have stood still at most
 * @param from since when; left out: in the whole life of the room
 */
export function nothingLost(
  { history, cluster }: Pick<Moment, 'history' | 'cluster'>,
  { since, maxOutageMs, from = FROM_THE_START }: { since: string; maxOutageMs: number; from?: After },
): Verdict {
  const found = history.acknowledgedAllFound({ since })
  if (!found.passed) return found
  const longest = longestOutage(history, 'write', from)
  if (longest > maxOutageMs)
    return missing(
      `Writes stood still for ${(longest / 1000).toFixed(1)} s: a broker died, or was stopped while another was not in sync. Start the lab anew for this check.`,
    )
  const { acknowledged } = cluster.probe ?? { acknowledged: 0 }
  return passed(
    `${counted(acknowledged, 'write')} of the probe were acknowledged, and all were read back. ${longest === 0 ? 'No write failed for long enough to be an outage.' : `The longest outage of writes was ${(longest / 1000).toFixed(1)} s.`}`,
    { acknowledged, longest },
  )
}
