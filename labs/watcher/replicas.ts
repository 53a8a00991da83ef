/** What each replica of a topic has: how far its own log goes, and how far it knows it to be committed. */
import type { Connection } from '#labs/kafka/client/connection.ts'
import { isOffset } from '#labs/kafka/client/offset.ts'
import { DEBUGGING_REPLICA, fetchRecords, LATEST, listOffsets } from '#labs/kafka/client/topics.ts'
import type { ReplicaLog } from '#labs/protocol/observation.ts'
import { answer, type Fetched, fetched, partly } from './ask.ts'
import type { NodeWatch } from './node-watch.ts'
import { topicOf } from './topic-sources.ts'

/** Of one topic; each has some replicas. */
const MAX_PARTITIONS = 50
/** Nothing lies behind the end: the answer says the offsets alone. */
const NO_RECORDS_BYTES = 1

/** Of brokers that do not answer nothing is said, but who they are. */
export async function replicasOf(nodes: NodeWatch[], name: string): Promise<Fetched> {
  const found = topicOf(nodes, name)
  if (typeof found === 'string') return fetched({ state: 'failed', why: found })
  const { topic, log } = found
  const partitions = [...topic.partitions].slice(0, MAX_PARTITIONS)
  const brokers = [...new Set(partitions.flatMap(([, { replicas }]) => replicas))].sort((a, b) => a - b)
  const unknown: string[] = []
  const answers = await Promise.all(
    brokers.map(async (broker) => {
      const node = nodes.find((one) => one.id === broker && one.log === log)
      if (!node?.broker) return { broker, said: { why: 'does not answer', passing: false } }
      const here = partitions.filter(([, { replicas }]) => replicas.includes(broker)).map(([index]) => index)
      return { broker, said: await answer(node.host, logsAt(node.broker, { ...topic, broker, here })) }
    }),
  )
  const logs = answers.flatMap(({ said }) => ('value' in said ? said.value : []))
  for (const { broker, said } of answers) if (!('value' in said)) unknown.push(`broker ${broker}: ${said.why}`)
  const value = logs.sort((a, b) => a.partition - b.partition || a.broker - b.broker)
  const passing = answers.some(({ said }) => !('value' in said) && said.passing)
  return partly({ replicas: value }, unknown, passing)
}

type Here = { name: string; id: string; broker: number; here: number[] }

/** A follower answers a consumer's fetch too, with what it knows itself (KIP-392). */
async function logsAt(connection: Connection, { name, id, broker, here }: Here): Promise<ReplicaLog[]> {
  const wanted = here.map((partition) => ({ topic: name, partition }))
  const ends = (await listOffsets(connection, wanted, LATEST, DEBUGGING_REPLICA)).filter(
    ({ error, offset }) => error === 0 && isOffset(offset),
  )
  if (ends.length === 0) return []
  const from = ends.map(({ partition, offset }) => ({ partition, offset }))
  const answers = await fetchRecords(connection, id, from, { maxBytes: NO_RECORDS_BYTES })
  return answers.flatMap(({ partition, error, highWatermark, lastStable, logStart }) => {
    const end = ends.find((one) => one.partition === partition)?.offset
    // cut off meanwhile: the next look has it right
    if (end === undefined || error !== 0) return []
    // Asked a moment before the high watermark, which it is never below.
    return [{ partition, broker, logStart, highWatermark, lastStable, end: Math.max(end, highWatermark) }]
  })
}
