/**
 * A metadata log as a busy cluster writes it, for measuring: topics with partitions and settings, brokers that fail and
 * come back (leaders and ISRs change, hundreds of records a batch), single ISR changes, producer ids, and a NoOp every
 * other while. The same for the same seed.
 */
import { encode, type Message } from '#labs/kafka/codec/codec.ts'
import type { Schemas } from '#labs/kafka/codec/schemas.ts'
import { Writer } from '#labs/kafka/codec/writer.ts'
import { encodeBatch, type GivenRecord } from '#labs/kafka/log/batch-writer.ts'

const BROKERS = 6
const REPLICAS = 3
const MAX_PARTITIONS = 24
/** The controller's own limit of records in one batch (QuorumController.MAX_RECORDS_PER_USER_OP is for others). */
const MAX_RECORDS = 1_000
const START_MS = Date.UTC(2026, 0, 1)
const EPOCH = 7

type Partition = { id: string; partition: number; replicas: number[]; isr: number[]; leader: number }

/** mulberry32. @returns a source of numbers from 0 up to 1 */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A record's value: frame version 1, api key, version, message (AbstractApiMessageSerde). */
export function encodeMetadataValue(schemas: Schemas, name: string, message: Message, version?: number): Buffer {
  const { apiKey = 0 } = schemas.message(name)
  const used = version ?? schemas.versions(name).highest
  const frame = new Writer()
  frame.uvarint(1)
  frame.uvarint(apiKey)
  frame.uvarint(used)
  frame.raw(encode(schemas.codec(name, used), message))
  return frame.finish()
}

/** Batches, one after another without an end. @param from base offset of the first */
export function* busyLog(schemas: Schemas, seed = 1, from = 0): Generator<Buffer> {
  const random = seeded(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  const uuid = (): string => Buffer.from(Array.from({ length: 16 }, () => below(256))).toString('base64url')
  const directories = Array.from({ length: BROKERS }, uuid)
  const partitions: Partition[] = []
  let offset = from
  let timestamp = START_MS
  let topics = 0
  let producerId = 0

  const record = (name: string, message: Message): GivenRecord => ({
    key: null,
    value: encodeMetadataValue(schemas, name, message),
  })
  const batch = (records: GivenRecord[]): Buffer => {
    const bytes = encodeBatch(records, { baseOffset: offset, epoch: EPOCH, timestamp })
    offset += records.length
    timestamp += 1 + below(200)
    return bytes
  }
  const change = (of: Partition): GivenRecord =>
    record('PartitionChangeRecord', { partitionId: of.partition, topicId: of.id, isr: of.isr, leader: of.leader })

  const createTopic = (): GivenRecord[] => {
    const name = `team-${below(40)}.orders.${topics++}`
    const id = uuid()
    const records = [record('TopicRecord', { name, topicId: id })]
    for (const [key, value] of [
      ['cleanup.policy', 'compact'],
      ['retention.ms', '604800000'],
    ])
      records.push(record('ConfigRecord', { resourceType: 2, resourceName: name, name: key, value }))
    const count = 1 + below(MAX_PARTITIONS)
    for (let partition = 0; partition < count; partition++) {
      const first = below(BROKERS)
      const replicas = Array.from({ length: REPLICAS }, (_, at) => ((first + at) % BROKERS) + 1)
      const made = { id, partition, replicas, isr: replicas, leader: replicas[0] as number }
      partitions.push(made)
      records.push(
        record('PartitionRecord', {
          partitionId: partition,
          topicId: id,
          replicas,
          isr: replicas,
          leader: made.leader,
          leaderEpoch: 0,
          partitionEpoch: 0,
          directories: replicas.map((broker) => directories[broker - 1]),
        }),
      )
    }
    return records
  }
  /** Fenced, its partitions led by others; then back, and in sync again. */
  const bounceBroker = function* (): Generator<GivenRecord[]> {
    const broker = 1 + below(BROKERS)
    for (const fenced of [1, -1]) {
      yield [record('BrokerRegistrationChangeRecord', { brokerId: broker, brokerEpoch: offset, fenced })]
      const concerned = partitions.filter(({ replicas }) => replicas.includes(broker)).slice(-MAX_RECORDS)
      for (const one of concerned) {
        one.isr = fenced === 1 ? one.isr.filter((replica) => replica !== broker) : one.replicas
        one.leader = one.isr[0] ?? -1
      }
      yield concerned.map(change)
    }
  }

  for (;;) {
    yield batch(createTopic())
    for (let quiet = below(30); quiet > 0; quiet--) yield batch([record('NoOpRecord', {})])
    for (let lagging = below(20); lagging > 0; lagging--) {
      const one = partitions[below(partitions.length)] as Partition
      one.isr = one.isr.length === REPLICAS ? one.isr.slice(0, -1) : one.replicas
      yield batch([change(one)])
    }
    producerId += 1_000
    yield batch([record('ProducerIdsRecord', { brokerId: 1, brokerEpoch: 5, nextProducerId: producerId })])
    if (topics % 20 === 0) for (const records of bounceBroker()) if (records.length > 0) yield batch(records)
  }
}
