/** Which topics, partition leaders and brokers the metadata log tells of: what is needed to ask for their contents. */
import type { MetadataRecord } from '#labs/kafka/log/metadata.ts'

export type Topic = { id: string; name: string /** leader by partition, -1 for none */; leaders: Map<number, number> }

/** A lab has some dozens; a node that lies could name millions. */
const MAX_TOPICS = 5_000
const MAX_PARTITIONS = 1_000
const MAX_BROKERS = 64
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
        if (this.#byId.size < MAX_TOPICS)
          this.#byId.set(String(data.topicId), {
            id: String(data.topicId),
            name: String(data.name),
            leaders: new Map(),
          })
        return
      case 'REMOVE_TOPIC_RECORD':
        this.#byId.delete(String(data.topicId))
        return
      case 'PARTITION_RECORD':
        this.#lead(data, Number(data.leader))
        return
      case 'PARTITION_CHANGE_RECORD':
        // a tagged field: absent where it has its default, which says unchanged
        if (data.leader !== undefined && data.leader !== NO_LEADER_CHANGE) this.#lead(data, Number(data.leader))
        return
      case 'REGISTER_BROKER_RECORD':
        if (this.#brokers.size < MAX_BROKERS) this.#brokers.add(Number(data.brokerId))
        return
      case 'UNREGISTER_BROKER_RECORD':
        this.#brokers.delete(Number(data.brokerId))
        return
    }
  }

  #lead(data: Fields, leader: number): void {
    const leaders = this.#byId.get(String(data.topicId))?.leaders
    const partition = Number(data.partitionId)
    if (leaders && (leaders.size < MAX_PARTITIONS || leaders.has(partition))) leaders.set(partition, leader)
  }
}
