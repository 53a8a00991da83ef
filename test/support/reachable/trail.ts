/** A quorum and how it was reached. */
import { step } from '#raft/step.ts'
import type { Node, NodeId, Quorum, RaftEvent } from '#raft/types.ts'

export class Trail {
  private constructor(
    readonly quorum: Quorum,
    private readonly last: RaftEvent | null,
    private readonly before: Trail | null,
  ) {}

  static from(quorum: Quorum): Trail {
    return new Trail(quorum, null, null)
  }

  after(event: RaftEvent): Trail {
    return new Trail(step(this.quorum, event), event, this)
  }

  events(): RaftEvent[] {
    const events: RaftEvent[] = []
    for (let trail: Trail | null = this; trail?.last; trail = trail.before) events.push(trail.last)
    return events.reverse()
  }

  node(id: NodeId): Node {
    return this.quorum.nodes.find((node) => node.id === id)!
  }

  leader(): Node | null {
    const leaders = this.quorum.nodes.filter(({ role, process }) => role.is === 'leader' && process === 'running')
    return leaders.sort((a, b) => b.epoch - a.epoch)[0] ?? null
  }
}

/** The same but for names of messages, clocks and drawn time-outs: what can happen next is the same. */
export function keyOf({ nodes, messages, cuts }: Quorum): string {
  const body = (one: unknown) => JSON.stringify(one, (key, value) => (IGNORED.has(key) ? undefined : value))
  return [
    ...nodes.map((node) => `${body({ ...node, log: 0 })}${node.log.length}/${node.log.at(-1)?.epoch}`),
    ...messages.map(({ from, to, body: text }) => `${from}${to}${body(text)}`),
    body(cuts),
  ].join('|')
}
const IGNORED = new Set([
  'deadline',
  'until',
  'due',
  'id',
  'request',
  'draws',
  'sent',
  'remindAt',
  'fetchedAt',
  'disk',
  'answers',
  'payload',
  'name',
  'at',
])
