/** A request arrives (KafkaRaftClient.handle...Request). */
import { maybeTransition } from './common.ts'
import { takeFetch } from './leading.ts'
import { keepVote, leaderOf, toUnattached } from './transitions.ts'
import type { ErrorCode, Message, Node, ReplicaKey, Request, VoteReason } from './types.ts'
import type { Work } from './work.ts'

export function takeRequest(work: Work, node: Node, message: Message, request: Request): void {
  switch (request.is) {
    case 'vote':
      return takeVote(work, node, message, request)
    case 'begin-quorum-epoch':
      return takeBegin(work, node, message, request)
    case 'end-quorum-epoch':
      return takeEnd(work, node, message, request)
    case 'fetch':
      return takeFetch(work, node, message, request)
  }
}

type Of<Is extends Request['is']> = Extract<Request, { is: Is }>

const isMeant = (node: Node, { id, directory }: ReplicaKey) => id === node.id && directory === node.directory

function takeVote(work: Work, node: Node, message: Message, request: Of<'vote'>): void {
  const { preVote, candidate } = request
  const reply = (error: ErrorCode, because: VoteReason) => {
    const granted = because === 'up-to-date'
    work.news.push({ is: 'vote', node: node.id, candidate: candidate.id, preVote, granted, because })
    const told = { epoch: node.epoch, leader: leaderOf(node) }
    work.answer(node, message, { is: 'vote-answer', error, ...told, preVote, granted })
  }
  if (request.epoch < node.epoch) return reply('fenced-leader-epoch', 'old-epoch')
  // A PreVote too: it tells of an epoch, and asks for nothing to be kept.
  if (request.epoch > node.epoch) toUnattached(work, node, request.epoch, null, 'later-epoch')
  if (!isMeant(node, request.voter)) return reply('invalid-voter-key', 'not-meant')
  const isUpToDate = work.rules.isUpToDate(node.log, request.lastEpoch, request.end)
  const because = work.rules.mayVote(node, candidate, isUpToDate, preVote)
  if (because === 'up-to-date' && !preVote) keepVote(work, node, candidate)
  reply('none', because)
}

function takeBegin(work: Work, node: Node, message: Message, request: Of<'begin-quorum-epoch'>): void {
  const reply = (error: ErrorCode) =>
    work.answer(node, message, {
      is: 'begin-quorum-epoch-answer',
      error,
      epoch: node.epoch,
      leader: leaderOf(node),
    })
  if (request.epoch < node.epoch) return reply('fenced-leader-epoch')
  maybeTransition(work, node, request.epoch, request.leader)
  reply(isMeant(node, request.voter) ? 'none' : 'invalid-voter-key')
}

/** The leader goes: who has the most of its log stands first (KafkaRaftClient.endEpochElectionBackoff). */
function takeEnd(work: Work, node: Node, message: Message, request: Of<'end-quorum-epoch'>): void {
  const reply = (error: ErrorCode) =>
    work.answer(node, message, { is: 'end-quorum-epoch-answer', error, epoch: node.epoch, leader: leaderOf(node) })
  if (request.epoch < node.epoch) return reply('fenced-leader-epoch')
  maybeTransition(work, node, request.epoch, request.leader)
  if (node.role.is === 'follower' && node.role.leader === request.leader && work.isVoter(node))
    node.deadline = work.now + backoff(request.successors, node.id)
  reply('none')
}

/** controller.quorum.election.backoff.max.ms */
const ELECTION_BACKOFF_MAX_MS = 1_000

function backoff(successors: number[], id: number): number {
  const position = successors.indexOf(id)
  if (position === 0) return 0
  if (position < 0) return ELECTION_BACKOFF_MAX_MS
  const base = ELECTION_BACKOFF_MAX_MS >> (successors.length - 1)
  return Math.min(ELECTION_BACKOFF_MAX_MS, base << (position - 1))
}
