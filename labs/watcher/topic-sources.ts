/** Which nodes have a topic's partitions, and may be asked for them. */
import type { Connection } from '#labs/kafka/client/connection.ts'
import type { ClusterLog } from './cluster-log.ts'
import type { NodeWatch } from './node-watch.ts'
import type { Topic } from './projection.ts'

export type FoundTopic = { topic: Topic; log: ClusterLog }
/** One node, and what is read from it. */
export type Source = {
  node: NodeWatch
  connection: Connection
  topicId: string
  leads: boolean
  partitions: number[]
}

/** @returns in words why there is none */
export function topicOf(nodes: NodeWatch[], name: string): FoundTopic | string {
  if (!nodes.some(({ broker }) => broker)) return 'no broker answers'
  for (const log of new Set(nodes.flatMap((node) => (node.log ? [node.log] : [])))) {
    const topic = log.projection.topic(name)
    if (topic) return { topic, log }
  }
  return `there is no topic ${name}`
}

/** Each partition's leader; where that does not answer, a follower, which has what was committed or most of it. */
export function sourcesOf(nodes: NodeWatch[], { topic, log }: FoundTopic): { sources: Source[]; unknown: string[] } {
  const sources = new Map<string, Source>()
  const unknown: string[] = []
  for (const [index, { leader, replicas }] of topic.partitions) {
    const name = `${topic.name}-${index}`
    const at = (id: number): NodeWatch | undefined =>
      nodes.find((node) => node.id === id && node.log === log && node.broker)
    const node = [leader, ...replicas].map(at).find((one) => one !== undefined)
    const silent = leader < 0 ? 'has no leader' : `is led by broker ${leader}, which does not answer`
    const leads = node !== undefined && node.id === leader
    if (!leads) unknown.push(`${name} ${silent}${node ? `; as broker ${node.id} has it` : ''}`)
    if (!node?.broker) continue
    const key = `${node.host} ${leads}`
    const source = sources.get(key) ?? { node, connection: node.broker, topicId: topic.id, leads, partitions: [] }
    source.partitions.push(index)
    sources.set(key, source)
  }
  return { sources: [...sources.values()], unknown }
}
