/** Everything that is known of a lab session, folded from its history: nothing else is kept. */
import type { GroupPast } from '#labs/protocol/live.ts'
import type { Group, Link, MetadataRecord, NeedResult, Observation } from '#labs/protocol/observation.ts'
import type { TrialOutput, TrialResult } from '#labs/protocol/trial.ts'
import { type ClusterView, counts, foldCluster, NO_CLUSTER } from './cluster.ts'
import { type Deeds, foldDeeds, NO_DEEDS } from './deeds.ts'
import type { Evidence, Outcome } from './define.ts'
import { type ClusterEvent, eventsOf, roomEvent } from './events.ts'
import { foldGroups } from './group-past.ts'
import type { Entry } from './history.ts'
import type { Layout } from './layout.ts'
import { foldTeaching, NO_TEACHING, type Teaching } from './teaching.ts'

/** `seq`: of its entry; what it saw came before. */
export type Pass = { evidence: Evidence; at: number; seq: number }
export type Fold = {
  /** by the lab's name for it */
  clusters: Record<string, ClusterView>
  /** links that are cut */
  cuts: Link[]
  /** results of needs, by the need's name */
  facts: Record<string, NeedResult>
  /** need of groups → what these went through */
  groups: Record<string, GroupPast[]>
  /** name of a trial's need → the newest of the present room; `at`: when it ended, ms since 1970 */
  tried: Record<string, { at: number; result: TrialResult; shown: TrialOutput | null }>
  /** step → its opening: number of the entry, ms since 1970 */
  opened: Record<string, { seq: number; at: number }>
  /** step → when it first opened, ms since 1970, also before a reset */
  firstOpened: Record<string, number>
  /** check → pass: what the learner is credited with, for good */
  passes: Record<string, Pass>
  /** check → pass since the last reset, credited or not. Without a reset they are the same. */
  here: Record<string, Pass & { by: 'replay' | 'learner' }>
  /** the solution is being replayed up to the beginning of this step */
  replay: { step: string } | null
  answers: Record<string, { given: string; correct: boolean; says: string }>
  /** step → what was predicted, and how it came out */
  predictions: Record<string, { given: string; outcome: Outcome | null }>
  /** check → hint levels asked for */
  hints: Record<string, number>
  /** step → when its solution was first shown, ms since 1970 */
  solutions: Record<string, number>
  /** `seq`: of the entry with which it began */
  room: { status: 'none' | 'started' | 'ended'; says: string; seq: number; prepared: boolean }
  /** the highest observation number of the present room */
  seen: number
  /** how the learner gets on */
  deeds: Deeds
  /** between learner and instructors */
  teaching: Teaching
}

export const nothing = (layout: Layout): Fold => ({
  clusters: Object.fromEntries(Object.keys(layout.clusters).map((name) => [name, NO_CLUSTER])),
  cuts: [],
  facts: {},
  groups: {},
  tried: {},
  opened: {},
  firstOpened: {},
  passes: {},
  here: {},
  replay: null,
  answers: {},
  predictions: {},
  hints: {},
  solutions: {},
  room: { status: 'none', says: '', seq: 0, prepared: false },
  seen: 0,
  deeds: NO_DEEDS,
  teaching: NO_TEACHING,
})

/** @param tell called with each event that the entry amounts to, in order */
export function foldEntry(
  before: Fold,
  entry: Entry,
  layout: Layout,
  tell: (event: ClusterEvent) => void = () => {},
): Fold {
  const after = foldBody(before, entry, layout, tell)
  const deeds = foldDeeds(before.deeds, entry)
  const teaching = foldTeaching(before.teaching, entry, before.clusters)
  return deeds === after.deeds && teaching === after.teaching ? after : { ...after, deeds, teaching }
}

/** What outlives a reset. */
const kept = ({ firstOpened, passes, answers, predictions, hints, solutions, deeds, teaching }: Fold) => ({
  firstOpened,
  passes,
  answers,
  predictions,
  hints,
  solutions,
  deeds,
  teaching,
})

function foldBody(before: Fold, { body, at, seq }: Entry, layout: Layout, tell: (event: ClusterEvent) => void): Fold {
  switch (body.type) {
    case 'opened':
      return before
    case 'room-started': {
      // A fresh room has fresh clusters and a switch that counts from one.
      const { clusters, cuts, facts, groups, tried, seen } = nothing(layout)
      return {
        ...before,
        clusters,
        cuts,
        facts,
        groups,
        tried,
        seen,
        room: { status: 'started', says: body.says, seq, prepared: false },
      }
    }
    case 'room-ended':
      return { ...before, room: { ...before.room, status: 'ended', says: body.says } }
    case 'room-prepared':
      return { ...before, room: { ...before.room, prepared: true } }
    case 'observed': {
      const after = foldObservation(before, body.observation, at, seq, layout, tell)
      return { ...after, seen: Math.max(before.seen, body.number) }
    }
    case 'step-opened':
      return {
        ...before,
        opened: { ...before.opened, [body.step]: { seq, at } },
        firstOpened: { [body.step]: at, ...before.firstOpened },
      }
    case 'passed': {
      // A pass latches: nothing later takes it back.
      if (before.passes[body.check]) return before
      const pass = { evidence: body.evidence, at, seq }
      return {
        ...before,
        passes: { ...before.passes, [body.check]: pass },
        here: { ...before.here, [body.check]: { ...pass, by: 'learner' } },
      }
    }
    case 'reset':
      // Of the room before nothing counts but what is credited.
      return { ...nothing(layout), ...kept(before), replay: { step: body.step } }
    case 'replayed':
      return { ...before, replay: null }
    case 'repeated': {
      const { evidence, by } = body
      if (before.here[body.check]) return before
      return { ...before, here: { ...before.here, [body.check]: { evidence, at, seq, by } } }
    }
    case 'answered': {
      const { given, correct, says } = body
      return { ...before, answers: { ...before.answers, [body.step]: { given, correct, says } } }
    }
    case 'predicted': {
      // The first counts: what happened is known afterwards.
      if (before.predictions[body.step]) return before
      return { ...before, predictions: { ...before.predictions, [body.step]: { given: body.given, outcome: null } } }
    }
    case 'outcome': {
      const predicted = before.predictions[body.step]
      if (!predicted || predicted.outcome) return before
      const outcome = { right: body.right, says: body.says }
      return { ...before, predictions: { ...before.predictions, [body.step]: { ...predicted, outcome } } }
    }
    case 'hint':
      return {
        ...before,
        hints: { ...before.hints, [body.check]: Math.max(before.hints[body.check] ?? 0, body.level) },
      }
    case 'solution':
      return { ...before, solutions: { [body.step]: at, ...before.solutions } }
    case 'tried': {
      const { name, result, shown } = body
      return { ...before, tried: { ...before.tried, [name]: { at, result, shown } } }
    }
    case 'help':
    case 'noted':
    case 'told':
    case 'watch':
    case 'extended':
    case 'drill':
      return before
  }
}

function foldObservation(
  before: Fold,
  seen: Observation,
  at: number,
  seq: number,
  layout: Layout,
  tell: (event: ClusterEvent) => void,
): Fold {
  const name = clusterOf(seen, before, layout)
  const event = roomEvent(seen, layout)
  if (event) tell({ seq, at, cluster: name, ...event })
  if (seen.type === 'need') {
    const facts = { ...before.facts, [seen.name]: seen.result }
    const [was, is] = [before.facts[seen.name], seen.result].map((result) => groupsIn(seen.name, result))
    if (!is) return { ...before, facts }
    for (const group of is) {
      const one = was?.find(({ id }) => id === group.id)
      if (JSON.stringify(one) !== JSON.stringify(group)) tell({ seq, at, cluster: name, type: 'group', group })
    }
    for (const one of was ?? [])
      if (!is.some(({ id }) => id === one.id))
        tell({ seq, at, cluster: name, type: 'group', group: { ...one, state: 'Dead', ...NOTHING_IN_IT } })
    return {
      ...before,
      facts,
      groups: {
        ...before.groups,
        [seen.name]: foldGroups((seen.begins ? undefined : before.groups[seen.name]) ?? [], is, at),
      },
    }
  }
  if (seen.type === 'network') return { ...before, cuts: seen.cuts }
  const cluster = before.clusters[name]
  if (!cluster) return before
  const why = seen.type === 'node-down' ? seen.why : ''
  const after = foldCluster(cluster, seen, at, layout.clusters[name], (news) => {
    for (const what of eventsOf(news, at, why)) tell({ seq, at, cluster: name, ...what })
  })
  return after === cluster ? before : { ...before, clusters: { ...before.clusters, [name]: after } }
}

/** Of a group that is gone: Kafka calls such a one Dead. */
const NOTHING_IN_IT = { members: [], offsets: [], delivered: [] }

/** A need's name begins with its kind; null where it is of another one, or nobody answered. */
const groupsIn = (name: string, result: NeedResult | undefined): Group[] | null =>
  name.split(' ')[0] === 'groups' && result?.state === 'fetched' ? (result.value as Group[]) : null

/** The records of the metadata log that an entry has, and whose they are; null where it has none that count. */
export function recordsOf(
  before: Fold,
  { body }: Entry,
  layout: Layout,
): { cluster: string; records: MetadataRecord[] } | null {
  if (body.type !== 'observed' || body.observation.type !== 'metadata') return null
  const { host, records } = body.observation
  const name = clusterOf(body.observation, before, layout)
  const cluster = before.clusters[name]
  return cluster && counts(cluster, host, layout.clusters[name]) ? { cluster: name, records } : null
}

/**
 * The cluster that an observation is of: that which the lab declares for its host; for a node that a learner started
 * on another host, the one whose id it has (none where no cluster has it).
 */
function clusterOf(seen: Observation, { clusters }: Fold, layout: Layout): string {
  if ('cluster' in seen) return seen.cluster
  const host = 'host' in seen ? seen.host : seen.type === 'fault' && 'host' in seen.fault ? seen.fault.host : null
  if (host === null) return layout.main
  const declared = layout.clusterOf[host]
  if (declared) return declared
  if (seen.type === 'fault') return layout.main
  const has = (cluster: ClusterView) =>
    cluster.nodes[host] !== undefined ||
    (seen.type === 'node-up' && seen.clusterId !== null && cluster.clusterId === seen.clusterId)
  return Object.keys(clusters).find((name) => has(clusters[name]!)) ?? ''
}
