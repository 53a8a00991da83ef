/** What every request and answer may tell of the quorum (KafkaRaftClient.maybeTransition and its callers). */
import { leaderOf, toFollower, toUnattached } from './transitions.ts'
import type { ErrorCode, Node, NodeId } from './types.ts'
import type { Work } from './work.ts'

/** False: the node knows otherwise, and Kafka would end with an error; the message is not believed. */
function isConsistent(node: Node, epoch: number, leader: NodeId | null): boolean {
  if (leader === node.id) return node.role.is === 'leader'
  const own = leaderOf(node)
  return epoch !== node.epoch || leader === null || own === null || leader === own
}

export function maybeTransition(work: Work, node: Node, epoch: number, leader: NodeId | null): boolean {
  if (!isConsistent(node, epoch, leader)) return false
  if (epoch > node.epoch) {
    if (leader === null) toUnattached(work, node, epoch, null, 'later-epoch')
    else toFollower(work, node, epoch, leader, 'leader-known')
  } else if (epoch === node.epoch && leader !== null && leaderOf(node) === null)
    toFollower(work, node, epoch, leader, 'leader-known')
  return true
}

/** True: nothing of the answer is left to be looked at (KafkaRaftClient.maybeHandleCommonResponse). */
export function handledAlready(
  work: Work,
  node: Node,
  { error, epoch, leader }: { error: ErrorCode; epoch: number; leader: NodeId | null },
): boolean {
  if (epoch < node.epoch || error === 'unknown-leader-epoch') return true
  if (epoch > node.epoch || error === 'fenced-leader-epoch' || error === 'not-leader') {
    maybeTransition(work, node, epoch, leader)
    return true
  }
  if (leader !== null && leaderOf(node) === null) {
    if (!maybeTransition(work, node, epoch, leader)) return true
    return error !== 'none'
  }
  return error === 'invalid-voter-key'
}
