/**
 * Who leads the probe's partition, asked of every broker as long as somebody has doubts; the highest leader epoch wins.
 * Makes the topic where it is missing.
 */
import type { Connection } from '#labs/kafka/client/connection.ts'
import { createTopic } from '#labs/kafka/client/create-topic.ts'
import type { LedPartition } from '#labs/kafka/client/fetch-topic.ts'
import { type TopicMetadata, topicMetadata } from '#labs/kafka/client/topic-metadata.ts'
import { type Broker, type Brokers, Line } from './brokers.ts'
import { message, pause } from './pace.ts'

/** The panel and the facts about topics leave out what begins with two underscores. */
export const TOPIC = '__kraftlab-probe'
const PARTITION = 0
const MOST_REPLICAS = 3

const LOOK_MS = 100
const ASK_LIMIT_MS = 500
const CREATE_LIMIT_MS = 5_000
/** So long nobody may have spoken for the cluster before another is taken for its successor. */
const SUCCESSION_MS = 3_000

export type Leader = LedPartition & { node: number }

type Events = {
  /** another broker leads, or the same in a later epoch */
  changed(leader: Leader | null): void
  /** the topic was deleted, with all that lay in it */
  newTopic(): void
  /** formatted anew */
  newCluster(): void
}

export class Leadership {
  readonly #brokers: Brokers
  readonly #on: Events
  readonly #doubts = new Set<string>(['start'])
  readonly #formerTopics = new Set<string>()
  #clusterId: string | undefined
  #spokenFor = Number.NEGATIVE_INFINITY
  #topicId: string | undefined
  #epoch = -1
  #leader: Leader | null = null
  #creating = false
  #why = 'no broker answers'

  constructor(brokers: Brokers, on: Events) {
    this.#brokers = brokers
    this.#on = on
  }

  get current(): Leader | null {
    return this.#leader
  }
  /** Why there is none. */
  get why(): string {
    return this.#why
  }

  doubt(who: string): void {
    this.#doubts.add(who)
  }
  trust(who: string): void {
    this.#doubts.delete(who)
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#brokers.all.map((broker) => this.#watch(broker, signal)))
  }

  async #watch(broker: Broker, signal: AbortSignal): Promise<void> {
    const line = new Line(this.#brokers)
    while (!signal.aborted) {
      if (this.#doubts.size > 0 || !this.#leader) {
        try {
          const connection = await line.to(broker.id)
          const heard = await topicMetadata(connection, TOPIC, ASK_LIMIT_MS)
          if (this.#isOurs(heard.clusterId)) await this.#hear(heard, connection)
        } catch (error) {
          if (!this.#leader) this.#why = `broker ${broker.id}: ${message(error)}`
        }
      }
      await pause(LOOK_MS, signal)
    }
  }

  /** A broker may have been formatted for another cluster while the others go on. */
  #isOurs(clusterId: string): boolean {
    const now = performance.now()
    if (this.#clusterId !== undefined && this.#clusterId !== clusterId) {
      if (now - this.#spokenFor < SUCCESSION_MS) return false
      this.#follow(undefined)
      this.#formerTopics.clear()
      this.#on.newCluster()
    }
    this.#clusterId = clusterId
    this.#spokenFor = now
    return true
  }

  async #hear({ topic, brokers }: TopicMetadata, connection: Connection): Promise<void> {
    const partition = topic?.partitions.find((one) => one.partition === PARTITION)
    if (!topic || !partition) return await this.#create(brokers.length, connection)
    // one that has heard nothing for long speaks of a topic that is no more
    if (this.#formerTopics.has(topic.id)) return
    if (this.#topicId !== topic.id) {
      const before = this.#topicId
      this.#follow(topic.id)
      if (before !== undefined) {
        this.#formerTopics.add(before)
        this.#on.newTopic()
      }
    }
    if (partition.epoch < this.#epoch) return
    this.trust('start')
    const isNew = partition.epoch > this.#epoch
    this.#epoch = partition.epoch
    if (partition.leader === null) this.#why = 'the partition has no leader'
    if (!isNew) return
    const place = { topic: TOPIC, topicId: topic.id, partition: PARTITION, leaderEpoch: partition.epoch }
    this.#leader = partition.leader === null ? null : { ...place, node: partition.leader }
    this.#on.changed(this.#leader)
  }

  #follow(topicId: string | undefined): void {
    this.#topicId = topicId
    this.#epoch = -1
    this.#leader = null
  }

  /** With as many replicas as it is to have in the end; until so many brokers live there is none. */
  async #create(living: number, connection: Connection): Promise<void> {
    const replicas = Math.min(MOST_REPLICAS, this.#brokers.all.length)
    if (this.#creating || living < replicas) {
      this.#why = `${living} brokers live, ${replicas} are needed`
      return
    }
    this.#creating = true
    try {
      await createTopic(
        connection,
        { name: TOPIC, partitions: 1, replicas, configs: configs(replicas) },
        CREATE_LIMIT_MS,
      )
    } finally {
      this.#creating = false
    }
  }
}

const configs = (replicas: number): Record<string, string> => ({
  // one broker may fail and writes go on: with two replicas a minimum of two would stop them
  'min.insync.replicas': replicas === MOST_REPLICAS ? '2' : '1',
  'retention.ms': '-1',
  // more than the probe remembers, and little for a host's disk
  'retention.bytes': String(16 << 20),
  'segment.bytes': String(4 << 20),
  'unclean.leader.election.enable': 'false',
  'cleanup.policy': 'delete',
  // as they were sent, whatever the broker does with others
  'compression.type': 'producer',
})
