/** The metadata log as Kafka's own tool prints it, to compare with. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { KafkaNode } from './kafka-node.ts'

type Dumped = { offset: number; timestamp: number; type: string; data: unknown }

const CONTROL_TYPES = ['LeaderChange', 'KRaftVersion', 'KRaftVoters', 'SnapshotHeader', 'SnapshotFooter']

/** The records of a segment as Kafka's own tool prints them, without NoOps. */
export async function dumpLog(node: KafkaNode): Promise<Dumped[]> {
  const segments = readdirSync(node.metadataFolder).filter((name) => name.endsWith('.log'))
  const files = segments.map((name) => join(node.metadataFolder, name)).join(',')
  const text = await node.tool('kafka-dump-log', ['--cluster-metadata-decoder', '--files', files])
  return text.split('\n').flatMap((line) => {
    const found = /^\| offset: (\d+) CreateTime: (\d+) .* headerKeys: \[\] (\w+):? (\{.*\})$/.exec(line)
    if (!found) return []
    const json = JSON.parse(String(found[4]))
    const [type, data] = CONTROL_TYPES.includes(String(found[3])) ? [found[3], json] : [json.type, json.data]
    return type === 'NO_OP_RECORD'
      ? []
      : [{ offset: Number(found[1]), timestamp: Number(found[2]), type: String(type), data }]
  })
}
