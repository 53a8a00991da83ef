/** Which topics, partition leaders and brokers the metadata log tells of: what is needed to ask for their contents. */

import type { ToldTopic } from '#labs/kafka/client/topic-metadata.ts'
import type { MetadataRecord } from '#labs/kafka/metadata/records.ts'
import { isReserved, LEADER_UNCHANGED, MAX_FEW, MAX_PARTITIONS, MAX_TOPICS } from '#labs/protocol/metadata.ts'
import { isWithinCaps, MAX_ALL_PARTITIONS } from './caps.ts'

export type Partition = {
  /** -1 for none */
  leader: number
  replicas: number[]
}
export type Topic = { id: string; name: string; partitions: Map<number, Partition> }

type Fields = { [name: string]: unknown }

export class Projection {
  readonly #byId = new Map<string, Topic>()
  readonly #brokers = new Set<number>()
  #partitions = 0

  clear(): void {
    this.#byId.clear()
    this.#partitions = 0
    this.#brokers.clear()
  }

  /** Topics of the learner, without Kafka's own. */
  topics(): Topic[] {
    return [...this.#byId.values()].filter((topic) => !isReserved(topic.name))
  }

  topic(name: string): Topic | undefined {
    return [...this.#byId.values()].find((topic) => topic.name === name)
  }

  brokers(): number[] {
    return [...this.#brokers]
  }

  /** What a broker says of all topics, in place of what was known. */
  replace(topics: ToldTopic[]): void {
    this.clear()
    for (const { name, id, partitions } of topics) {
      if (!this.#name(id, name)) continue
      for (const { partition, leader, replicas } of partitions)
        this.#place({ topicId: id, partitionId: partition, leader, replicas })
    }
  }

  /** @returns those that are within what a lab's cluster may have; of the others nothing is kept */
  apply(records: MetadataRecord[]): MetadataRecord[] {
    return records.filter(({ type, data }) => isWithinCaps(data) && this.#apply(type, data as Fields))
  }

  /** @returns false for one too many */
  #apply(type: string, data: Fields): boolean {
    switch (type) {
      case 'SnapshotHeader':
        this.clear()
        return true
      case 'TOPIC_RECORD':
        return this.#name(String(data.topicId), String(data.name))
      case 'REMOVE_TOPIC_RECORD':
        this.#remove(String(data.topicId))
        return true
      case 'PARTITION_RECORD':
      case 'PARTITION_CHANGE_RECORD':
        return this.#place(data)
      case 'REGISTER_BROKER_RECORD': {
        const id = Number(data.brokerId)
        if (!this.#brokers.has(id) && this.#brokers.size >= MAX_FEW) return false
        this.#brokers.add(id)
        return true
      }
      case 'UNREGISTER_BROKER_RECORD':
        this.#brokers.delete(Number(data.brokerId))
        return true
      default:
        return true
    }
  }

  #name(id: string, name: string): boolean {
    if (!this.#byId.has(id) && this.#byId.size >= MAX_TOPICS) return false
    this.#remove(id)
    this.#byId.set(id, { id, name, partitions: new Map() })
    return true
  }

  #remove(id: string): void {
    this.#partitions -= this.#byId.get(id)?.partitions.size ?? 0
    this.#byId.delete(id)
  }

  #place(data: Fields): boolean {
    const partitions = this.#byId.get(String(data.topicId))?.partitions
    // of a topic that was one too many, perhaps
    if (!partitions) return this.#byId.size < MAX_TOPICS
    const index = Number(data.partitionId)
    const before = partitions.get(index)
    if (!before && (partitions.size >= MAX_PARTITIONS || this.#partitions >= MAX_ALL_PARTITIONS)) return false
    if (!before) this.#partitions++
    // in a change these are tagged fields: absent where they have their default, which says unchanged
    const kept = data.leader === undefined || data.leader === LEADER_UNCHANGED
    const replicas = Array.isArray(data.replicas) ? data.replicas.map(Number) : before?.replicas
    partitions.set(index, { leader: kept ? (before?.leader ?? -1) : Number(data.leader), replicas: replicas ?? [] })
    return true
  }
}
