/** Drills: the same done to every learner's clusters, and how each came through it. Pure functions of the history. */
import type { Drill, DrillOutcome } from '#labs/protocol/class.ts'
import type { Fault } from '#labs/protocol/observation.ts'
import { type ClusterView, type NodeView, nodeOf } from './cluster.ts'
import type { EventLog, EventOf } from './events.ts'
import type { Fold } from './fold.ts'
import type { Layout } from './layout.ts'
import type { DrillBegun } from './teaching.ts'

/** @returns what to do, in order; nothing where there is nothing that it could be done to */
export function drillFaults(
  drill: Drill,
  { clusters, cuts }: Pick<Fold, 'clusters' | 'cuts'>,
  layout: Layout,
): Fault[] {
  const each = (of: (cluster: ClusterView, name: string) => Fault[]) =>
    Object.entries(clusters).flatMap(([name, cluster]) => of(cluster, name))
  const ofLeader = (action: 'kill' | 'isolate') =>
    each((cluster) => {
      const leader = cluster.leader === null ? undefined : nodeOf(cluster, cluster.leader)
      return leader?.up ? [{ action, host: leader.host }] : []
    })
  switch (drill) {
    case 'kill-active-controller':
      return ofLeader('kill')
    case 'isolate-active-controller':
      return ofLeader('isolate')
    case 'kill-broker':
      return each((cluster, name) => {
        const host = busiestBroker(cluster, layout, name)
        return host ? [{ action: 'kill', host }] : []
      })
    case 'restore': {
      const nodes = each((cluster, name) =>
        (layout.clusters[name] ?? []).flatMap(({ host, id }) => restored(cluster, host, id)),
      )
      return cuts.length > 0 ? [{ action: 'heal', host: null }, ...nodes] : nodes
    }
  }
}

/** The broker that leads most partitions, the active controller only where there is no other. */
function busiestBroker(cluster: ClusterView, layout: Layout, name: string): string | null {
  const led = new Map<number, number>()
  for (const { partitions } of Object.values(cluster.topics))
    for (const { leader } of Object.values(partitions)) led.set(leader, (led.get(leader) ?? 0) + 1)
  const roles = new Map(layout.clusters[name]?.map(({ host, roles }) => [host, roles]))
  const brokers = Object.values(cluster.nodes).filter(
    ({ host, up, node }) => up && node !== null && (roles.get(host)?.includes('broker') || cluster.brokers[node]),
  )
  const rank = ({ node }: NodeView) => (node === cluster.leader ? -1 : (led.get(node!) ?? 0))
  return brokers.sort((one, other) => rank(other) - rank(one))[0]?.host ?? null
}

function restored(cluster: ClusterView, host: string, id: number | null): Fault[] {
  const process = cluster.nodes[host]?.process ?? null
  // Where the lab lays no node, the learner starts one.
  if (id === null) return []
  if (process === 'paused') return [{ action: 'resume', host }]
  return process === 'none' ? [{ action: 'start', host }] : []
}

/** How the first cluster that the drill reached came through it, as far as is known now. */
export function drillOutcome(
  drill: DrillBegun,
  { clusters }: Pick<Fold, 'clusters'>,
  events: EventLog,
  layout: Layout,
): DrillOutcome {
  const done = events
    .since('fault', layout.main, drill.seq)
    .filter(({ by, fault }) => by === 'instructor' && fault.action !== 'heal')
  const first = done[0]
  const name = first ? clusterOf(first, layout) : layout.main
  const cluster = clusters[name]
  const hosts = done.flatMap(({ fault }) => ('host' in fault && fault.host !== null ? [fault.host] : []))
  const nothing = { hosts, leader: null, epoch: null, electedAfterMs: null, outages: [], lost: 0, down: [] }
  if (!cluster) return { ...nothing, is: 'nothing' }
  const names = (node: number | null) => (node === null ? null : (nodeOf(cluster, node)?.host ?? `node ${node}`))
  const elected = first && electedAfter(first, drill.seq, name, events)
  const from = first?.at ?? drill.at
  const outages = measured(events.since('outage', name, drill.seq), from)
  const down = Object.values(cluster.nodes).flatMap(({ host, up }) => (up ? [] : [host]))
  const { probe } = cluster
  const isWhole = cluster.leader !== null && (probe?.outages.length ?? 0) === 0 && !hasOrphans(cluster)
  const result = (): DrillOutcome['is'] => {
    // All may be well already.
    if (drill.drill === 'restore') return isWhole ? 'recovered' : 'impaired'
    if (!first) return 'nothing'
    return isWhole && tookEffect(drill, first, name, events, elected !== undefined) ? 'recovered' : 'impaired'
  }
  return {
    is: result(),
    hosts,
    leader: names(cluster.leader),
    epoch: cluster.epoch,
    electedAfterMs: first && elected ? Math.max(0, elected.at - first.at) : null,
    outages,
    lost: Math.max(0, (probe?.lost.length ?? 0) - (drill.lost[name] ?? 0)),
    down,
  }
}

/** Right after a fault all still looks well: what it was to bring about has to be seen. */
function tookEffect(
  { drill, seq }: DrillBegun,
  { fault }: EventOf<'fault'>,
  name: string,
  events: EventLog,
  isElected: boolean,
): boolean {
  if (drill !== 'kill-broker') return isElected
  // It may have been missed before the fault was told.
  return events.since('node', name, seq).some(({ host, up }) => !up && 'host' in fault && host === fault.host)
}

const clusterOf = ({ fault }: EventOf<'fault'>, layout: Layout): string =>
  ('host' in fault && fault.host !== null ? layout.clusterOf[fault.host] : undefined) ?? layout.main

/** That the one who led is named again is no election: it takes a later epoch than the last one before the drill. */
function electedAfter(
  fault: EventOf<'fault'>,
  drillSeq: number,
  name: string,
  events: EventLog,
): EventOf<'leader'> | undefined {
  const leaders = events.since('leader', name, 0)
  const before = leaders.findLast(({ seq, leader }) => seq <= drillSeq && leader !== null)?.epoch ?? -1
  return leaders.find(({ seq, leader, epoch }) => seq > fault.seq && leader !== null && epoch > before)
}

function hasOrphans({ topics }: ClusterView): boolean {
  return Object.values(topics).some(({ partitions }) => Object.values(partitions).some(({ leader }) => leader < 0))
}

/** The longest of each kind, as far as it is behind `since` (ms since 1970); null: it lasts. */
function measured(outages: EventOf<'outage'>[], since: number): DrillOutcome['outages'] {
  const byKind = new Map<EventOf<'outage'>['kind'], Map<number, number | null>>()
  for (const { kind, from, to } of outages) {
    const spans = byKind.get(kind) ?? new Map<number, number | null>()
    spans.set(from, to === null ? null : Math.max(0, to - Math.max(from, since)))
    byKind.set(kind, spans)
  }
  return [...byKind].map(([kind, spans]) => {
    const all = [...spans.values()]
    return { kind, ms: all.includes(null) ? null : Math.max(...all.map((ms) => ms ?? 0)) }
  })
}
