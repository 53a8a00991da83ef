/** What the labs about replication ask of one partition and of its logs. Pure, as all judges are. */
import type { ClusterView, PartitionView } from '#labs/engine/cluster.ts'
import type { Fact } from '#labs/engine/define.ts'
import type { ReplicaLog } from '#labs/protocol/observation.ts'

export type Logs = Fact<{ replicas: ReplicaLog[] }>

/** Partition 0 of a topic that has no other. */
export function onlyPartition(cluster: ClusterView, topic: string): PartitionView | undefined {
  const partitions = Object.values(cluster.topics[topic]?.partitions ?? {})
  return partitions.length === 1 ? partitions[0] : undefined
}

/** Of partition 0. A broker that does not answer has none here. */
export const logOf = (logs: Logs, broker: number): ReplicaLog | undefined =>
  logs.state === 'fetched' ? logs.value.replicas.find((one) => one.partition === 0 && one.broker === broker) : undefined

export const sorted = (nodes: readonly number[]): number[] => [...nodes].sort((a, b) => a - b)
/** "1, 2, 3"; nobody */
export const listed = (nodes: readonly number[]): string => (nodes.length > 0 ? sorted(nodes).join(', ') : 'nobody')

/** What a topic that is created by hand has to look like; null where it does. */
export function notAsAsked(
  cluster: ClusterView,
  topic: string,
  wanted: { replicas: number; minimum: string },
): string | null {
  const partitions = Object.values(cluster.topics[topic]?.partitions ?? {})
  const [only] = partitions
  if (!only) return `There is no topic ${topic}.`
  if (partitions.length > 1)
    return `${topic} has ${partitions.length} partitions; it should have one. Delete it, and create it again.`
  if (only.replicas.length !== wanted.replicas)
    return `${topic} has ${only.replicas.length} of ${wanted.replicas} replicas. Delete it, and create it again.`
  const minimum = cluster.configs[`topic:${topic}`]?.['min.insync.replicas'] ?? '1'
  if (minimum !== wanted.minimum)
    return `min.insync.replicas of ${topic} is ${minimum}; it should be ${wanted.minimum}.`
  return null
}
