/** One cluster's metadata log as far as it was seen: where to read on, and the little of it that is needed to ask
 *  further (topics, leaders, brokers). Shared by all hosts of the cluster, read from the one that leads. */

import type { Connection } from '#labs/kafka/client/connection.ts'
import { ConnectionError, KafkaError } from '#labs/kafka/client/errors.ts'
import { fetchMetadata, fetchSnapshot, type LogPosition, type MetadataFetch } from '#labs/kafka/client/metadata-log.ts'
import type { Schemas } from '#labs/kafka/codec/schemas.ts'
import { type Batch, readBatches } from '#labs/kafka/log/batch.ts'
import { prepareZstd } from '#labs/kafka/log/compression.ts'
import { type MetadataRecord, metadataRecordsOf } from '#labs/kafka/log/metadata.ts'
import { Projection } from './projection.ts'

/** All batches of one answer together: each alone may hold as much as a batch may. */
const MAX_DECOMPRESSED_BYTES = 32 << 20

export type Advance = {
  /** committed ones, in order, with NoOps; after a snapshot its records, from SnapshotHeader to SnapshotFooter */
  records: MetadataRecord[]
  /** bytes that came */
  bytes: number
  /** records are there that are not committed yet */
  tail: boolean
  /** the node does not lead, or not in this epoch */
  refused: boolean
}

export class ClusterLog {
  readonly projection = new Projection()
  #offset = 0
  #lastEpoch = 0
  #reader: string | undefined
  #readerEpoch = 0
  #busy = false

  constructor(readonly clusterId: string) {}

  get offset(): number {
    return this.#offset
  }

  /** One host's node at a time is read: that of the latest epoch. @returns whether this host may read now */
  claim(host: string, epoch: number): boolean {
    if (this.#reader !== undefined && this.#reader !== host && epoch <= this.#readerEpoch) return false
    if (this.#busy && this.#reader !== host) return false
    this.#reader = host
    this.#readerEpoch = epoch
    return true
  }

  release(host: string): void {
    if (this.#reader === host) this.#reader = undefined
  }

  /** From the beginning again: the log that was read is not the one that is there. */
  #restart(): void {
    this.#offset = 0
    this.#lastEpoch = 0
    this.projection.clear()
  }

  /** Reads what was committed since, waiting at most `maxWaitMs` for it. @throws ConnectionError, KafkaError, DecodeError */
  async advance(connection: Connection, schemas: Schemas, leaderEpoch: number, maxWaitMs: number): Promise<Advance> {
    this.#busy = true
    try {
      const position: LogPosition = { leaderEpoch, offset: this.#offset, lastFetchedEpoch: this.#lastEpoch }
      const answer = await this.#fetch(connection, position, maxWaitMs)
      switch (answer.kind) {
        case 'refused':
          return { records: [], bytes: 0, tail: false, refused: true }
        case 'diverging':
          // only what is committed is ever kept, and that is never undone: so this is another log
          this.#restart()
          return { records: [], bytes: 0, tail: false, refused: false }
        case 'snapshot':
          return await this.#takeSnapshot(connection, schemas, leaderEpoch, answer.snapshot)
        case 'records':
          return await this.#takeRecords(schemas, answer)
      }
    } finally {
      this.#busy = false
    }
  }

  async #fetch(connection: Connection, position: LogPosition, maxWaitMs: number): Promise<MetadataFetch> {
    try {
      return await fetchMetadata(connection, position, maxWaitMs)
    } catch (error) {
      if (error instanceof KafkaError && error.is('OFFSET_OUT_OF_RANGE')) this.#restart()
      throw error
    }
  }

  async #takeRecords(schemas: Schemas, answer: MetadataFetch & { kind: 'records' }): Promise<Advance> {
    const batches = await ready(readBatches(answer.records))
    const records: MetadataRecord[] = []
    let tail = false
    const budget = { left: MAX_DECOMPRESSED_BYTES }
    for (const batch of batches) {
      if (batch.lastOffset < this.#offset) continue
      if (batch.lastOffset >= answer.highWatermark) {
        tail = true
        break
      }
      if (batch.baseOffset > this.#offset)
        throw new ConnectionError('nonsense', `offset ${batch.baseOffset} where ${this.#offset} was due`)
      const decoded = metadataRecordsOf(schemas, batch, budget)
      const from = this.#offset
      this.#offset = batch.lastOffset + 1
      this.#lastEpoch = batch.leaderEpoch
      records.push(...decoded.filter((record) => record.offset >= from))
    }
    this.projection.apply(records)
    return { records, bytes: answer.records.length, tail, refused: false }
  }

  async #takeSnapshot(
    connection: Connection,
    schemas: Schemas,
    leaderEpoch: number,
    id: { endOffset: number; epoch: number },
  ): Promise<Advance> {
    const bytes = await fetchSnapshot(connection, leaderEpoch, id)
    const records: MetadataRecord[] = []
    // offsets in a snapshot count its own records: in the log it stands for all up to its end
    for (const batch of await ready(readBatches(bytes)))
      for (const record of metadataRecordsOf(schemas, batch))
        records.push({ ...record, offset: id.endOffset - 1, epoch: id.epoch })
    this.projection.clear()
    this.projection.apply(records)
    this.#offset = id.endOffset
    this.#lastEpoch = id.epoch
    return { records, bytes: bytes.length, tail: false, refused: false }
  }
}

/** Sees to it that all of them can be decompressed. */
export async function ready(batches: Iterable<Batch>): Promise<Batch[]> {
  const list = [...batches]
  if (list.some((batch) => batch.compression === 'zstd')) await prepareZstd()
  return list
}
