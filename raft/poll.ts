/** What a node does when it has a moment: append at the start of its epoch, and send what its role asks (KafkaRaftClient.poll...). */
import { append, fetchRequest, isLeading } from './leading.ts'
import { lastEpoch } from './log.ts'
import { random } from './random.ts'
import { keyOf, toResigned } from './transitions.ts'
import type { Node, NodeId, Votes } from './types.ts'
import type { Work } from './work.ts'

export function poll(work: Work, node: Node): void {
  if (node.process !== 'running') return
  if (node.stopBy !== null && isLeading(node)) toResigned(work, node, 'stop')
  if (isLeading(node) && node.log.length === node.role.epochStart) {
    append(work, node, ['LeaderChange'])
    remind(work, node)
  }
  const { role } = node
  if (role.is === 'prospective' || role.is === 'candidate')
    askForVotes(work, node, role.votes, role.is === 'prospective')
  if (role.is === 'resigned') sayGoodBye(work, node, role.unacknowledged, role.successors)
  if (role.is === 'unattached') fetchFromAnybody(work, node)
  if (role.is === 'follower') fetch(work, node, role.leader)
  if (node.stopBy !== null) maybeStopped(work, node)
}

const isReady = (node: Node, peer: NodeId) => node.connections[peer] === undefined

function askForVotes(work: Work, node: Node, votes: Votes, preVote: boolean): void {
  for (const voter of work.state.voters) {
    if (voter.id === node.id || votes[voter.id] !== undefined || !isReady(node, voter.id)) continue
    const { epoch, log } = node
    const candidate = keyOf(node)
    work.request(node, voter.id, {
      is: 'vote',
      preVote,
      epoch,
      candidate,
      voter,
      lastEpoch: lastEpoch(log),
      end: log.length,
    })
  }
}

function sayGoodBye(work: Work, node: Node, to: NodeId[], successors: NodeId[]): void {
  for (const voter of to)
    if (isReady(node, voter))
      work.request(node, voter, { is: 'end-quorum-epoch', epoch: node.epoch, leader: node.id, successors })
}

/** To voters that have not fetched for half a fetch time-out (LeaderState.needToSendBeginQuorumRequests). */
export function remind(work: Work, node: Node): void {
  if (!isLeading(node)) return
  const period = work.state.settings.fetchTimeoutMs / 2
  for (const voter of work.state.voters) {
    if (voter.id === node.id || !isReady(node, voter.id)) continue
    const fetchedAt = node.role.replicas.find(
      ({ key }) => key.id === voter.id && key.directory === voter.directory,
    )?.fetchedAt
    if (fetchedAt != null && work.now - fetchedAt < period) continue
    work.request(node, voter.id, { is: 'begin-quorum-epoch', epoch: node.epoch, leader: node.id, voter })
  }
  node.role = { ...node.role, remindAt: work.now + period }
}

const isWaiting = (node: Node) => Object.values(node.connections).some((peer) => peer.is === 'waiting')

function fetch(work: Work, node: Node, leader: NodeId): void {
  if (isWaiting(node)) return
  if (isReady(node, leader)) work.request(node, leader, fetchRequest(node))
  else fetchFromAnybody(work, node)
}

/** Whoever is asked knows the leader or not; observers find it in no other way. */
function fetchFromAnybody(work: Work, node: Node): void {
  if (isWaiting(node)) return
  const ready = work.state.voters.map(({ id }) => id).filter((id) => id !== node.id && isReady(node, id))
  if (ready.length === 0) return
  const any = ready[Math.floor(random(work.state.settings.seed, node.id, work.state.nextMessage) * ready.length)]!
  work.request(node, any, fetchRequest(node))
}

/** An observer, the only voter, or one that knows another leader need not wait (KafkaRaftClient.maybeCompleteShutdown). */
function maybeStopped(work: Work, node: Node): void {
  const hasRemoteLeader = node.role.is === 'follower'
  if (!work.isVoter(node) || work.state.voters.length === 1 || hasRemoteLeader) end(node)
}

export function end(node: Node): void {
  node.process = 'down'
  node.stopBy = null
  node.deadline = null
  node.connections = {}
  node.parked = []
}
