/** Which records are shown. */
import type { MetadataRecord } from '#labs/protocol/observation.ts'
import { type Family, familyOf } from './families.ts'
import { dataOf, isObject, type Names, numbersIn, textOf } from './names.ts'

export type Filter = {
  /** a type as Kafka names it, `family:...` for a whole family, or '' for all */
  type: string
  /** by name; '' for all */
  topic: string
  /** node id */
  broker: number | null
  /** words that all must be found: in the offset, the type, the fields, or their names */
  text: string
}
export const NO_FILTER: Filter = { type: '', topic: '', broker: null, text: '' }
export const isFiltered = ({ type, topic, broker, text }: Filter): boolean =>
  type !== '' || topic !== '' || broker !== null || text.trim() !== ''

export const familyFilter = (family: Family): string => `family:${family}`

/** ConfigResource.Type: of these resources a ConfigRecord speaks. */
export const CONFIG_RESOURCES: Record<number, string> = {
  2: 'topic',
  4: 'broker',
  8: 'broker logger',
  16: 'client metrics',
  32: 'group',
}

/** The topic that a record is about, by name; null: none, or one whose name is not known. */
export function topicOf(record: MetadataRecord, names: Names): string | null {
  const data = dataOf(record)
  if (typeof data.topicId === 'string') return names.topics.get(data.topicId) ?? null
  if (record.type === 'CONFIG_RECORD')
    return CONFIG_RESOURCES[Number(data.resourceType)] === 'topic' ? textOf(data.resourceName) : null
  return typeof data.topicName === 'string' ? data.topicName : null
}

const NODE_FIELDS = ['brokerId', 'controllerId', 'leaderId', 'id', 'leader'] as const
const NODE_LISTS = [
  'isr',
  'replicas',
  'addingReplicas',
  'removingReplicas',
  'eligibleLeaderReplicas',
  'lastKnownElr',
] as const

/** Names this node: as its subject, a leader or a replica. */
export function mentions(record: MetadataRecord, node: number): boolean {
  const data = dataOf(record)
  if (NODE_FIELDS.some((field) => data[field] === node)) return true
  if (NODE_LISTS.some((field) => numbersIn(data[field]).includes(node))) return true
  if (record.type === 'CONFIG_RECORD')
    return CONFIG_RESOURCES[Number(data.resourceType)] === 'broker' && data.resourceName === String(node)
  return Array.isArray(data.voters) && data.voters.some((voter) => isObject(voter) && voter.voterId === node)
}

const texts = new WeakMap<MetadataRecord, string>()
function textIn(record: MetadataRecord): string {
  const known = texts.get(record) ?? `${record.offset} ${record.type} ${JSON.stringify(record.data)}`.toLowerCase()
  texts.set(record, known)
  return known
}

/** @param nameOf the type's name in words */
export function matcher(filter: Filter, names: Names, nameOf: (type: string) => string) {
  const { type, topic, broker } = filter
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  return (record: MetadataRecord): boolean => {
    if (type !== '' && record.type !== type && familyFilter(familyOf(record.type)) !== type) return false
    if (topic !== '' && topicOf(record, names) !== topic) return false
    if (broker !== null && !mentions(record, broker)) return false
    if (words.length === 0) return true
    const text = `${textIn(record)} ${nameOf(record.type).toLowerCase()} ${topicOf(record, names)?.toLowerCase() ?? ''}`
    return words.every((word) => text.includes(word))
  }
}
