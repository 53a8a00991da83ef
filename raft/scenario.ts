/** A scenario as data: a quorum, how it comes to where the reader finds it, and moments that may be shown. */
import { nextEvent } from './due.ts'
import { quorumOf } from './start.ts'
import { step } from './step.ts'
import type { Node, NodeId, Quorum, RaftEvent, Settings } from './types.ts'

/** A node by its id, or whoever leads the latest epoch then. */
type Who = NodeId | 'leader'

type Until =
  /** somebody leads a later epoch than anybody did when the waiting began, and knows its high watermark */
  | 'new-leader'
  /** the leader's log is on all that run and reach it, and they know what is committed */
  | 'caught-up'
  | { role: Node['role']['is']; of: NodeId }
  | { epoch: number; of: NodeId }
  | { end: number; of: NodeId }

export type Deed =
  | { do: 'start' | 'crash' | 'pause' | 'resume' | 'stop' | 'wipe' | 'timeout'; to: Who[] }
  | { do: 'append'; payloads: string[] }
  | { do: 'isolate' | 'heal'; who: NodeId }
  | { do: 'cut' | 'mend'; from: NodeId; to: NodeId }
  /** All that is due happens, in its order. */
  | { until: Until }
  | { forMs: number }

export type Scenario = {
  voters: { id: NodeId; name: string }[]
  observers: { id: NodeId; name: string }[]
  settings: Partial<Settings> & { seed: number }
  /** What has happened when the reader comes; not in the list of events. */
  before: Deed[]
  /** Each begins where `before` ends. */
  moments: Record<string, { deeds: Deed[]; settings?: Partial<Settings> }>
}

/** A scenario that waits for what never happens is wrong. */
const MAX_EVENTS = 2_000

export function opening(scenario: Scenario, settings: Partial<Settings> = {}): Quorum {
  const start = quorumOf(scenario.voters, scenario.observers, { ...scenario.settings, ...settings })
  let quorum = start
  for (const event of perform(start, scenario.before)) quorum = step(quorum, event)
  return { ...quorum, news: [] }
}

/** The events that these deeds come to. @throws Error where one waits in vain */
export function perform(from: Quorum, deeds: Deed[]): RaftEvent[] {
  const events: RaftEvent[] = []
  let quorum = from
  const happen = (event: RaftEvent) => {
    events.push(event)
    quorum = step(quorum, event)
  }
  for (const deed of deeds) {
    if ('until' in deed || 'forMs' in deed) {
      const isOver = 'until' in deed ? condition(deed.until, quorum) : over(quorum.now + deed.forMs)
      for (let count = 0; !isOver(quorum); count++) {
        const next = nextEvent(quorum)
        if (!next || count > MAX_EVENTS) throw new Error(`${JSON.stringify(deed)} does not happen`)
        happen(next)
      }
    } else for (const event of eventsOf(deed, quorum)) happen(event)
  }
  return events
}

const over = (time: number) => (quorum: Quorum) => (nextEvent(quorum)?.at ?? Number.POSITIVE_INFINITY) > time

export function leaderIn({ nodes }: Quorum): Node | null {
  const leaders = nodes.filter(({ role, process }) => role.is === 'leader' && process === 'running')
  return leaders.sort((a, b) => b.epoch - a.epoch)[0] ?? null
}

function eventsOf(deed: Exclude<Deed, { until: Until } | { forMs: number }>, quorum: Quorum): RaftEvent[] {
  const idOf = (who: Who) => (who === 'leader' ? (leaderIn(quorum)?.id ?? 0) : who)
  switch (deed.do) {
    case 'append':
      return [{ is: 'append', node: idOf('leader'), payloads: deed.payloads }]
    case 'isolate':
    case 'heal':
      return isolation(quorum, deed.who, deed.do === 'isolate' ? 'cut' : 'mend')
    case 'cut':
    case 'mend':
      return [{ is: deed.do, from: deed.from, to: deed.to }]
    default:
      return deed.to.map((who) => ({ is: deed.do, node: idOf(who) }))
  }
}

/** All links of a node, both ways. */
export const isolation = ({ nodes, cuts }: Quorum, who: NodeId, is: 'cut' | 'mend'): RaftEvent[] =>
  nodes
    .filter(({ id }) => id !== who)
    .flatMap(({ id }) => [
      { is, from: who, to: id },
      { is, from: id, to: who },
    ])
    .filter((link) => cuts.some(({ from, to }) => from === link.from && to === link.to) === (is === 'mend'))

function condition(until: Until, from: Quorum): (quorum: Quorum) => boolean {
  if (until === 'caught-up') return isCaughtUp
  if (until === 'new-leader') {
    const before = Math.max(0, ...from.nodes.map(({ role, epoch }) => (role.is === 'leader' ? epoch : 0)))
    return (quorum) => {
      const leader = leaderIn(quorum)
      return leader !== null && leader.epoch > before && leader.highWatermark !== null
    }
  }
  const node = (quorum: Quorum) => quorum.nodes.find(({ id }) => id === until.of)!
  if ('role' in until) return (quorum) => node(quorum).role.is === until.role
  if ('epoch' in until) return (quorum) => node(quorum).epoch >= until.epoch
  return (quorum) => node(quorum).log.length === until.end
}

function isCaughtUp(quorum: Quorum): boolean {
  const leader = leaderIn(quorum)
  if (!leader || leader.highWatermark !== leader.log.length) return false
  const isCut = (a: NodeId, b: NodeId) => quorum.cuts.some(({ from, to }) => from === a && to === b)
  return quorum.nodes
    .filter(
      ({ id, process }) => id !== leader.id && process === 'running' && !isCut(id, leader.id) && !isCut(leader.id, id),
    )
    .every(({ log, highWatermark }) => log.length === leader.log.length && highWatermark === leader.highWatermark)
}
