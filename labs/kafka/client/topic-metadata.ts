/** Who leads a topic's partitions, as one broker has heard it. */
import type { Connection } from './connection.ts'
import { check, KafkaError } from './errors.ts'

export type TopicMetadata = {
  clusterId: string
  /** ids of the brokers that are alive as this one has heard it */
  brokers: number[]
  /** null where there is no such topic */
  topic: { id: string; partitions: { partition: number; leader: number | null; epoch: number }[] } | null
}

const NO_LEADER = -1
const LEADER_NOT_AVAILABLE = 5

/** Creates nothing. @throws ConnectionError, KafkaError */
export async function topicMetadata(connection: Connection, name: string, timeoutMs: number): Promise<TopicMetadata> {
  const body = await connection.call(
    'Metadata',
    { topics: [{ name }], allowAutoTopicCreation: false },
    { minVersion: 10, maxVersion: 12, timeoutMs },
  )
  const topic = body.topics[0]
  const error = new KafkaError(topic?.errorCode ?? 0, 'Metadata')
  if (!error.is('UNKNOWN_TOPIC_OR_PARTITION')) check(error.code, 'Metadata')
  return {
    clusterId: body.clusterId ?? '',
    brokers: body.brokers.map(({ nodeId }: { nodeId: number }) => nodeId),
    topic: error.code === 0 && topic ? { id: topic.topicId, partitions: topic.partitions.map(partition) } : null,
  }
}

/** A leader of -1 is none. */
export type ToldTopic = {
  name: string
  id: string
  partitions: { partition: number; leader: number; leaderEpoch: number; replicas: number[]; isr: number[] }[]
}
const MAX_ALL_BYTES = 4 << 20

/** All topics, as one broker has heard of them. @throws ConnectionError, KafkaError */
export async function allTopics(connection: Connection): Promise<ToldTopic[]> {
  const body = await connection.call(
    'Metadata',
    { topics: null, allowAutoTopicCreation: false },
    { minVersion: 10, maxVersion: 12, maxResponseBytes: MAX_ALL_BYTES },
  )
  return body.topics.map(({ name, topicId, partitions }: WireTopic) => ({
    name,
    id: topicId,
    partitions: partitions.map(({ partitionIndex, leaderId, leaderEpoch, replicaNodes, isrNodes }) => ({
      partition: partitionIndex,
      leader: leaderId,
      leaderEpoch,
      replicas: replicaNodes,
      isr: isrNodes,
    })),
  }))
}

type WireTopic = {
  name: string
  topicId: string
  partitions: (WirePartition & { replicaNodes: number[]; isrNodes: number[] })[]
}
type WirePartition = { errorCode: number; partitionIndex: number; leaderId: number; leaderEpoch: number }

function partition({ errorCode, partitionIndex, leaderId, leaderEpoch }: WirePartition) {
  if (errorCode !== LEADER_NOT_AVAILABLE) check(errorCode, 'Metadata')
  return { partition: partitionIndex, leader: leaderId === NO_LEADER ? null : leaderId, epoch: leaderEpoch }
}
