/** One event, and the quorum after it. The whole model is a fold of this over a list of events. */
import { takeAnswer } from './answers.ts'
import { append, isLeading } from './leading.ts'
import { end, poll, remind } from './poll.ts'
import { takeRequest } from './requests.ts'
import { kraftRules, type Rules } from './rules.ts'
import { afterLostElection, fromDisk, toProspective, toResigned, toUnattached } from './transitions.ts'
import type { Message, Node, NodeId, ParkedFetch, Quorum, RaftEvent } from './types.ts'
import { Work } from './work.ts'

/** How long KafkaRaftManager lets a node stop in order. */
const STOP_LIMIT_MS = 5_000

export function step(before: Quorum, event: RaftEvent, rules: Rules = kraftRules): Quorum {
  const work = new Work(before, rules)
  work.state.now = Math.max(before.now, event.at ?? before.now)
  apply(work, event)
  return work.state
}

export const replay = (start: Quorum, events: readonly RaftEvent[], rules: Rules = kraftRules): Quorum =>
  events.reduce((quorum, event) => step(quorum, event, rules), start)

function apply(work: Work, event: RaftEvent): void {
  switch (event.is) {
    case 'deliver':
    case 'drop':
      return deliver(work, event.message, event.is === 'drop')
    case 'timeout':
      return whenRunning(work, event.node, (node) => timeOut(work, node))
    case 'remind':
      return whenRunning(work, event.node, (node) => remind(work, node))
    case 'stop-timeout':
      return whenRunning(work, event.node, (node) => node.stopBy !== null && end(node))
    case 'peer-timeout':
      return whenRunning(work, event.node, (node) => peerTimeOut(node, event.peer))
    case 'fetch-wait-over':
      return whenRunning(work, event.node, (node) => waitOver(work, node, event.request))
    case 'append':
      return whenRunning(work, event.node, (node) => isLeading(node) && append(work, node, event.payloads))
    case 'crash':
    case 'wipe':
      return crash(work.node(event.node), event.is === 'wipe')
    case 'start':
      return start(work, work.node(event.node))
    case 'stop':
      return whenRunning(work, event.node, (node) => {
        node.stopBy = work.now + STOP_LIMIT_MS
      })
    case 'pause':
      if (work.look(event.node).process === 'running') work.node(event.node).process = 'paused'
      return
    case 'resume':
      if (work.look(event.node).process === 'paused') work.node(event.node).process = 'running'
      return
    case 'cut':
      if (!work.isCut(event.from, event.to)) work.state.cuts = [...work.state.cuts, { from: event.from, to: event.to }]
      return
    case 'mend':
      work.state.cuts = work.state.cuts.filter(({ from, to }) => from !== event.from || to !== event.to)
  }
}

function whenRunning(work: Work, id: NodeId, act: (node: Node) => unknown): void {
  if (work.look(id).process !== 'running') return
  const node = work.node(id)
  act(node)
  poll(work, node)
}

function deliver(work: Work, id: number, isDropped: boolean): void {
  const found = work.state.messages.find((message) => message.id === id)
  // What comes for a paused process waits in its socket.
  if (!found || work.look(found.to).process === 'paused') return
  const message = work.take(id)!
  const isDown = work.look(message.to).process === 'down'
  if (isDropped || isDown || work.isCut(message.from, message.to)) {
    work.news.push({ is: 'lost', message, why: isDropped ? 'dropped' : isDown ? 'down' : 'cut' })
    return
  }
  whenRunning(work, message.to, (node) => take(work, node, message))
}

function take(work: Work, node: Node, message: Message): void {
  const { body } = message
  if (body.is === 'vote' || body.is === 'fetch' || body.is === 'begin-quorum-epoch' || body.is === 'end-quorum-epoch')
    takeRequest(work, node, message, body)
  else takeAnswer(work, node, message, body)
}

/** The time-out of the node's role is over. */
function timeOut(work: Work, node: Node): void {
  if (node.deadline === null) return
  switch (node.role.is) {
    case 'follower':
      return node.stopBy === null ? toProspective(work, node, 'fetch-timeout') : undefined
    case 'unattached':
    case 'candidate':
      return node.stopBy === null ? toProspective(work, node, 'election-timeout') : undefined
    case 'prospective':
      return node.stopBy === null ? afterLostElection(work, node) : undefined
    case 'leader':
      return toResigned(work, node, 'check-quorum')
    case 'resigned':
      // It may not stand in the epoch that it has led.
      return node.stopBy === null ? toUnattached(work, node, node.epoch + 1, null, 'election-timeout') : undefined
  }
}

function peerTimeOut(node: Node, peer: NodeId): void {
  const { [peer]: over, ...others } = node.connections
  if (!over) return
  // A follower whose leader is silent asks another voter once, and comes back to it.
  const asksElsewhere = over.is === 'waiting' && node.role.is === 'follower' && node.role.leader === peer
  node.connections = asksElsewhere ? { ...others, [peer]: { is: 'backing-off', until: over.until } } : others
}

function waitOver(work: Work, node: Node, request: number): void {
  const isIt = (parked: ParkedFetch) => parked.request.id === request
  const over = node.parked.find(isIt)
  if (!over) return
  node.parked = node.parked.filter((parked) => !isIt(parked))
  work.answer(node, over.request, over.answer)
}

function crash(node: Node, wipes: boolean): void {
  end(node)
  if (!wipes) return
  node.directory++
  node.log = []
  node.disk = { epoch: 0, leader: null, voted: null }
  node.epoch = 0
  node.role = { is: 'unattached', leader: null, voted: null }
  node.highWatermark = null
}

function start(work: Work, node: Node): void {
  if (node.process !== 'down') return
  node.process = 'running'
  fromDisk(work, node)
  poll(work, node)
}
