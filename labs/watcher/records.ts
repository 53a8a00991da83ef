/** The records of one topic, read on where the last reading ended, each partition at its leader. */
import { isUtf8 } from 'node:buffer'
import { StringDecoder } from 'node:string_decoder'
import type { Connection } from '#labs/kafka/client/connection.ts'
import { KafkaError } from '#labs/kafka/client/errors.ts'
import { EARLIEST, fetchRecords, listOffsets, type PartitionFetch } from '#labs/kafka/client/topics.ts'
import { type LogRecord, readBatches, recordsOf } from '#labs/kafka/log/batch.ts'
import type { NeedResult, TopicRecord } from '#labs/protocol/observation.ts'
import { ready } from './cluster-log.ts'
import type { NodeWatch } from './node-watch.ts'
import type { Topic } from './projection.ts'

/** Bytes kept of a key, a value, a header: enough to see what it is. */
const MAX_SIDE_BYTES = 1_024
const MAX_HEADERS = 16
/** Of all records of a need together, keys and values. */
const MAX_TEXT_BYTES = 1 << 20
const FETCH_BYTES = 1 << 20
const MAX_DECOMPRESSED_BYTES = 32 << 20
/** Answers read in one go; the rest follows at the next tick. */
const MAX_ROUNDS = 32
const OFFSET_OUT_OF_RANGE = 1

type Partition = { next: number; end: number; records: TopicRecord[] }

/** Valid UTF-8 at its full length, so that a cut character does not make it binary. */
function cut(bytes: Buffer | null, binary: boolean): string | null {
  if (bytes === null) return null
  const part = bytes.subarray(0, MAX_SIDE_BYTES)
  if (binary) return part.toString('base64')
  return bytes.length > MAX_SIDE_BYTES ? new StringDecoder('utf8').write(part) : part.toString('utf8')
}

function shown(partition: number, record: LogRecord): TopicRecord {
  const sides = [record.key, record.value].filter((side) => side !== null)
  const binary = !sides.every((side) => isUtf8(side))
  return {
    partition,
    offset: record.offset,
    timestamp: record.timestamp,
    key: cut(record.key, binary),
    value: cut(record.value, binary),
    headers: record.headers.slice(0, MAX_HEADERS).map(({ key, value }) => ({
      key: key.slice(0, MAX_SIDE_BYTES),
      value: cut(value, value !== null && !isUtf8(value)),
    })),
    binary,
  }
}

const textBytes = (record: TopicRecord): number => (record.key?.length ?? 0) + (record.value?.length ?? 0)

export class RecordsReader {
  readonly #name: string
  readonly #max: number
  readonly #nodes: NodeWatch[]
  #topicId: string | undefined
  #partitions = new Map<number, Partition>()

  constructor(topic: string, max: number, nodes: NodeWatch[]) {
    this.#name = topic
    this.#max = max
    this.#nodes = nodes
  }

  /** @throws ConnectionError, KafkaError, DecodeError */
  async read(): Promise<NeedResult> {
    const found = this.#topic()
    if (typeof found === 'string') return { state: 'failed', why: found }
    if (found.topic.id !== this.#topicId) {
      // deleted and made anew: the old records are not of this topic
      this.#topicId = found.topic.id
      this.#partitions = new Map()
    }
    let whole = true
    for (const [leader, partitions] of byLeader(found.topic)) {
      const connection = this.#nodes.find(({ node, log }) => node === leader && log === found.log)?.broker
      if (!connection) return { state: 'failed', why: `broker ${leader} does not answer` }
      whole = (await this.#readFrom(connection, found.topic.id, partitions)) && whole
    }
    return this.#result(whole && found.topic.leaders.size > 0)
  }

  #topic(): { topic: Topic; log: NodeWatch['log'] } | string {
    const logs = new Set(this.#nodes.flatMap(({ log }) => (log ? [log] : [])))
    for (const log of logs) {
      const topic = log.projection.topic(this.#name)
      if (topic) return { topic, log }
    }
    return this.#nodes.some(({ broker }) => broker) ? `there is no topic ${this.#name}` : 'no broker answers'
  }

  /** @returns whether all there is has been read */
  async #readFrom(connection: Connection, topicId: string, partitions: number[]): Promise<boolean> {
    await this.#begin(connection, partitions)
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const wanted = partitions.flatMap((partition) => {
        const state = this.#partitions.get(partition)
        const open = state && state.records.length < this.#max && (round === 0 || state.next < state.end)
        return open ? [{ partition, offset: state.next }] : []
      })
      if (wanted.length === 0) break
      const answers = await fetchRecords(connection, topicId, wanted, { maxBytes: FETCH_BYTES })
      for (const answer of answers) await this.#take(answer)
    }
    return partitions.every((partition) => {
      const state = this.#partitions.get(partition)
      return state !== undefined && state.next >= state.end
    })
  }

  async #begin(connection: Connection, partitions: number[]): Promise<void> {
    const fresh = partitions.filter((partition) => !this.#partitions.has(partition))
    if (fresh.length === 0) return
    const starts = await listOffsets(
      connection,
      fresh.map((partition) => ({ topic: this.#name, partition })),
      EARLIEST,
    )
    for (const { partition, error, offset } of starts) {
      if (error !== 0) throw new KafkaError(error, `${this.#name}-${partition}`)
      this.#partitions.set(partition, { next: offset, end: offset, records: [] })
    }
  }

  async #take(answer: PartitionFetch): Promise<void> {
    const state = this.#partitions.get(answer.partition)
    if (!state) return
    if (answer.error === OFFSET_OUT_OF_RANGE) {
      // deleted up to beyond where we were, or cut back: begin again
      this.#partitions.delete(answer.partition)
      return
    }
    if (answer.error !== 0) throw new KafkaError(answer.error, `${this.#name}-${answer.partition}`)
    state.end = answer.highWatermark
    state.records = state.records.filter(({ offset }) => offset >= answer.logStart)
    const budget = { left: MAX_DECOMPRESSED_BYTES }
    for (const batch of await ready(readBatches(answer.records))) {
      if (batch.lastOffset < state.next) continue
      if (!batch.control)
        for (const record of recordsOf(batch, budget))
          if (record.offset >= state.next && state.records.length < this.#max)
            state.records.push(shown(answer.partition, record))
      state.next = batch.lastOffset + 1
    }
  }

  #result(whole: boolean): NeedResult {
    const all = [...this.#partitions.entries()].sort(([a], [b]) => a - b).flatMap(([, { records }]) => records)
    const records: TopicRecord[] = []
    let bytes = 0
    for (const record of all) {
      bytes += textBytes(record)
      if (records.length >= this.#max || bytes > MAX_TEXT_BYTES) break
      records.push(record)
    }
    return { state: 'fetched', value: { records, complete: whole && records.length === all.length } }
  }
}

function byLeader(topic: Topic): Map<number, number[]> {
  const found = new Map<number, number[]>()
  for (const [partition, leader] of topic.leaders) {
    const list = found.get(leader) ?? []
    list.push(partition)
    found.set(leader, list)
  }
  return found
}
