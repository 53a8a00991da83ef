/** A quorum and how it was reached. */
import { step } from '#raft/step.ts'
import type { Message, Node, NodeId, Quorum, RaftEvent, Role } from '#raft/types.ts'

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
export const keyOf = ({ nodes, messages, cuts }: Quorum): string =>
  [
    ...nodes.map(keyOfNode),
    ...messages.map(({ from, to, body }) => `${from}>${to}${keyOfBody(body)}`),
    ...cuts.map(({ from, to }) => `${from}x${to}`),
  ].join('|')

function keyOfNode({ process, epoch, role, log, highWatermark, connections, parked, stopBy }: Node): string {
  const peers = Object.entries(connections).map(([peer, { is }]) => peer + is[0])
  const held = parked.map(({ request }) => request.from)
  const written = `${log.length}/${log.at(-1)?.epoch}/${highWatermark}`
  return [process, stopBy === null, epoch, keyOfRole(role), written, peers, held].join()
}

function keyOfRole(role: Role): string {
  const voted = 'voted' in role ? role.voted?.id : ''
  const leader = 'leader' in role ? role.leader : ''
  const votes = 'votes' in role ? Object.entries(role.votes) : ''
  const of =
    role.is === 'leader'
      ? [role.replicas.map(({ key, end }) => [key.id, end]).sort(), role.fetchedVoters]
      : role.is === 'resigned'
        ? role.unacknowledged
        : role.is === 'follower' && role.hasFetched
  return [role.is, voted, leader, votes, of].join()
}

function keyOfBody(body: Message['body']): string {
  const records = 'records' in body ? [body.records.length, body.diverging?.end, body.highWatermark, body.error] : ''
  const vote = body.is === 'vote' ? body.preVote : body.is === 'vote-answer' ? [body.granted, body.preVote] : ''
  return [
    body.is,
    body.epoch,
    'leader' in body ? body.leader : '',
    'offset' in body ? body.offset : '',
    vote,
    records,
  ].join()
}
