/** Which topics, partition leaders and brokers the metadata log tells of: what is needed to ask for their contents. */
import type { MetadataRecord } from '#labs/kafka/log/metadata.ts'

export type Partition = {
  /** -1 for none */
  leader: number
  replicas: number[]
}
export type Topic = { id: string; name: string; partitions: Map<number, Partition> }

/** A lab has some dozens; a node that lies could name millions. */
const MAX_TOPICS = 5_000
const MAX_PARTITIONS = 1_000
const MAX_BROKERS = 64
const MAX_REPLICAS = 64
/** Kafka's own limit (org.apache.kafka.common.internals.Topic). */
const MAX_NAME_CHARS = 249
/** In PARTITION_CHANGE_RECORD: unchanged. */
const NO_LEADER_CHANGE = -2

type Fields = { [name: string]: unknown }

export class Projection {
  readonly #byId = new Map<string, Topic>()
  readonly #brokers = new Set<number>()

  clear(): void {
    this.#byId.clear()
    this.#brokers.clear()
  }

  /** Topics of the learner, without Kafka's own. */
  topics(): Topic[] {
    return [...this.#byId.values()].filter((topic) => !topic.name.startsWith('__'))
  }

  topic(name: string): Topic | undefined {
    return [...this.#byId.values()].find((topic) => topic.name === name)
  }

  brokers(): number[] {
    return [...this.#brokers]
  }

  apply(records: MetadataRecord[]): void {
    for (const record of records) this.#apply(record.type, record.data as Fields)
  }

  #apply(type: string, data: Fields): void {
    switch (type) {
      case 'SnapshotHeader':
        this.clear()
        return
      case 'TOPIC_RECORD':
        if (this.#byId.size < MAX_TOPICS && String(data.name).length <= MAX_NAME_CHARS)
          this.#byId.set(String(data.topicId), {
            id: String(data.topicId),
            name: String(data.name),
            partitions: new Map(),
          })
        return
      case 'REMOVE_TOPIC_RECORD':
        this.#byId.delete(String(data.topicId))
        return
      case 'PARTITION_RECORD':
      case 'PARTITION_CHANGE_RECORD':
        this.#place(data)
        return
      case 'REGISTER_BROKER_RECORD':
        if (this.#brokers.size < MAX_BROKERS) this.#brokers.add(Number(data.brokerId))
        return
      case 'UNREGISTER_BROKER_RECORD':
        this.#brokers.delete(Number(data.brokerId))
        return
    }
  }

  #place(data: Fields): void {
    const partitions = this.#byId.get(String(data.topicId))?.partitions
    const index = Number(data.partitionId)
    const before = partitions?.get(index)
    if (!partitions || (!before && partitions.size >= MAX_PARTITIONS)) return
    // in a change these are tagged fields: absent where they have their default, which says unchanged
    const kept = data.leader === undefined || data.leader === NO_LEADER_CHANGE
    const replicas = Array.isArray(data.replicas) ? data.replicas.slice(0, MAX_REPLICAS).map(Number) : before?.replicas
    partitions.set(index, { leader: kept ? (before?.leader ?? -1) : Number(data.leader), replicas: replicas ?? [] })
  }
}
