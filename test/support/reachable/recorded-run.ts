/** What a recorded history says of the quorum, in the model's words: what was done to it, and what was seen of it. */
import type { Lab } from '#labs/engine/define.ts'
import type { Entry } from '#labs/engine/history.ts'
import type { Observation } from '#labs/protocol/observation.ts'
import type { Link, NodeId } from '#raft/types.ts'

/** Where the leader believes a voter to be: it has not heard of it, below the high watermark, at it, or above. */
type Place = 'unknown' | 'behind' | 'at' | 'ahead'

export type Item =
  | { is: 'start' | 'crash' | 'stop' | 'pause' | 'resume'; node: NodeId }
  | { is: 'cuts'; cuts: Link[] }
  /** A node says who leads, and in which epoch. */
  | { is: 'view'; node: NodeId; leader: NodeId | null; epoch: number }
  /** A leader says its high watermark, its own end, and where the other voters are. */
  | { is: 'log'; leader: NodeId; highWatermark: number; end: number; places: Map<NodeId, Place> }

export type RecordedRun = {
  voters: { id: NodeId; name: string }[]
  items: Item[]
  /** By epoch: at which offset its leader began it. */
  starts: Map<number, { leader: NodeId; offset: number }>
  /** Kafka 4: a voter asks before it stands for election (KIP-996). */
  preVote: boolean
}

/** As far as the voters stay the same: the model has no other. @returns null where the quorum has one voter only */
export function recordedRun(lab: Lab, entries: Entry[]): RecordedRun | null {
  const nodes = lab.clusters.main?.nodes ?? []
  const votersTold = (one: Observation) => {
    const isLeader = one.type === 'quorum' && nodes.some(({ id, host }) => id === one.leader && host === one.host)
    return isLeader ? one.voters.map(({ node }) => node) : []
  }
  const all = observed(entries)
  const written = firstWritten(all)
  const seen = observed(entries.filter(({ at }) => at < written)).slice(0, firstChange(all, votersTold))
  const ids = new Set(seen.flatMap(votersTold))
  if (ids.size < 2) return null
  const voters = nodes.filter(({ id }) => ids.has(id)).map(({ id, host }) => ({ id, name: host }))
  const nodeOf = new Map(voters.map(({ id, name }) => [name, id]))
  const preVote = !lab.clusters.main?.kafka?.startsWith('3.')
  const items = itemsOf(seen, nodeOf)
  return {
    voters,
    items: preVote ? items : withResignations(withoutHesitation(items)),
    starts: startsOf(seen),
    preVote,
  }
}

const observed = (entries: Entry[]): Observation[] =>
  entries.flatMap(({ body }) => (body.type === 'observed' ? [body.observation] : []))

const recordsOf = (seen: Observation[]) => seen.flatMap((one) => (one.type === 'metadata' ? one.records : []))

/** When other voters were written: that counts at once, and is told later. */
function firstWritten(seen: Observation[]): number {
  const written = recordsOf(seen).filter(({ type }) => type === 'KRaftVoters')
  const keys = written.map(({ data }) =>
    String(
      (data as VotersRecord).voters.map(({ voterId, voterDirectoryId }) => `${voterId} ${voterDirectoryId}`).sort(),
    ),
  )
  return written.find((_, at) => keys[at] !== keys[0])?.timestamp ?? Number.POSITIVE_INFINITY
}

type VotersRecord = { voters: { voterId: NodeId; voterDirectoryId: string }[] }

/**
 * Of the voter set that a leader tells, or of a voter's disk. A follower tells only the controllers of which it has read
 * that they have registered: they become more while the cluster starts, and the quorum stays the same.
 */
function firstChange(seen: Observation[], votersTold: (one: Observation) => NodeId[]): number {
  let voters: string | null = null
  const at = seen.findIndex((one) => {
    if (one.type === 'fault') return one.fault.action === 'wipe'
    const told = votersTold(one)
    if (told.length === 0) return false
    const now = String(told.sort())
    const before = voters
    voters = now
    return before !== null && before !== now
  })
  return at < 0 ? seen.length : at
}

/**
 * A leader that is told to stop by its learner, in a terminal, resigns before its process ends: another epoch is seen, or
 * that it leads no more.
 */
function withResignations(items: Item[]): Item[] {
  const stops = new Map<number, Item>()
  for (const [end, item] of items.entries()) {
    if (item.is !== 'crash') continue
    const led = items.slice(0, end).findLastIndex((one) => one.is === 'view' && one.node === item.node)
    const last = items
      .slice(0, end)
      .findLastIndex((one) => one.is === 'view' && one.leader === item.node && one.node === item.node)
    const view = items[last]
    if (view?.is !== 'view' || led < 0) continue
    const after = items
      .slice(last + 1, end)
      .findIndex((one) => one.is === 'view' && (one.epoch > view.epoch || one.node === item.node))
    if (after >= 0) stops.set(last + 1 + after, { is: 'stop', node: item.node })
  }
  return items.flatMap((item, at) => [...(stops.has(at) ? [stops.get(at)!] : []), item])
}

/**
 * A new leader of 3.9 does not describe its quorum at once; until then the watcher takes it for one that only remembers that
 * it led.
 */
const withoutHesitation = (items: Item[]): Item[] =>
  items.filter((item, at) => {
    if (item.is !== 'view' || item.leader !== null) return true
    const own = (one: Item) =>
      one.is === 'view' && one.node === item.node && one.epoch === item.epoch && one.leader === item.node
    return !(items.slice(0, at).some(own) && items.slice(at + 1).some(own))
  })

function startsOf(seen: Observation[]): RecordedRun['starts'] {
  return new Map(
    recordsOf(seen)
      .filter(({ type }) => type === 'LeaderChange')
      .map(({ epoch, offset, data }) => [epoch, { leader: (data as { leaderId: number }).leaderId, offset }]),
  )
}

function itemsOf(seen: Observation[], nodeOf: Map<string, NodeId>): Item[] {
  const items: Item[] = []
  const process = new Map<NodeId, string>()
  const stopping = new Set<NodeId>()
  const views = new Map<NodeId, string>()
  for (const [at, one] of seen.entries()) {
    if (one.type === 'network') items.push({ is: 'cuts', cuts: cutsOf(one.cuts, nodeOf) })
    const node = 'host' in one ? nodeOf.get(one.host) : undefined
    const stopped = one.type === 'fault' && one.fault.action === 'stop' ? nodeOf.get(one.fault.host) : undefined
    if (stopped !== undefined) {
      stopping.add(stopped)
      items.push({ is: 'stop', node: stopped })
    }
    if (node === undefined) continue
    if (one.type === 'process') {
      const was = process.get(node) ?? 'none'
      process.set(node, one.state)
      const is = changeOf(was, one.state)
      if (is === 'crash' && stopping.delete(node)) continue
      if (is) items.push({ is, node })
    } else if (one.type === 'node-down' && process.get(node) === 'running' && endsNext(seen, at, one.host)) {
      // It is seen to be silent before its process is seen to be gone.
      process.set(node, 'none')
      if (!stopping.delete(node)) items.push({ is: 'crash', node })
    } else if (one.type === 'quorum' && one.epoch > 0) {
      const view = `${one.leader} ${one.epoch}`
      if (views.get(node) !== view) items.push({ is: 'view', node, leader: one.leader, epoch: one.epoch })
      views.set(node, view)
    } else if (one.type === 'metadata-log' && one.highWatermark !== null)
      items.push(logItem(node, one.highWatermark, one.replicas, new Set(nodeOf.values())))
  }
  return items
}

function changeOf(was: string, is: string): 'start' | 'crash' | 'pause' | 'resume' | null {
  if (was === is) return null
  if (is === 'paused') return 'pause'
  if (is === 'none') return 'crash'
  return was === 'paused' ? 'resume' : 'start'
}

/** The next that is seen of it is its end: it was not only busy, or cut off. */
function endsNext(seen: Observation[], at: number, host: string): boolean {
  const next = seen.slice(at + 1).find((one) => 'host' in one && one.host === host)
  return next?.type === 'process' && next.state === 'none'
}

const cutsOf = (cuts: { from: string; to: string }[], nodeOf: Map<string, NodeId>): Link[] =>
  cuts.flatMap(({ from, to }) => {
    const [a, b] = [nodeOf.get(from), nodeOf.get(to)]
    return a !== undefined && b !== undefined ? [{ from: a, to: b }] : []
  })

function logItem(
  leader: NodeId,
  highWatermark: number,
  replicas: { node: NodeId; logEndOffset: number }[],
  voters: Set<NodeId>,
): Item {
  const place = (end: number): Place => {
    if (end < 0) return 'unknown'
    return end < highWatermark ? 'behind' : end === highWatermark ? 'at' : 'ahead'
  }
  const others = replicas.filter(({ node }) => voters.has(node) && node !== leader)
  const own = replicas.find(({ node }) => node === leader)?.logEndOffset ?? highWatermark
  const places = new Map(others.map(({ node, logEndOffset }) => [node, place(logEndOffset)]))
  return { is: 'log', leader, highWatermark, end: own, places }
}
