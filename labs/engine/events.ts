/**
 * What happened, as checks and the timeline read it: derived from the fold before and after each entry, and from nothing
 * else. Numbers of nodes are node ids; `cluster` is the lab's name for it.
 */
import { isReserved } from '#labs/protocol/metadata.ts'
import type { Fault, Group, Link, Observation, PROBE_KINDS } from '#labs/protocol/observation.ts'
import { type ClusterView, epochOf, type News, type NodeView } from './cluster.ts'
import { firstAfter } from './first-after.ts'
import type { Layout } from './layout.ts'
import { type Change, difference, type PartitionView } from './metadata.ts'

type What =
  /** The quorum has another leader, or none that is known; of the latest epoch that any node told. */
  | { type: 'leader'; leader: number | null; epoch: number; before: { leader: number | null; epoch: number | null } }
  /** What one node itself says of its quorum has changed. `node` null: not known, or not the one that is laid there. */
  | {
      type: 'view'
      host: string
      node: number | null
      leader: number | null
      epoch: number
      before: { leader: number | null; epoch: number } | null
    }
  /** A node answers on the wire, or no longer. `led`: it was the active controller until then. `process`: at that time. */
  | {
      type: 'node'
      host: string
      node: number | null
      up: boolean
      led: boolean
      process: NodeView['process']
      why: string
    }
  | { type: 'process'; host: string; node: number | null; state: 'none' | 'running' | 'paused'; before: string | null }
  | { type: 'fault'; fault: Fault; by: 'learner' | 'instructor' | 'lab' }
  /** The links that are cut now, after a change. `isolated`: hosts cut off from all other nodes, both ways. */
  | { type: 'network'; cuts: Link[]; isolated: string[] }
  | { type: 'disk'; host: string; full: boolean }
  | { type: 'broker'; broker: number; is: 'registered' | 'fenced' | 'unfenced' | 'unregistered' }
  | { type: 'voters'; voters: number[]; before: number[] }
  /**
   * A group (of those that the lab asks for) has other members, assignments, offsets or another state than at the last look;
   * Dead: it is gone.
   */
  | { type: 'group'; group: Group }
  /** Not of Kafka's own topics nor the probe's; nor the next. */
  | { type: 'topic'; topic: string; is: 'created' | 'deleted' }
  /** A partition's leader (-1: none), ISR or ELR has changed. */
  | {
      type: 'partition'
      topic: string
      partition: number
      leader: number
      leaderEpoch: number
      isr: number[]
      elr: number[]
      before: { leader: number; leaderEpoch: number; isr: number[]; elr: number[] }
    }
  /** Of the metadata log, told by its leader. Only where it is lower than the last known one, or known again. */
  | { type: 'high-watermark'; to: number; before: number | null }
  /** The probe got no answers from `from` on; `to` null while that lasts. */
  | { type: 'outage'; kind: (typeof PROBE_KINDS)[number]; from: number; to: number | null; why: string }
  /** The watcher missed something. */
  | { type: 'gap'; why: string; since: number }

/** `at`: ms since 1970. `seq`: of the entry. */
export type ClusterEvent = { seq: number; at: number; cluster: string } & What
export type EventType = What['type']
export type EventOf<Type extends EventType> = Extract<ClusterEvent, { type: Type }>

/** They concern the whole room: every cluster's view has them. */
const OF_THE_ROOM: ReadonlySet<EventType> = new Set(['fault', 'network', 'gap'])

/** How long after it resigned a node that shuts down in order may still take. */
const RESIGNED_MS = 5_000

/** What the news of a cluster amount to. `at`: ms since 1970. */
export function eventsOf(news: News, at: number, why: string): What[] {
  return news.of === 'view' ? changes(news.before, news.after, at, why) : recorded(news)
}

function changes(before: ClusterView, after: ClusterView, at: number, why: string): What[] {
  const found: What[] = []
  const [was, is] = [epochOf(before), epochOf(after)]
  if (before.leader !== after.leader || (after.leader !== null && was !== is))
    found.push({
      type: 'leader',
      leader: after.leader,
      epoch: is ?? was ?? 0,
      before: { leader: before.leader, epoch: was },
    })
  if (before.nodes !== after.nodes)
    for (const [host, node] of Object.entries(after.nodes))
      if (before.nodes[host] !== node) found.push(...nodeChanges(before, before.nodes[host], node, at, why))
  // Before a leader has told of them, a node may know of some only.
  if (before.voters !== after.voters && before.sampledAt !== null) {
    const [voted, votes] = [before, after].map(({ voters }) => voters.map(({ node }) => node).sort((a, b) => a - b))
    if (String(voted) !== String(votes)) found.push({ type: 'voters', voters: votes!, before: voted! })
  }
  const { highWatermark: to } = after
  const { highWatermark: from, lastHighWatermark: known } = before
  if (to !== null && to !== from && (from === null || to < from))
    found.push({ type: 'high-watermark', to, before: known })
  // Only where the whole cluster was made anew: records tell of themselves.
  if (before.brokers !== after.brokers || before.topics !== after.topics)
    found.push(...difference(before, after).flatMap(recorded))
  return found
}

type ProcessChange = Pick<EventOf<'process'>, 'state' | 'before'>

/** A node that starts again at once is not seen without a process: another one is there. */
function processChanges(was: NodeView | undefined, is: NodeView): ProcessChange[] {
  if (is.process === null) return []
  const before = was?.process ?? null
  if (is.process !== 'none' && typeof was?.pid === 'number' && is.pid !== was.pid)
    return [
      { state: 'none', before },
      { state: is.process, before: 'none' },
    ]
  return is.process === before ? [] : [{ state: is.process, before }]
}

function nodeChanges(cluster: ClusterView, was: NodeView | undefined, is: NodeView, at: number, why: string): What[] {
  const found: What[] = []
  const { host } = is
  const node = is.believed ? (is.node ?? was?.node ?? null) : null
  if ((was?.up ?? false) !== is.up) {
    const resignedJust = was !== undefined && was.ledUntil !== null && at - was.ledUntil <= RESIGNED_MS
    const led = !is.up && node !== null && (cluster.leader === node || resignedJust)
    found.push({ type: 'node', host, node, up: is.up, led, process: is.process, why })
  }
  found.push(...processChanges(was, is).map((change) => ({ type: 'process' as const, host, node, ...change })))
  if (is.diskFull !== (was?.diskFull ?? false)) found.push({ type: 'disk', host, full: is.diskFull })
  const [said, says] = [was?.quorum, is.quorum]
  if (says && (says.leader !== said?.leader || says.epoch !== said.epoch))
    found.push({
      type: 'view',
      host,
      node,
      leader: says.leader,
      epoch: says.epoch,
      before: said ? { leader: said.leader, epoch: said.epoch } : null,
    })
  return found
}

function recorded(change: Change): What[] {
  switch (change.of) {
    case 'broker': {
      const { was, is } = change
      if (!is) return was ? [{ type: 'broker', broker: was.id, is: 'unregistered' }] : []
      const isNew = was?.epoch !== is.epoch
      const found: What[] = isNew ? [{ type: 'broker', broker: is.id, is: 'registered' }] : []
      if (isNew ? !is.fenced : was?.fenced !== is.fenced)
        found.push({ type: 'broker', broker: is.id, is: is.fenced ? 'fenced' : 'unfenced' })
      return found
    }
    case 'topic': {
      const { was, is } = change
      const topic = is?.name ?? was?.name ?? ''
      if (isReserved(topic) || was?.id === is?.id) return []
      const found: What[] = was ? [{ type: 'topic', topic, is: 'deleted' }] : []
      return is ? [...found, { type: 'topic', topic, is: 'created' }] : found
    }
    case 'partition': {
      const { topic, partition, was, is } = change
      if (!was || isReserved(topic) || same(was, is)) return []
      return [{ type: 'partition', topic, partition, ...of(is), before: of(was) }]
    }
  }
}
const of = ({ leader, leaderEpoch, isr, elr }: PartitionView) => ({ leader, leaderEpoch, isr, elr })
const same = (one: PartitionView, other: PartitionView) => JSON.stringify(of(one)) === JSON.stringify(of(other))

/** What is an event in itself. */
export function roomEvent(seen: Observation, layout: Layout): What | null {
  switch (seen.type) {
    case 'fault':
      return { type: 'fault', fault: seen.fault, by: seen.by }
    case 'network':
      return { type: 'network', cuts: seen.cuts, isolated: isolated(seen.cuts, layout) }
    case 'outage': {
      const { kind, from, to, why } = seen
      return { type: 'outage', kind, from, to, why }
    }
    case 'unobserved':
      return { type: 'gap', why: seen.why, since: seen.since }
    default:
      return null
  }
}

function isolated(cuts: Link[], layout: Layout): string[] {
  const cut = new Set(cuts.map(({ from, to }) => `${from} ${to}`))
  return Object.values(layout.clusters).flatMap((nodes) =>
    nodes.flatMap(({ host }) => {
      const others = nodes.filter((one) => one.host !== host)
      const all = others.every((other) => cut.has(`${host} ${other.host}`) && cut.has(`${other.host} ${host}`))
      return others.length > 0 && all ? [host] : []
    }),
  )
}

/** Of each type; a room has some hundreds. The oldest go. */
const MAX_OF_A_TYPE = 20_000

/** The events so far, in order; found by type without looking at the others. */
export class EventLog {
  private readonly byType = new Map<EventType, ClusterEvent[]>()
  private readonly dropped = new Map<EventType, number>()

  add(event: ClusterEvent): void {
    const all = this.byType.get(event.type)
    if (!all) {
      this.byType.set(event.type, [event])
      return
    }
    all.push(event)
    if (all.length <= MAX_OF_A_TYPE) return
    const oldest = all.splice(0, MAX_OF_A_TYPE / 10)
    this.dropped.set(event.type, oldest.at(-1)!.seq)
  }

  /** The entry with which the newest event of this type (left out: of any) came that is no longer here; 0: all are. */
  forgotten(type?: EventType): number {
    return type ? (this.dropped.get(type) ?? 0) : Math.max(0, ...this.dropped.values())
  }

  /** Those of a cluster (and of the whole room) that came with entries after `seq`, oldest first. */
  since<Type extends EventType>(type: Type, cluster: string, seq: number): EventOf<Type>[] {
    const all = (this.byType.get(type) ?? []) as EventOf<Type>[]
    const after = all.slice(firstAfter(all, seq, (event) => event.seq))
    return OF_THE_ROOM.has(type) ? after : after.filter((event) => event.cluster === cluster)
  }
}
