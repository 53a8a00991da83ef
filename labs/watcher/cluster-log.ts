/** One cluster's metadata log as far as it was seen: where to read on, and the little of it that is needed to ask
 *  further (topics, leaders, brokers). Shared by all hosts of the cluster, read from the one that leads. */

import type { Connection } from '#labs/kafka/client/connection.ts'
import { ConnectionError, KafkaError } from '#labs/kafka/client/errors.ts'
import { fetchMetadata, fetchSnapshot, type LogPosition, type MetadataFetch } from '#labs/kafka/client/metadata-log.ts'
import { offset as checked } from '#labs/kafka/client/offset.ts'
import type { Schemas } from '#labs/kafka/codec/schemas.ts'
import { type Batch, type Budget, readBatches } from '#labs/kafka/log/batch.ts'
import { prepareZstd } from '#labs/kafka/log/compression.ts'
import { type MetadataRecord, metadataRecordsOf } from '#labs/kafka/log/metadata.ts'
import { Projection } from './projection.ts'
import { QuorumViews } from './quorum-views.ts'

/** All batches of one answer together: each alone may hold as much as a batch may. */
const MAX_DECOMPRESSED_BYTES = 32 << 20
/** A controller writes 10,000 at once at most, and so many of the smallest take no long time to decode. */
const MAX_BATCH_RECORDS = 20_000

export type Advance = {
  /** committed ones, in order, with NoOps; after a snapshot its records, from SnapshotHeader to SnapshotFooter */
  records: MetadataRecord[]
  /** some are left out, beyond what a lab's cluster may have */
  lacks: boolean
  /** bytes that came */
  bytes: number
  /** records are there that are not committed yet */
  tail: boolean
  /** the node does not lead, or not in this epoch */
  refused: boolean
}
const NOTHING: Advance = { records: [], lacks: false, bytes: 0, tail: false, refused: false }

export class ClusterLog {
  readonly projection = new Projection()
  /** What was read last is still being told: nothing is read on. */
  isBeingTold = false
  readonly views = new QuorumViews()
  /** as the leader told them last: nobody else tells who votes */
  voters: number[] = []
  #offset = 0
  #lastEpoch = 0
  /** who gave the last records, as leader of which epoch, and when */
  #giver: { host: string; epoch: number; at: number } | undefined
  /** counts the readings begun: an answer to an earlier one came too late */
  #turn = 0

  constructor(readonly clusterId: string) {}

  get offset(): number {
    return this.#offset
  }

  /**
   * One host's node at a time is read: the one that leads. Records that came from the leader of a later epoch are
   * committed for good, so that one of an earlier epoch has nothing to add: an old leader, cut off. Unless the
   * majority stands behind it *after* those came; then they were of another log, wiped or a lie, and this one is read
   * from its beginning.
   */
  mayRead(host: string): boolean {
    const leading = this.views.leading()
    if (leading?.host !== host) return false
    const giver = this.#giver
    const goesOn =
      !giver || leading.epoch > giver.epoch || (leading.epoch === giver.epoch && leading.host === giver.host)
    if (goesOn) return true
    if (!this.views.confirmed(leading, giver.at)) return false
    this.#restart()
    return true
  }

  /** From the beginning again: the log that was read is not the one that is there. */
  #restart(): void {
    this.#turn++
    this.#offset = 0
    this.#lastEpoch = 0
    this.#giver = undefined
    this.projection.clear()
  }

  /**
   * Reads what was committed since, waiting at most `maxWaitMs` for it. Only where `mayRead`.
   * @param now ms, of the clock that the views were heard by
   * @throws ConnectionError, KafkaError, DecodeError
   */
  async advance(
    from: { host: string; connection: Connection; epoch: number },
    schemas: Schemas,
    now: () => number,
    maxWaitMs: number,
  ): Promise<Advance> {
    const turn = ++this.#turn
    const { host, connection, epoch } = from
    // another may have been elected, and read from, while this one kept us waiting
    const current = (): boolean => turn === this.#turn && this.views.leading()?.host === host
    const took = (all: MetadataRecord[], next: { offset: number; epoch: number }) => {
      const records = this.projection.apply(all)
      this.#offset = next.offset
      this.#lastEpoch = next.epoch
      this.#giver = { host, epoch, at: now() }
      return { records, lacks: records.length < all.length }
    }
    const position: LogPosition = { leaderEpoch: epoch, offset: this.#offset, lastFetchedEpoch: this.#lastEpoch }
    const answer = await this.#fetch(connection, position, maxWaitMs, current)
    if (!current()) return NOTHING
    switch (answer.kind) {
      case 'refused':
        return { ...NOTHING, refused: true }
      case 'diverging':
        // only what is committed is ever kept, and that is never undone: so this is another log
        this.#restart()
        return NOTHING
      case 'snapshot': {
        const { epoch: last } = answer.snapshot
        const endOffset = checked(answer.snapshot.endOffset, 'a snapshot')
        const bytes = await fetchSnapshot(connection, epoch, answer.snapshot)
        const records = await snapshotRecords(schemas, bytes, answer.snapshot)
        if (!current()) return NOTHING
        this.projection.clear()
        return { ...NOTHING, ...took(records, { offset: endOffset, epoch: last }), bytes: bytes.length }
      }
      case 'records': {
        const batches = await ready(readBatches(answer.records))
        if (!current()) return NOTHING
        const { records, next, tail } = committed(schemas, batches, position, answer.highWatermark)
        const taken = next.offset > position.offset ? took(records, next) : { records, lacks: false }
        return { ...taken, bytes: answer.records.length, tail, refused: false }
      }
    }
  }

  async #fetch(
    connection: Connection,
    position: LogPosition,
    maxWaitMs: number,
    current: () => boolean,
  ): Promise<MetadataFetch> {
    try {
      return await fetchMetadata(connection, position, maxWaitMs)
    } catch (error) {
      if (error instanceof KafkaError && error.is('OFFSET_OUT_OF_RANGE') && current()) this.#restart()
      throw error
    }
  }
}

/** Those at and after the position and below the high watermark, and the position behind them. */
function committed(
  schemas: Schemas,
  batches: Batch[],
  position: LogPosition,
  highWatermark: number,
): { records: MetadataRecord[]; next: { offset: number; epoch: number }; tail: boolean } {
  const records: MetadataRecord[] = []
  const next = { offset: position.offset, epoch: position.lastFetchedEpoch }
  const budget = { left: MAX_DECOMPRESSED_BYTES }
  for (const batch of batches) {
    if (batch.lastOffset < next.offset) continue
    if (batch.lastOffset >= highWatermark) return { records, next, tail: true }
    // the others are asked for again
    if (records.length >= MAX_BATCH_RECORDS) break
    try {
      if (batch.baseOffset > next.offset)
        throw new ConnectionError('nonsense', `offset ${batch.baseOffset} where ${next.offset} was due`)
      const decoded = decode(schemas, batch, budget)
      records.push(...decoded.filter((record) => record.offset >= next.offset))
    } catch (error) {
      // what came before it is good; the next reading begins with it
      if (next.offset > position.offset) break
      throw error
    }
    next.offset = batch.lastOffset + 1
    next.epoch = batch.leaderEpoch
  }
  return { records, next, tail: false }
}

async function snapshotRecords(
  schemas: Schemas,
  bytes: Buffer,
  id: { endOffset: number; epoch: number },
): Promise<MetadataRecord[]> {
  const records: MetadataRecord[] = []
  const budget = { left: MAX_DECOMPRESSED_BYTES }
  // offsets in a snapshot count its own records: in the log it stands for all up to its end
  for (const batch of await ready(readBatches(bytes)))
    for (const record of decode(schemas, batch, budget))
      records.push({ ...record, offset: id.endOffset - 1, epoch: id.epoch })
  return records
}

function decode(schemas: Schemas, batch: Batch, budget: Budget): MetadataRecord[] {
  if (batch.count > MAX_BATCH_RECORDS) throw new ConnectionError('nonsense', `a batch of ${batch.count} records`)
  return metadataRecordsOf(schemas, batch, budget)
}

/** Sees to it that all of them can be decompressed. */
export async function ready(batches: Iterable<Batch>): Promise<Batch[]> {
  const list = [...batches]
  if (list.some((batch) => batch.compression === 'zstd')) await prepareZstd()
  return list
}
