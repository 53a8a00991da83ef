/** The metadata log as Kafka's own tool prints it, to compare with. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type KafkaNode, type KafkaProgram, runTool } from './kafka-node.ts'

export type DumpedRecord = {
  offset: number
  epoch: number
  timestamp: number
  type: string
  version: number
  /** undefined where the tool only names the record: Kafka 3.9's does so with three of the control records */
  data: unknown
}
export type DumpedBatch = {
  position: number
  bytes: number
  baseOffset: number
  lastOffset: number
  count: number
  leaderEpoch: number
  control: boolean
  transactional: boolean
  maxTimestamp: number
  compression: string
  records: DumpedRecord[]
}

const BATCH = /^baseOffset: \d+ lastOffset: /
const RECORD = /^\| offset: (\d+) (?:CreateTime|LogAppendTime): (-?\d+) .*? headerKeys: \[.*?\] (\w+):? (\{.*\})$/s
const NAMED = /^\| offset: (\d+) CreateTime: (-?\d+) .*? headerKeys: \[\] controlType: (\w+)\(\d+\)$/
/** org.apache.kafka.common.record.ControlRecordType, and what later tools print */
const CONTROL_NAMES: Record<string, string> = {
  LEADER_CHANGE: 'LeaderChange',
  KRAFT_VERSION: 'KRaftVersion',
  KRAFT_VOTERS: 'KRaftVoters',
}
/** Said of what it could not read; all else that it prints is one of these or `Dumping ...`, `Log starting offset: ...`. */
const OTHER = /^(Dumping |Log starting offset: |Snapshot end offset: |$)/

/** A string, or a number whole. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const LARGE = 'int64 '

/** An integer that is no exact number is a bigint, as our decoder gives it. */
export function parseExactly(json: string): unknown {
  const quoted = json.replace(TOKEN, (token) =>
    /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${LARGE}${token}"` : token,
  )
  return JSON.parse(quoted, (_, value) =>
    typeof value === 'string' && value.startsWith(LARGE) ? BigInt(value.slice(LARGE.length)) : value,
  )
}

function batchOf(line: string): DumpedBatch {
  const fields = new Map([...line.matchAll(/(\w+): (\S+)/g)].map(([, name, value]) => [String(name), String(value)]))
  const text = (name: string): string => {
    const found = fields.get(name)
    if (found === undefined) throw new Error(`kafka-dump-log: no ${name} in: ${line}`)
    return found
  }
  if (text('isvalid') !== 'true' || text('magic') !== '2') throw new Error(`kafka-dump-log: ${line}`)
  return {
    position: Number(text('position')),
    bytes: Number(text('size')),
    baseOffset: Number(text('baseOffset')),
    lastOffset: Number(text('lastOffset')),
    count: Number(text('count')),
    leaderEpoch: Number(text('partitionLeaderEpoch')),
    control: text('isControl') === 'true',
    transactional: text('isTransactional') === 'true',
    maxTimestamp: Number(fields.get('CreateTime') ?? text('LogAppendTime')),
    compression: text('compresscodec'),
    records: [],
  }
}

function recordOf(line: string): Omit<DumpedRecord, 'epoch'> {
  const [, offset, timestamp, type = '', json] = RECORD.exec(line) ?? NAMED.exec(line) ?? []
  if (offset === undefined) throw new Error(`kafka-dump-log: ${line}`)
  const place = { offset: Number(offset), timestamp: Number(timestamp) }
  if (json === undefined) return { ...place, type: CONTROL_NAMES[type] ?? type, version: 0, data: undefined }
  const parsed = parseExactly(json) as DumpedRecord
  const { version } = parsed
  if (type === 'payload') return { ...place, type: parsed.type, version, data: parsed.data }
  return { ...place, type, version, data: parsed }
}

/** Reads what `kafka-dump-log --cluster-metadata-decoder` prints. @throws Error at a line that it does not know */
export function parseDump(text: string): Map<string, DumpedBatch[]> {
  const files = new Map<string, DumpedBatch[]>()
  let batches: DumpedBatch[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith('Dumping ')) {
      batches = []
      files.set(line.slice('Dumping '.length), batches)
    } else if (BATCH.test(line)) batches.push(batchOf(line))
    else if (line.startsWith('| ')) {
      const batch = batches.at(-1)
      if (!batch) throw new Error(`kafka-dump-log: ${line}`)
      batch.records.push({ epoch: batch.leaderEpoch, ...recordOf(line) })
    } else if (!OTHER.test(line)) throw new Error(`kafka-dump-log: ${line}`)
  }
  return files
}

/** Segments and snapshots as Kafka's own tool prints them, by path. */
export const dumpFiles = async (paths: string[], program?: KafkaProgram): Promise<Map<string, DumpedBatch[]>> =>
  parseDump(await runTool('kafka-dump-log', ['--cluster-metadata-decoder', '--files', paths.join(',')], { program }))

/** The records of a node's metadata log as Kafka's own tool prints them, without NoOps. */
export async function dumpLog(node: KafkaNode): Promise<Omit<DumpedRecord, 'epoch' | 'version'>[]> {
  const segments = readdirSync(node.metadataFolder).filter((name) => name.endsWith('.log'))
  const files = await dumpFiles(segments.map((name) => join(node.metadataFolder, name)))
  return [...files.values()]
    .flat()
    .flatMap(({ records }) => records)
    .filter(({ type }) => type !== 'NO_OP_RECORD')
    .map(({ offset, timestamp, type, data }) => ({ offset, timestamp, type, data }))
}
