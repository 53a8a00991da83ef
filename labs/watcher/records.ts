/** The records of one topic, read on where the last reading ended, each partition at its leader. */
import { isUtf8 } from 'node:buffer'
import { StringDecoder } from 'node:string_decoder'
import type { Connection } from '#labs/kafka/client/connection.ts'
import { KafkaError } from '#labs/kafka/client/errors.ts'
import {
  DEBUGGING_REPLICA,
  EARLIEST,
  fetchRecords,
  listOffsets,
  type PartitionFetch,
} from '#labs/kafka/client/topics.ts'
import { type LogRecord, readBatches, recordsOf } from '#labs/kafka/log/batch.ts'
import type { TopicRecord } from '#labs/protocol/observation.ts'
import { answer, type Fetched, fetched, partly } from './ask.ts'
import { ready } from './cluster-log.ts'
import type { NodeWatch } from './node-watch.ts'
import { type Source, sourcesOf, topicOf } from './topic-sources.ts'

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

  /** @throws only mistakes of ours */
  async read(): Promise<Fetched> {
    const found = topicOf(this.#nodes, this.#name)
    if (typeof found === 'string') return fetched({ state: 'failed', why: found })
    if (found.topic.id !== this.#topicId) {
      // deleted and made anew: the old records are not of this topic
      this.#topicId = found.topic.id
      this.#partitions = new Map()
    }
    const { sources, unknown } = sourcesOf(this.#nodes, found)
    const answers = await Promise.all(
      sources.map(async (source) => ({ source, said: await answer(source.node.host, this.#readFrom(source)) })),
    )
    let whole = unknown.length === 0 && found.topic.partitions.size > 0
    let passing = false
    for (const { source, said } of answers) {
      whole &&= 'value' in said && said.value && source.leads
      if ('value' in said) continue
      passing ||= said.passing
      unknown.push(`${source.partitions.map((index) => `${this.#name}-${index}`).join(', ')}: ${said.why}`)
    }
    if (this.#partitions.size === 0 && unknown.length > 0)
      return { result: { state: 'failed', why: unknown.join('; ') }, passing }
    return partly(this.#result(whole), unknown, passing)
  }

  /** @returns whether all there is has been read */
  async #readFrom({ connection, topicId, partitions, leads }: Source): Promise<boolean> {
    // a reading that took too long may go on beside the next, and beyond the topic
    const all = this.#partitions
    await this.#begin(all, connection, partitions)
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const wanted = partitions.flatMap((partition) => {
        const state = all.get(partition)
        const open = state && state.records.length < this.#max && (round === 0 || state.next < state.end)
        return open ? [{ partition, offset: state.next }] : []
      })
      if (wanted.length === 0) break
      const answers = await fetchRecords(connection, topicId, wanted, { maxBytes: FETCH_BYTES })
      // a follower may not be as far yet as its leader was
      for (const one of answers) if (leads || one.error === 0) await this.#take(all, one)
    }
    return partitions.every((partition) => {
      const state = all.get(partition)
      return state !== undefined && state.next >= state.end
    })
  }

  async #begin(all: Map<number, Partition>, connection: Connection, partitions: number[]): Promise<void> {
    const fresh = partitions.filter((partition) => !all.has(partition))
    if (fresh.length === 0) return
    const starts = await listOffsets(
      connection,
      fresh.map((partition) => ({ topic: this.#name, partition })),
      EARLIEST,
      DEBUGGING_REPLICA,
    )
    for (const { partition, error, offset } of starts) {
      if (error !== 0) throw new KafkaError(error, `${this.#name}-${partition}`)
      if (!all.has(partition)) all.set(partition, { next: offset, end: offset, records: [] })
    }
  }

  async #take(all: Map<number, Partition>, answer: PartitionFetch): Promise<void> {
    const state = all.get(answer.partition)
    if (!state) return
    if (answer.error === OFFSET_OUT_OF_RANGE) {
      // deleted up to beyond where we were, or cut back: begin again
      all.delete(answer.partition)
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

  #result(whole: boolean): { records: TopicRecord[]; complete: boolean } {
    const all = [...this.#partitions.entries()].sort(([a], [b]) => a - b).flatMap(([, { records }]) => records)
    const records: TopicRecord[] = []
    let bytes = 0
    for (const record of all) {
      bytes += textBytes(record)
      if (records.length >= this.#max || bytes > MAX_TEXT_BYTES) break
      records.push(record)
    }
    return { records, complete: whole && records.length === all.length }
  }
}
