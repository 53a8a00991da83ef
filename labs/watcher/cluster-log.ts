/** One cluster's metadata log as far as it was seen: where to read on, and the little of it that is needed to ask
 *  further (topics, leaders, brokers). Shared by all hosts of the cluster, read from the one that leads. */

import type { Connection } from '#labs/kafka/client/connection.ts'
import { ConnectionError, KafkaError } from '#labs/kafka/client/errors.ts'
import { fetchMetadata, fetchSnapshot, type LogPosition, type MetadataFetch } from '#labs/kafka/client/metadata-log.ts'
import { offset as checked, isOffset } from '#labs/kafka/client/offset.ts'
import { DecodeError } from '#labs/kafka/codec/errors.ts'
import type { Schemas } from '#labs/kafka/codec/schemas.ts'
import { type Batch, type Budget, readBatches } from '#labs/kafka/log/batch.ts'
import { prepareZstd } from '#labs/kafka/log/compression.ts'
import { type MetadataRecord, metadataRecordsOf } from '#labs/kafka/metadata/records.ts'
import { EpochStarts } from './epoch-starts.ts'
import { MAX_VALUE_BYTES } from './json-safe.ts'
import { damage, type Kept, KeptLog, kept, type LogView, newestFirst } from './kept-log.ts'
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
  /** what was read, as it came */
  readonly #kept = new KeptLog()
  /** what came behind it and may be taken back, as the last answer had it */
  #tail: Kept[] = []
  readonly #epochs = new EpochStarts()
  #highWatermark: number | null = null
  #logStart: number | null = null
  /** where the snapshot ends that the reading began with */
  #snapshotEnd: number | null = null

  constructor(readonly clusterId: string) {}

  get offset(): number {
    return this.#offset
  }

  /** As the leader told it last; null: not yet. */
  get highWatermark(): number | null {
    return this.#highWatermark
  }

  /** Of the leader's log, as it told; null: not yet. */
  get logStart(): number | null {
    return this.#logStart
  }

  isLedBy(host: string): boolean {
    return this.views.leading()?.host === host
  }

  /** What may be shown of the leader's log, with what is not committed. */
  view(): LogView {
    const end = this.#tail.at(-1)
    const says =
      this.#snapshotEnd !== null
        ? `Read from a snapshot that ends at offset ${this.#snapshotEnd}: what lies before is in the files of the nodes.`
        : this.#kept.isCut
          ? 'What is older than this is in the files of the nodes.'
          : ''
    return {
      kept: [...this.#kept.kept, ...this.#tail],
      generation: this.#kept.generation,
      logStart: this.#logStart,
      logEnd: end ? end.lastOffset + 1 : this.#offset,
      says,
    }
  }

  /**
   * Where what is committed of another node's log ends: at the high watermark, or before, where its records are of an
   * epoch that this log does not have there, as the last ones of a leader that was cut off. Null: nobody has told yet.
   */
  committedOf(log: readonly Kept[]): number | null {
    // of what lies behind that it is not known yet whether this log has the same
    let end = this.#highWatermark === null ? null : Math.min(this.#highWatermark, this.#offset)
    for (const { baseOffset, lastOffset, epoch } of newestFirst(log)) {
      const there = this.#epochs.at(lastOffset)
      if (there === null) continue
      // logs that agree on the epoch of an offset are the same up to there (Raft's log matching)
      if (there === epoch || end === null) break
      end = Math.min(end, baseOffset)
    }
    return end
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
    this.#forget()
    this.#highWatermark = null
    this.projection.clear()
  }

  #forget(): void {
    this.#kept.clear()
    this.#tail = []
    this.#epochs.clear()
    this.#snapshotEnd = null
  }

  #keep(schemas: Schemas, batches: Batch[]): void {
    for (const batch of batches) {
      this.#kept.add(kept(schemas, batch, null, true))
      this.#epochs.add(batch.leaderEpoch, batch.baseOffset, batch.lastOffset + 1)
    }
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
        this.#forget()
        this.#snapshotEnd = endOffset
        return { ...NOTHING, ...took(records, { offset: endOffset, epoch: last }), bytes: bytes.length }
      }
      case 'records': {
        const { batches, broken } = wholeBatches(answer.records)
        await ready(batches)
        if (!current()) return NOTHING
        const { records, next, read, tail } = committed(schemas, batches, position, answer.highWatermark)
        // one that lies behind what is committed may still be taken back
        if (broken && read.length === 0 && !tail && next.offset < answer.highWatermark) throw broken
        const taken = next.offset > position.offset ? took(records, next) : { records, lacks: false }
        this.#keep(schemas, read)
        const rest = tail ? batches.slice(batches.indexOf(tail)) : []
        this.#tail = tail || next.offset >= answer.highWatermark ? tailOf(schemas, rest, next.offset, broken) : []
        if (isOffset(answer.highWatermark)) this.#highWatermark = answer.highWatermark
        this.#logStart = isOffset(answer.logStart) ? answer.logStart : null
        return { ...taken, bytes: answer.records.length, tail: tail !== undefined, refused: false }
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

/** Those of an answer up to the first that is broken. */
function wholeBatches(records: Buffer): { batches: Batch[]; broken: DecodeError | undefined } {
  const batches: Batch[] = []
  try {
    for (const batch of readBatches(records)) batches.push(batch)
    return { batches, broken: undefined }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return { batches, broken: error }
  }
}

/** What is not committed, as far as it makes sense: nothing depends on it. */
function tailOf(schemas: Schemas, batches: Batch[], from: number, broken: DecodeError | undefined): Kept[] {
  const tail: Kept[] = []
  let due = from
  for (const batch of batches) {
    if (batch.baseOffset !== due || batch.lastOffset < due) break
    tail.push(kept(schemas, batch, null, false))
    due = batch.lastOffset + 1
  }
  if (broken) tail.push(damage(due, due, null, 0, `What follows cannot be read: ${broken.reason}.`))
  return tail
}

/** Those at and after the position and below the high watermark, what is behind them, and the first of the tail. */
function committed(
  schemas: Schemas,
  batches: Batch[],
  position: LogPosition,
  highWatermark: number,
): { records: MetadataRecord[]; next: { offset: number; epoch: number }; read: Batch[]; tail: Batch | undefined } {
  const records: MetadataRecord[] = []
  const read: Batch[] = []
  const next = { offset: position.offset, epoch: position.lastFetchedEpoch }
  const budget = { left: MAX_DECOMPRESSED_BYTES }
  for (const batch of batches) {
    if (batch.lastOffset < next.offset) continue
    if (batch.lastOffset >= highWatermark) return { records, next, read, tail: batch }
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
    read.push(batch)
  }
  return { records, next, read, tail: undefined }
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
  return metadataRecordsOf(schemas, batch, budget, MAX_VALUE_BYTES)
}

/** Sees to it that all of them can be decompressed. */
export async function ready(batches: Iterable<Batch>): Promise<Batch[]> {
  const list = [...batches]
  if (list.some((batch) => batch.compression === 'zstd')) await prepareZstd()
  return list
}
