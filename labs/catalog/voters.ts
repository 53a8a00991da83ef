/** What the labs that change the set of voters ask of it. Pure, as all judges are. */
import type { ClusterView } from '#labs/engine/cluster.ts'
import { type Moment, missing, passed, type Verdict } from '#labs/engine/define.ts'
import type { After, HistoryView, Mark } from '#labs/engine/history-view.ts'
import { FROM_THE_START, followsLeader, longestOutage } from './quorum.ts'

/** All these hosts' nodes are up; one leads, the others follow it and have all that is committed. */
export function allCaughtUp(cluster: ClusterView, hosts: readonly string[]): Verdict {
  const nodes = hosts.map((host) => cluster.nodes[host])
  const down = hosts.filter((_, at) => !nodes[at]?.up)
  if (down.length > 0) return missing(`Still down: ${down.join(' and ')}. If one more fails, the quorum is lost again.`)
  const followers = nodes.flatMap((one) => (one && one.node !== cluster.leader ? [one.node!] : []))
  for (const node of followers) {
    const verdict = followsLeader(cluster, node)
    if (!verdict.passed) return verdict
  }
  return passed(
    `Nodes ${followers.join(' and ')} follow node ${cluster.leader} in epoch ${cluster.epoch}; all three have what is committed, up to ${cluster.highWatermark}.`,
    { leader: cluster.leader, epoch: cluster.epoch, highWatermark: cluster.highWatermark },
  )
}

type Quorum = {
  /** node ids of the controllers, by host */
  ids: Readonly<Record<string, number>>
  /** of whom a disk was lost at that moment: its node is no voter until it has been added anew, whether it runs or not */
  lost?: number | null
}

/** Since that moment a majority of those who voted was up at any time; with what the probe measured meanwhile. */
export function majorityAlwaysUp(
  { cluster, history }: Pick<Moment, 'cluster' | 'history'>,
  quorum: Quorum,
  after: After,
): Verdict {
  const since = history.mark(after)
  if (!since) return missing('This can be said once it has happened.')
  if (history.hasGap({ after })) return missing('Kraftlab missed a part of what happened: reset to the first step.')
  const away = majorityAway(cluster, history, quorum, since)
  if (away)
    return missing(
      `${away.hosts.join(' and ')} ${away.hosts.length === 1 ? 'was' : 'were'} down ${away.hosts.length === 1 ? `while ${away.voters.join(' and ')} voted` : 'at the same time'}: that is the majority. Reset to the first step and keep two running.`,
    )
  const longest = longestOutage(history, 'metadata', after)
  if (!Number.isFinite(longest)) return missing('No active controller answers at the moment.')
  return passed(
    longest === 0
      ? 'Two were up all the time, and the active controller answered all the time.'
      : `Two were up all the time. No active controller answered for ${(longest / 1000).toFixed(1)} s at most: an election.`,
    { longest },
  )
}

/** The first time that too few voters were there: who was not, and who voted then; null where that never was so. */
function majorityAway(cluster: ClusterView, history: HistoryView, { ids, lost = null }: Quorum, since: Mark) {
  const changes = history.events('voters', { after: FROM_THE_START })
  const events = [...history.comings(), ...changes].sort((one, other) => one.seq - other.seq)
  let voters = changes[0]?.before ?? cluster.voters.map(({ node }) => node)
  let dead = lost
  const down = new Set<number>()
  for (const event of events) {
    if ('voters' in event) {
      if (dead !== null && !event.before.includes(dead) && event.voters.includes(dead)) dead = null
      voters = event.voters
    } else {
      const node = ids[event.host]
      if (node === undefined) continue
      if (event.away) down.add(node)
      else down.delete(node)
    }
    if (event.seq < since.seq) continue
    const missed = voters.filter((node) => down.has(node) || node === dead)
    if ((voters.length - missed.length) * 2 <= voters.length)
      return {
        hosts: missed.map((node) => Object.keys(ids).find((host) => ids[host] === node) ?? `node ${node}`),
        voters,
      }
  }
  return null
}

export const listed = (voters: ClusterView['voters']): string =>
  voters.map(({ node, directory }) => `${node} (${directory ?? 'no directory id'})`).join(', ')
