/** From one role to another, as QuorumState and KafkaRaftClient do it: what is written, and which time-out begins. */
import type { Node, NodeId, ReplicaKey, Role, Why } from './types.ts'
import type { Work } from './work.ts'

/** CHECK_QUORUM_TIMEOUT_FACTOR of LeaderState. */
const CHECK_QUORUM_FACTOR = 1.5

export const keyOf = ({ id, directory }: ReplicaKey): ReplicaKey => ({ id, directory })

/** What a node says of who leads its epoch. */
export function leaderOf({ id, role }: Node): NodeId | null {
  switch (role.is) {
    case 'leader':
    case 'resigned':
      return id
    case 'candidate':
      return null
    default:
      return role.leader
  }
}

export function votedOf(node: Node): ReplicaKey | null {
  const { role } = node
  if (role.is === 'candidate') return keyOf(node)
  return role.is === 'leader' || role.is === 'resigned' ? null : role.voted
}

export function toUnattached(work: Work, node: Node, epoch: number, leader: NodeId | null, why: Why): void {
  const { role } = node
  const lost = role.is === 'prospective' && !canStillWin(work, role.votes)
  const keepsTime = ['candidate', 'unattached', 'resigned'].includes(role.is) || (role.is === 'prospective' && !lost)
  const deadline = keepsTime && node.deadline !== null ? node.deadline : work.electionTimeout(node)
  const voted = epoch === node.epoch ? votedOf(node) : null
  become(work, node, epoch, { is: 'unattached', leader, voted }, why)
  node.deadline = work.isVoter(node) ? deadline : null
  node.connections = {}
}

/** A vote given: it counts as much as a new time-out, since the other has as good a chance. */
export function keepVote(work: Work, node: Node, candidate: ReplicaKey): void {
  if ((node.role.is !== 'unattached' && node.role.is !== 'prospective') || node.role.voted) return
  if (node.role.is === 'prospective') node.role = prospective(node, candidate)
  else node.role = { ...node.role, voted: candidate }
  node.deadline = work.electionTimeout(node)
  write(node)
}

export function toFollower(work: Work, node: Node, epoch: number, leader: NodeId, why: Why): void {
  const voted = epoch === node.epoch ? votedOf(node) : null
  become(work, node, epoch, { is: 'follower', leader, voted, hasFetched: false }, why)
  node.deadline = work.isVoter(node) ? work.now + work.state.settings.fetchTimeoutMs : null
  node.connections = {}
  releaseFetches(work, node)
}

export function toProspective(work: Work, node: Node, why: Why): void {
  // In memory only: nothing of the election state changes.
  become(work, node, node.epoch, prospective(node, votedOf(node)), why)
  node.deadline = work.electionTimeout(node)
  node.connections = {}
  if (!work.state.settings.preVote) toCandidate(work, node, 'no-pre-vote')
  else goForward(work, node)
}

export function toCandidate(work: Work, node: Node, why: Why): void {
  become(work, node, node.epoch + 1, { is: 'candidate', votes: { [node.id]: true } }, why)
  node.deadline = work.electionTimeout(node)
  node.connections = {}
  goForward(work, node)
}

export function toResigned(work: Work, node: Node, why: Why): void {
  if (node.role.is !== 'leader') return
  const others = work.state.voters.filter(({ id }) => id !== node.id)
  const ends = new Map(node.role.replicas.map(({ key, end }) => [key.id, end ?? -1]))
  const successors = others.map(({ id }) => id).sort((a, b) => (ends.get(b) ?? -1) - (ends.get(a) ?? -1))
  become(work, node, node.epoch, { is: 'resigned', unacknowledged: others.map(({ id }) => id), successors }, why)
  node.highWatermark = null
  node.deadline = work.electionTimeout(node)
  node.connections = {}
  releaseFetches(work, node)
}

/** A prospective voter with a majority becomes a candidate, a candidate with one leads. */
export function goForward(work: Work, node: Node): void {
  const { role } = node
  if (role.is !== 'prospective' && role.is !== 'candidate') return
  const granted = Object.keys(role.votes)
    .map(Number)
    .filter((id) => role.votes[id])
  if (!work.rules.majority(granted.length, work.state.voters.length)) return
  if (role.is === 'prospective') toCandidate(work, node, 'majority')
  else toLeader(work, node, granted)
}

/** Too many have refused (EpochElection.isVoteRejected, turned round). */
export function canStillWin(work: Work, votes: Readonly<Record<NodeId, boolean>>): boolean {
  const refused = Object.values(votes).filter((granted) => !granted).length
  return work.rules.majority(work.state.voters.length - refused, work.state.voters.length)
}

/** Unless somebody leads whom it knows: then it goes on following. */
export function afterLostElection(work: Work, node: Node): void {
  if (node.role.is !== 'prospective') return
  if (node.role.leader === null) toUnattached(work, node, node.epoch, null, 'lost')
  else toFollower(work, node, node.epoch, node.role.leader, 'lost')
}

/** What survives on the disk says how a process begins (QuorumState.initialize). */
export function fromDisk(work: Work, node: Node): void {
  const { disk } = node
  const inLog = node.log.at(-1)?.epoch ?? 0
  node.epoch = disk.epoch
  node.connections = {}
  node.parked = []
  node.highWatermark = null
  if (disk.epoch < inLog) become(work, node, inLog, { is: 'unattached', leader: null, voted: null }, 'start')
  else if (disk.leader === node.id) {
    const others = work.state.voters.map(({ id }) => id).filter((id) => id !== node.id)
    become(work, node, disk.epoch, { is: 'resigned', unacknowledged: others, successors: [] }, 'start')
  } else if (disk.voted?.id === node.id && disk.voted.directory === node.directory)
    become(work, node, disk.epoch, { is: 'candidate', votes: { [node.id]: true } }, 'start')
  else if (disk.leader !== null) return toFollower(work, node, disk.epoch, disk.leader, 'start')
  else become(work, node, disk.epoch, { is: 'unattached', leader: null, voted: disk.voted }, 'start')
  node.deadline = work.isVoter(node) ? work.electionTimeout(node) : null
  if (node.role.is === 'candidate') goForward(work, node)
  else if (work.state.voters.length === 1 && work.isVoter(node)) toProspective(work, node, 'start')
}

function toLeader(work: Work, node: Node, granted: NodeId[]): void {
  const epochStart = node.log.length
  const replicas = work.state.voters.map((key) => ({ key, end: null, fetchedAt: null }))
  const remindAt = work.now
  become(
    work,
    node,
    node.epoch,
    { is: 'leader', epochStart, granted, replicas, fetchedVoters: [], remindAt },
    'majority',
  )
  // Not kept from before: only a record of this epoch on a majority tells that it has not fallen.
  node.highWatermark = null
  node.deadline = work.state.voters.length > 1 ? checkQuorumAt(work) : null
  node.connections = {}
}

export const checkQuorumAt = (work: Work): number => work.now + work.state.settings.fetchTimeoutMs * CHECK_QUORUM_FACTOR

const prospective = (node: Node, voted: ReplicaKey | null): Role => ({
  is: 'prospective',
  leader: leaderOf(node),
  voted,
  votes: { [node.id]: true },
})

function become(work: Work, node: Node, epoch: number, role: Role, why: Why): void {
  const leader = role.is === 'follower' ? role.leader : null
  const is = role.is
  if (is !== node.role.is || epoch !== node.epoch || why === 'start' || leader !== leaderOf(node))
    work.news.push({ is: 'role', node: node.id, role: is, epoch, why, leader })
  node.epoch = epoch
  node.role = role
  if (is !== 'prospective') write(node)
}

function write(node: Node): void {
  node.disk = { epoch: node.epoch, leader: leaderOf(node), voted: votedOf(node) }
}

/** Whoever waits for records here must ask another. */
function releaseFetches(work: Work, node: Node): void {
  const [epoch, leader] = [node.epoch, leaderOf(node)]
  for (const { request } of node.parked)
    work.answer(node, request, {
      is: 'fetch-answer',
      error: 'not-leader',
      epoch,
      leader,
      records: [],
      diverging: null,
      highWatermark: null,
    })
  node.parked = []
}
