/** What a node is in, in one word; of it hang shape, colour and what can be done. */
import type { ClusterState, NodeState } from '#labs/protocol/live.ts'
import type { Link } from '#labs/protocol/observation.ts'

/** silent: its process runs and does not answer. unknown: nobody has looked yet. */
export type Condition = 'up' | 'fenced' | 'paused' | 'down' | 'silent' | 'unknown'

export function conditionOf({ process, up, fenced, since }: NodeState): Condition {
  if (process === 'paused') return 'paused'
  if (up) return fenced ? 'fenced' : 'up'
  if (process === 'none') return 'down'
  if (process === 'running') return 'silent'
  return since === null ? 'unknown' : 'down'
}

/** Where ZooKeeper alone says who is the controller there is none, and no quorum. */
export const hasMetadataLog = ({ zookeeper, nodes }: ClusterState): boolean =>
  zookeeper === null || nodes.some(({ votes }) => votes)

/** Log end offset of its replica of the metadata log; a new leader says -1 of one that it has not yet heard from. */
export const endOf = ({ metadataEnd }: NodeState): number | null =>
  metadataEnd === null || metadataEnd < 0 ? null : metadataEnd

/** Of the metadata log, behind the leader's end; null where one of the two is not known. */
export function lagOf(cluster: ClusterState, node: NodeState): number | null {
  const leader = cluster.nodes.find((one) => one.leads)
  const [end, own] = [leader ? endOf(leader) : null, endOf(node)]
  return end === null || own === null ? null : Math.max(0, end - own)
}

/** What this node says of its quorum is not what the latest epoch says. */
export const seesOtherwise = (cluster: ClusterState, { view }: NodeState): boolean =>
  view !== null && (view.epoch !== cluster.epoch || view.leader !== cluster.leader)

export type CutPair = { a: string; b: string /** 'both', or the direction that is cut */; cut: 'both' | 'a-b' | 'b-a' }

/** Cuts of the two directions between the same hosts as one. */
export function cutPairs(cuts: Link[]): CutPair[] {
  const pairs = new Map<string, CutPair>()
  for (const { from, to } of cuts) {
    const back = pairs.get(`${to} ${from}`)
    if (back) back.cut = 'both'
    else pairs.set(`${from} ${to}`, { a: from, b: to, cut: 'a-b' })
  }
  return [...pairs.values()]
}

/** `to`: nothing of this host's arrives there; `from`: nothing of theirs arrives here. */
export type HostCuts = { both: string[]; to: string[]; from: string[] }

/** The cut links of one host. */
export function cutsOf(host: string, cuts: Link[]): HostCuts {
  const seen: HostCuts = { both: [], to: [], from: [] }
  for (const { a, b, cut } of cutPairs(cuts)) {
    if (a !== host && b !== host) continue
    const other = a === host ? b : a
    if (cut === 'both') seen.both.push(other)
    else seen[(cut === 'a-b') === (a === host) ? 'to' : 'from'].push(other)
  }
  return seen
}

/** No packet goes from this host to any other, nor back. */
export function isIsolated(host: string, hosts: string[], cuts: Link[]): boolean {
  const others = hosts.filter((one) => one !== host)
  const cut = (from: string, to: string) => cuts.some((link) => link.from === from && link.to === to)
  return others.length > 0 && others.every((one) => cut(host, one) && cut(one, host))
}
