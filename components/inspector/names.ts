/** What ids of the metadata log stand for, learnt from the records themselves; and what a partition was before. */

import type { ClusterState } from '#labs/protocol/live.ts'
import type { LogBatch, MetadataTree } from '#labs/protocol/log.ts'
import type { MetadataRecord } from '#labs/protocol/observation.ts'

export type Data = Record<string, unknown>
export const dataOf = ({ data }: MetadataRecord): Data => (isObject(data) ? data : {})
export const isObject = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const numbersIn = (value: unknown): number[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'number') : []
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** What PARTITION_RECORD and PARTITION_CHANGE_RECORD had said of it until then; null: not seen. */
export type PartitionBefore = { leader: number | null; isr: number[] | null }

export type Names = {
  topics: ReadonlyMap<string, string>
  /** directory id → node */
  directories: ReadonlyMap<string, number>
  /** node id → host */
  hosts: ReadonlyMap<number, string>
  /** the record that changed a partition → what it was */
  before: ReadonlyMap<MetadataRecord, PartitionBefore>
}

/**
 * Reads all records that are there, in order.
 * @param live the state as it is now, for topics whose record is not there (yet); null: not known
 */
export function learnNames(batches: LogBatch[], clusters: ClusterState[], live: MetadataTree | null): Names {
  const topics = new Map(topicIdsIn(live))
  const directories = new Map(directoriesIn(live))
  const before = new Map<MetadataRecord, PartitionBefore>()
  const partitions = new Map<string, PartitionBefore>()
  for (const { records } of batches) {
    for (const record of records) {
      const data = dataOf(record)
      switch (record.type) {
        case 'TOPIC_RECORD':
          topics.set(textOf(data.topicId), textOf(data.name))
          break
        case 'REGISTER_BROKER_RECORD':
        case 'BROKER_REGISTRATION_CHANGE_RECORD':
          for (const directory of strings(data.logDirs)) directories.set(directory, Number(data.brokerId))
          break
        case 'KRaftVoters':
          for (const voter of Array.isArray(data.voters) ? data.voters.filter(isObject) : [])
            directories.set(textOf(voter.voterDirectoryId), Number(voter.voterId))
          break
        case 'PARTITION_RECORD':
        case 'PARTITION_CHANGE_RECORD': {
          const key = `${data.topicId} ${data.partitionId}`
          const was = partitions.get(key) ?? { leader: null, isr: null }
          before.set(record, was)
          partitions.set(key, {
            leader: typeof data.leader === 'number' ? data.leader : was.leader,
            isr: Array.isArray(data.isr) ? numbersIn(data.isr) : was.isr,
          })
          break
        }
      }
    }
  }
  const hosts = new Map<number, string>()
  for (const { nodes } of clusters) for (const { node, host } of nodes) if (node !== null) hosts.set(node, host)
  return { topics, directories, hosts, before }
}

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []

/** Of a state's tree (labs/kafka/metadata/image.ts): `topics` → name → `id`. */
function* topicIdsIn(tree: MetadataTree | null): Iterable<[string, string]> {
  for (const [name, topic] of entriesOf(tree?.topics)) if (typeof topic.id === 'string') yield [topic.id, name]
}

/** `brokers` → id → `logDirs`, `voters` → id → `directory` */
function* directoriesIn(tree: MetadataTree | null): Iterable<[string, number]> {
  for (const [id, broker] of entriesOf(tree?.brokers))
    for (const directory of strings(broker.logDirs)) yield [directory, Number(id)]
  for (const [id, voter] of entriesOf(tree?.voters))
    if (typeof voter.directory === 'string') yield [voter.directory, Number(id)]
}

const entriesOf = (branch: unknown): [string, Data][] =>
  isObject(branch) ? Object.entries(branch).filter((entry): entry is [string, Data] => isObject(entry[1])) : []

/** Topic ids in records whose names are not known: their TOPIC_RECORD is older than what is there of the log. */
export function hasUnnamedTopic(batches: LogBatch[], { topics }: Names): boolean {
  return batches.some(({ records }) =>
    records.some((record) => {
      const { topicId } = dataOf(record)
      return typeof topicId === 'string' && !topics.has(topicId)
    }),
  )
}
