/** What only a leader does: append, count, answer fetches. */
import { lastEpoch } from './log.ts'
import { checkQuorumAt, leaderOf } from './transitions.ts'
import type { FetchAnswer, Message, Node, ReplicaKey, ReplicaState, Request, Role } from './types.ts'
import type { Work } from './work.ts'

type Leading = Node & { role: Extract<Role, { is: 'leader' }> }
type FetchRequest = Extract<Request, { is: 'fetch' }>

export const isLeading = (node: Node): node is Leading => node.role.is === 'leader'

export function append(work: Work, node: Leading, payloads: string[]): void {
  const offset = node.log.length
  node.log = [...node.log, ...payloads.map((payload) => ({ epoch: node.epoch, payload }))]
  work.news.push({ is: 'appended', node: node.id, offset, count: payloads.length, epoch: node.epoch })
  setReplica(node, { id: node.id, directory: node.directory }, node.log.length, work.now)
  if (!updateHighWatermark(work, node)) answerHeld(work, node, ({ offset: from }) => from < node.log.length)
}

/** Answered at once if there is something to say, else held (KafkaRaftClient.handleFetchRequest). */
export function takeFetch(work: Work, node: Node, request: Message, fetch: FetchRequest): void {
  const answer = answerTo(work, node, fetch)
  const isNews =
    answer.error !== 'none' ||
    answer.records.length > 0 ||
    answer.diverging !== null ||
    (answer.highWatermark ?? -1) > (fetch.highWatermark ?? -1)
  if (isNews) {
    if (answer.error !== 'none') work.news.push({ is: 'refused', node: node.id, to: request.from, error: answer.error })
    return work.answer(node, request, answer)
  }
  node.parked = [...node.parked, { request, until: work.now + work.state.settings.fetchMaxWaitMs, answer }]
}

function answerTo(work: Work, node: Node, fetch: FetchRequest): FetchAnswer {
  const told = { epoch: node.epoch, leader: leaderOf(node) }
  const nothing = { is: 'fetch-answer' as const, ...told, records: [], diverging: null, highWatermark: null }
  if (fetch.epoch < node.epoch) return { ...nothing, error: 'fenced-leader-epoch' }
  if (fetch.epoch > node.epoch) return { ...nothing, error: 'unknown-leader-epoch' }
  if (!isLeading(node)) return { ...nothing, error: 'not-leader' }
  const diverging = work.rules.divergence(node.log, fetch.offset, fetch.lastEpoch)
  if (!diverging) {
    setReplica(node, fetch.replica, fetch.offset, work.now)
    countForQuorum(work, node, fetch.replica)
    if (work.isVoter(fetch.replica)) updateHighWatermark(work, node)
  }
  return {
    ...nothing,
    error: 'none',
    diverging,
    records: diverging ? [] : node.log.slice(fetch.offset),
    highWatermark: node.highWatermark,
  }
}

/** A majority that fetches keeps the leader in its office (LeaderState.updateCheckQuorumForFollowingVoter). */
function countForQuorum(work: Work, node: Leading, replica: ReplicaKey): void {
  if (!work.isVoter(replica)) return
  const fetched = new Set(node.role.fetchedVoters).add(replica.id)
  const others = Math.floor(work.state.voters.length / 2)
  const isMajority = fetched.size >= others
  node.role = { ...node.role, fetchedVoters: isMajority ? [] : [...fetched] }
  if (isMajority) node.deadline = checkQuorumAt(work)
}

function setReplica(node: Leading, key: ReplicaKey, end: number, fetchedAt: number): void {
  const is = (state: ReplicaState) => state.key.id === key.id && state.key.directory === key.directory
  const replicas = node.role.replicas.filter((state) => !is(state))
  node.role = { ...node.role, replicas: [...replicas, { key, end, fetchedAt }] }
}

function updateHighWatermark(work: Work, node: Leading): boolean {
  const ends = node.role.replicas.filter(({ key }) => work.isVoter(key)).map(({ end }) => end)
  const reached = work.rules.highWatermark(ends, node.role.epochStart)
  if (reached === null || reached <= (node.highWatermark ?? -1)) return false
  node.highWatermark = reached
  work.news.push({ is: 'high-watermark', node: node.id, to: reached })
  answerHeld(work, node, () => true)
  return true
}

/** Each is asked anew: what it may bring has changed. */
function answerHeld(work: Work, node: Node, which: (fetch: FetchRequest) => boolean): void {
  const of = ({ request }: { request: Message }) => request.body as FetchRequest
  const now = node.parked.filter((one) => which(of(one)))
  node.parked = node.parked.filter((one) => !now.includes(one))
  for (const one of now) work.answer(node, one.request, answerTo(work, node, of(one)))
}

export const fetchRequest = (node: Node): FetchRequest => ({
  is: 'fetch',
  epoch: node.epoch,
  replica: { id: node.id, directory: node.directory },
  offset: node.log.length,
  lastEpoch: lastEpoch(node.log),
  highWatermark: node.highWatermark,
})
