/** What several labs ask about a quorum and its partitions. Pure, as all judges are. */
import type { ClusterView, TopicView } from '#labs/engine/cluster.ts'
import { type Evidence, type Moment, missing, passed, type Verdict } from '#labs/engine/define.ts'
import type { EventOf } from '#labs/engine/events.ts'
import type { After, HistoryView, Mark } from '#labs/engine/history-view.ts'

/** Before everything that happened in this room. */
export const FROM_THE_START: Mark = { seq: 0, at: 0 }

/** A number of the evidence with which an earlier check passed; null where it has not passed. */
export function told(pass: { evidence: Evidence } | undefined, what: string): number | null {
  const value = pass?.evidence[what]
  return typeof value === 'number' ? value : null
}

/** The last epoch in which that node led, in this room. */
export const lastEpochOf = (history: HistoryView, node: number): number | null =>
  history.last('leader', ({ leader }) => leader === node, { after: FROM_THE_START })?.epoch ?? null

/** Who led at that moment, as far as was known. */
export const leaderAt = (history: HistoryView, { seq }: Pick<Mark, 'seq'>): number | null =>
  history.last('leader', (event) => event.leader !== null && event.seq <= seq, { after: FROM_THE_START })?.leader ??
  null

/** A voter that lives, takes the present leader for its leader, and has all that is committed. */
export function followsLeader(cluster: ClusterView, node: number): Verdict {
  const { leader, epoch, highWatermark } = cluster
  const seen = Object.values(cluster.nodes).find((one) => one.node === node)
  if (!seen?.up) return missing(`Node ${node} is not up.`)
  if (leader === null || epoch === null) return missing('Nobody leads that we know of.')
  if (leader === node) return missing(`Node ${node} leads itself, in epoch ${epoch}.`)
  if (!seen.quorum) return missing(`Node ${node} is up and has not said yet whom it follows.`)
  if (seen.quorum.leader !== leader || seen.quorum.epoch !== epoch)
    return missing(
      seen.quorum.leader === null
        ? `Node ${node} is up and knows no leader, in epoch ${seen.quorum.epoch}; node ${leader} leads in epoch ${epoch}.`
        : `Node ${node} takes node ${seen.quorum.leader} for the leader, in epoch ${seen.quorum.epoch}; node ${leader} leads in epoch ${epoch}.`,
    )
  const end = cluster.metadataEnds[node]
  if (highWatermark === null) return missing('The new leader has not told its high watermark yet.')
  if (end === undefined || end < highWatermark)
    return missing(
      `Node ${node} follows node ${leader}; its log ends at ${end === undefined || end < 0 ? 'an offset that the leader does not know yet' : end}, committed is everything below ${highWatermark}.`,
    )
  return passed(
    `Node ${node} follows node ${leader} in epoch ${epoch}, and its log ends at ${end}: all below ${highWatermark} is committed.`,
    { node, leader, epoch, end, highWatermark },
  )
}

/** One of these hosts is cut off from all others, and its node does not lead: who, by whom it was led, in which epoch. */
export function followerCutOff(
  { cluster, history }: Pick<Moment, 'cluster' | 'history'>,
  hosts: readonly string[],
): Verdict {
  const { leader, epoch } = cluster
  if (leader === null || epoch === null) return missing('Nobody leads that we know of.')
  const event = history.events('network').at(-1)
  const host = event?.isolated.find((one) => hosts.includes(one))
  if (!event || !host) return missing('No controller is cut off from all others.')
  const node = cluster.nodes[host]?.node ?? null
  if (node === null) return missing(`Which node runs on ${host} is not known yet.`)
  if (node === leader || leaderAt(history, event) === node)
    return missing(`${host} led when it was cut off. Choose Heal all cuts, and isolate one that follows.`)
  return passed(`${host} (node ${node}) is cut off; node ${leader} leads in epoch ${epoch}.`, {
    host,
    node,
    leader,
    epoch,
    seq: event.seq,
    at: event.at,
  })
}

/** Since that check had passed with a leader and an epoch, nobody else has led, and no other epoch. */
export function leadsAsBefore({ cluster, history, passes }: Moment, since: string): Verdict {
  const [leader, epoch] = [told(passes[since], 'leader'), told(passes[since], 'epoch')]
  if (leader === null || epoch === null || history.hasGap({ after: since }))
    return missing(
      'Kraftlab missed a part of what happened, so this cannot be said. Isolate a follower and heal once more.',
    )
  const changed = history.last('leader', (event) => event.epoch !== epoch || event.leader !== leader, { after: since })
  if (changed || cluster.leader !== leader || cluster.epoch !== epoch)
    return missing(
      `Node ${leader} led in epoch ${epoch} before; now it is node ${cluster.leader} in epoch ${cluster.epoch}. Something else happened to the leader.`,
    )
  return passed(`Node ${leader} leads in epoch ${epoch}, as before the cut.`, { leader, epoch })
}

export const partitionsOf = (topic: TopicView | undefined) =>
  Object.entries(topic?.partitions ?? {}).map(([partition, is]) => ({ partition: Number(partition), ...is }))

/** How many records all partitions of a topic have got so far: the sum of their log ends. */
export const endOf = (cluster: ClusterView | undefined, topic: string): number =>
  Object.values(cluster?.logEnds[topic] ?? {}).reduce((sum, end) => sum + end, 0)

/** The first of these nodes that were down at the same time, in the order in which they went; null where there never were two. */
export function downTogether(history: HistoryView, ids: number[]): number[] | null {
  const down = new Set<number>()
  for (const { node, away } of history.comings()) {
    if (node === null || !ids.includes(node)) continue
    if (away) down.add(node)
    else down.delete(node)
    if (down.size > 1) return [...down]
  }
  return null
}

/** The longest outage of a kind that the probe measured since then, ms; 0 where there was none, endless while one lasts. */
export function longestOutage(history: HistoryView, kind: EventOf<'outage'>['kind'], after: After): number {
  const all = history.outages({ kind, after })
  return Math.max(0, ...all.map(({ from, to }) => (to ?? Number.POSITIVE_INFINITY) - from))
}

/** "1 record", "2 records" */
export const counted = (count: number, what: string): string =>
  `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`
