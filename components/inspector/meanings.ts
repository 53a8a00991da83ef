/** What a field of a record stands for: an id's name, a code's word, and which records are about the same thing. */
import type { MetadataRecord } from '#labs/protocol/observation.ts'
import { CONFIG_RESOURCES, type Filter } from './filter.ts'
import { type Data, dataOf, type Names } from './names.ts'

export type Meaning = {
  text: string /** the filter that shows what else is about it */
  filter: Partial<Filter> | null
}

const NODES: ReadonlySet<string> = new Set([
  'brokerId',
  'controllerId',
  'leaderId',
  'voterId',
  'leader',
  'isr',
  'replicas',
  'addingReplicas',
  'removingReplicas',
  'eligibleLeaderReplicas',
  'lastKnownElr',
])
const DIRECTORIES: ReadonlySet<string> = new Set(['directories', 'logDirs', 'cordonedLogDirs', 'voterDirectoryId'])
/** DirectoryId of kafka-clients: ids that are no directory. */
const NO_DIRECTORY: Record<string, string> = {
  AAAAAAAAAAAAAAAAAAAAAA: 'selected before directories were known (MIGRATING)',
  AAAAAAAAAAAAAAAAAAAAAQ: 'not assigned yet (UNASSIGNED)',
  AAAAAAAAAAAAAAAAAAAAAg: 'offline (LOST)',
}
const TIMES = /Timestamp(Ms)?$/
/** FeatureLevelRecord.json, BrokerRegistrationChangeRecord.json and their like: codes that have words. */
const CODES: Record<string, Record<string, string>> = {
  resourceType: CONFIG_RESOURCES,
  leaderRecoveryState: { 0: 'recovered', 1: 'recovering' },
  inControlledShutdown: { 1: 'in controlled shutdown', 0: 'no change' },
}
const FENCING: Record<string, string> = { 1: 'fenced', '-1': 'unfenced', 0: 'no change' }
const SECURITY_PROTOCOLS: Record<string, string> = { 0: 'PLAINTEXT', 1: 'SSL', 2: 'SASL_PLAINTEXT', 3: 'SASL_SSL' }

/** @param value a scalar: one of a list by itself */
export function meaningOf(record: MetadataRecord, field: string, value: unknown, names: Names): Meaning | null {
  if (value === null || value === undefined || typeof value === 'object') return null
  const text = String(value)
  if (field === 'topicId') {
    const name = names.topics.get(text)
    return name === undefined ? null : { text: name, filter: { topic: name } }
  }
  if (field === 'topicName' || (field === 'name' && record.type === 'TOPIC_RECORD'))
    return { text: '', filter: { topic: text } }
  if (field === 'resourceName') return ofResource(dataOf(record), text, names)
  if (isNode(record, field) && typeof value === 'number')
    return value < 0
      ? { text: 'none', filter: null }
      : { text: names.hosts.get(value) ?? '', filter: { broker: value } }
  if (DIRECTORIES.has(field)) return ofDirectory(text, names)
  if (TIMES.test(field) && typeof value === 'number' && value > 0)
    return { text: new Date(value).toISOString().replace('T', ' '), filter: null }
  if (field === 'fenced' && typeof value === 'number') return worded(FENCING[text])
  if (field === 'securityProtocol') return worded(SECURITY_PROTOCOLS[text])
  if (field === 'resourceType' && record.type !== 'CONFIG_RECORD') return null
  return worded(CODES[field]?.[text])
}

const worded = (text: string | undefined): Meaning | null => (text === undefined ? null : { text, filter: null })

const isNode = ({ type }: MetadataRecord, field: string): boolean =>
  NODES.has(field) || (field === 'id' && (type === 'FENCE_BROKER_RECORD' || type === 'UNFENCE_BROKER_RECORD'))

function ofResource(data: Data, name: string, names: Names): Meaning | null {
  const kind = CONFIG_RESOURCES[Number(data.resourceType)]
  if (kind === 'topic') return { text: '', filter: { topic: name } }
  if (kind !== 'broker') return null
  return name === ''
    ? { text: 'all brokers', filter: null }
    : { text: names.hosts.get(Number(name)) ?? '', filter: { broker: Number(name) } }
}

function ofDirectory(id: string, names: Names): Meaning | null {
  const none = NO_DIRECTORY[id]
  if (none !== undefined) return { text: none, filter: null }
  const node = names.directories.get(id)
  return node === undefined ? null : { text: names.hosts.get(node) ?? `node ${node}`, filter: { broker: node } }
}
