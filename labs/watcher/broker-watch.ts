/** The broker of one node, over one connection: once a second the ends of the logs that it has; needs ask it too. */
import { describeCluster, whoIs } from '#labs/kafka/client/cluster.ts'
import type { Connection } from '#labs/kafka/client/connection.ts'
import { isOffset } from '#labs/kafka/client/offset.ts'
import { allTopics, type ToldTopic } from '#labs/kafka/client/topic-metadata.ts'
import { DEBUGGING_REPLICA, LATEST, listOffsets, type PartitionOffset } from '#labs/kafka/client/topics.ts'
import { MAX_FEW, MAX_NAME_CHARS } from '#labs/protocol/metadata.ts'
import { Bell } from './clock.ts'
import type { Node } from './node.ts'
import type { Topic } from './projection.ts'

const SAMPLE_MS = 1_000
/** Where no log tells when a partition's leader changed, this is how exactly it is known. */
const SAMPLE_WITHOUT_LOG_MS = 300
/** Between two samples, however often topics change. */
const LEAST_PAUSE_MS = 100
const MAX_SAMPLED_PARTITIONS = 1_000
/** Told whole with each change. */
const MAX_TOLD_PARTITIONS = 2_000
/** A question that has been out for so long may be out for long: others are not put behind it. */
const STUCK_MS = 500

export class BrokerWatch {
  readonly #node: Node
  readonly #bell: Bell
  #connection: Connection | undefined

  constructor(node: Node) {
    this.#node = node
    this.#bell = new Bell(node.room.clock)
  }

  /** For questions; undefined while there is none that answers. */
  get connection(): Connection | undefined {
    return this.#connection?.alive && this.#connection.waitingMs < STUCK_MS ? this.#connection : undefined
  }

  /** Topics changed: samples the ends of their logs soon, not at the next tick. */
  ring(): void {
    this.#bell.ring()
  }

  /** Until the connection ends. @throws ConnectionError, KafkaError, DecodeError */
  async follow(connection: Connection, signal: AbortSignal): Promise<void> {
    const { room, fellows } = this.#node
    void connection.closed.then(() => this.#bell.ring())
    let known: { clusterId: string; id: number | null } = { clusterId: '', id: null }
    try {
      while (!signal.aborted && connection.alive) {
        if (known.id === null) known = await this.#identify(connection)
        if (this.#connection !== connection) {
          this.#connection = connection
          fellows.news()
        }
        await this.#sample(connection, known)
        this.#node.answered()
        await room.clock.delay(LEAST_PAUSE_MS, signal)
        const period = fellows.isInZooKeeper(known.clusterId) ? SAMPLE_WITHOUT_LOG_MS : SAMPLE_MS
        await this.#bell.wait(period - LEAST_PAUSE_MS, signal)
      }
    } finally {
      if (this.#connection === connection) this.#connection = undefined
      fellows.news()
    }
  }

  async #identify(connection: Connection): Promise<{ clusterId: string; id: number | null }> {
    const { clusterId, nodes } = await describeCluster(connection, 'brokers')
    const registered = this.#node.fellows.log(clusterId).projection.brokers()
    // a broker names those alone that are not fenced
    const id = await whoIs(connection, [...new Set([...nodes.map((node) => node.id), ...registered])])
    this.#node.identify(clusterId, id)
    return { clusterId, id }
  }

  /** Where there is no metadata log to read them in: of one broker, so that two who know different things do not alternate. */
  async #askTopics(connection: Connection, clusterId: string): Promise<void> {
    const { host, fellows } = this.#node
    if (!fellows.isInZooKeeper(clusterId) || !fellows.tellsTopics(host, clusterId)) return
    const topics = within(await allTopics(connection))
    fellows.log(clusterId).projection.replace(topics)
    if (this.#node.emitChanged({ type: 'topics', host, topics })) fellows.topicsChanged()
  }

  /** One question for all: asked as Kafka's debugging consumer, a leader and a follower both tell the end of their log. */
  async #sample(connection: Connection, { clusterId, id }: { clusterId: string; id: number | null }): Promise<void> {
    await this.#askTopics(connection, clusterId)
    const topics = this.#node.fellows.log(clusterId).projection.topics()
    const here = replicasOf(topics, id)
    const ends = await listOffsets(connection, here, LATEST, DEBUGGING_REPLICA)
    const leads = new Set(
      here.filter(({ leader }) => leader === id).map(({ topic, partition }) => key(topic, partition)),
    )
    this.#emit(
      'log-ends',
      ends.filter(({ topic, partition }) => leads.has(key(topic, partition))),
    )
    this.#emit(
      'replica-ends',
      ends.filter(({ topic, partition }) => !leads.has(key(topic, partition))),
    )
  }

  #emit(type: 'log-ends' | 'replica-ends', ends: PartitionOffset[]): void {
    const partitions = ends
      .filter(({ error, offset }) => error === 0 && isOffset(offset))
      .map(({ topic, partition, offset }) => ({ topic, partition, end: offset }))
      .sort((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition)
    // none at all is news only where there were some
    if (partitions.length > 0 || this.#node.hasSent(type))
      this.#node.emitChanged({ type, host: this.#node.host, partitions })
  }
}

/** As many as are kept, in an order of their own: brokers tell them in any. */
function within(topics: ToldTopic[]): ToldTopic[] {
  let left = MAX_TOLD_PARTITIONS
  return topics
    .filter(({ name }) => name.length <= MAX_NAME_CHARS)
    .sort((one, other) => one.name.localeCompare(other.name))
    .flatMap((topic) => {
      const partitions = topic.partitions
        .filter(({ replicas, isr }) => replicas.length <= MAX_FEW && isr.length <= MAX_FEW)
        .sort((one, other) => one.partition - other.partition)
        .slice(0, left)
      left -= partitions.length
      return partitions.length > 0 ? [{ ...topic, partitions }] : []
    })
}

const key = (topic: string, partition: number): string => `${topic} ${partition}`

function replicasOf(topics: Topic[], id: number | null): { topic: string; partition: number; leader: number }[] {
  if (id === null) return []
  const found: { topic: string; partition: number; leader: number }[] = []
  for (const { name, partitions } of topics)
    for (const [partition, { leader, replicas }] of partitions)
      if (leader === id || replicas.includes(id)) found.push({ topic: name, partition, leader })
  return found.slice(0, MAX_SAMPLED_PARTITIONS)
}
