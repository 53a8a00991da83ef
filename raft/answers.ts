/** An answer arrives, to a request that the node still waits for (KafkaRaftClient.handle...Response). */
import { handledAlready } from './common.ts'
import { truncationOffset } from './log.ts'
import { afterLostElection, canStillWin, goForward } from './transitions.ts'
import type { Answer, FetchAnswer, Message, Node, NodeId } from './types.ts'
import type { Work } from './work.ts'

export function takeAnswer(work: Work, node: Node, message: Message, answer: Answer): void {
  const waiting = node.connections[message.from]
  if (waiting?.is !== 'waiting' || waiting.request !== message.answers) {
    work.news.push({ is: 'ignored', message })
    return
  }
  const { [message.from]: _, ...others } = node.connections
  node.connections = others
  const [role, epoch] = [node.role, node.epoch]
  if (handledAlready(work, node, answer)) {
    // It could not help and nothing has changed: the same question would get the same answer at once.
    if (node.role === role && node.epoch === epoch) backOff(work, node, message.from)
    return
  }
  switch (answer.is) {
    case 'vote-answer':
      return countVote(work, node, message.from, answer.granted)
    case 'fetch-answer':
      return takeRecords(work, node, answer)
    case 'end-quorum-epoch-answer':
      if (node.role.is === 'resigned') {
        const unacknowledged = node.role.unacknowledged.filter((id) => id !== message.from)
        node.role = { ...node.role, unacknowledged }
      }
      return
    default:
      return
  }
}

function countVote(work: Work, node: Node, voter: NodeId, granted: boolean): void {
  if (node.role.is !== 'prospective' && node.role.is !== 'candidate') return
  node.role = { ...node.role, votes: { ...node.role.votes, [voter]: granted } }
  if (granted) goForward(work, node)
  else if (!canStillWin(work, node.role.votes)) afterLostElection(work, node)
}

function takeRecords(work: Work, node: Node, { records, diverging, highWatermark }: FetchAnswer): void {
  if (node.role.is !== 'follower') return
  const offset = node.log.length
  if (diverging) {
    const to = truncationOffset(node.log, diverging)
    // Kafka ends with an error rather than cut what is committed.
    if (to < (node.highWatermark ?? 0)) return
    node.log = node.log.slice(0, to)
    work.news.push({ is: 'truncated', node: node.id, to, count: offset - to })
  } else {
    if (records.length > 0) {
      node.log = [...node.log, ...records]
      work.news.push({ is: 'fetched', node: node.id, offset, count: records.length })
    }
    const to = highWatermark === null ? -1 : Math.min(highWatermark, node.log.length)
    if (to > (node.highWatermark ?? -1)) {
      node.highWatermark = to
      work.news.push({ is: 'high-watermark', node: node.id, to })
    }
  }
  node.role = { ...node.role, hasFetched: true }
  if (work.isVoter(node)) node.deadline = work.now + work.state.settings.fetchTimeoutMs
}

function backOff(work: Work, node: Node, peer: NodeId): void {
  const until = work.now + work.state.settings.retryBackoffMs
  node.connections = { ...node.connections, [peer]: { is: 'backing-off', until } }
}
