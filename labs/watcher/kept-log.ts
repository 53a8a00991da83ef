/**
 * The newest part of a metadata log as it came, bounded: record batches not yet decoded, NoOps that follow each other as
 * one, and what is no batch. It costs little while nobody looks at it; log-page.ts decodes what somebody wants to see.
 */
import { DecodeError } from '#labs/kafka/codec/errors.ts'
import type { Schemas } from '#labs/kafka/codec/schemas.ts'
import { type Batch, bodyOf } from '#labs/kafka/log/batch.ts'
import { metadataRecordsOf } from '#labs/kafka/metadata/records.ts'
import type { LogItem } from '#labs/protocol/log.ts'

/** Kafka's idle controller writes 7,200 NoOps an hour: they count by their runs. */
const MAX_KEPT = 20_000
export const MAX_KEPT_BYTES = 16 << 20
/** A batch in memory, beside its records. */
const BYTES_AROUND_BATCH = 400
const BYTES_OF_NO_OP = 100
/** A run is dropped as a whole. */
const MAX_RUN = 1_000
/** One NoOp makes a batch of 72 bytes. */
const MAX_NO_OP_BATCH_BYTES = 100

export type Place = { file: string; position: number } | null
export type NoOp = { baseOffset: number; lastOffset: number; count: number; bytes: number; timestamp: number }
/** Never changed in place: what a page is made from stays as it is. */
export type Kept = { baseOffset: number; lastOffset: number; file: string | null } & (
  | { kind: 'batch'; batch: Batch; place: Place }
  /** the first `length` of `noOps` */
  | { kind: 'no-ops'; epoch: number; noOps: NoOp[]; length: number }
  | { kind: 'damage'; item: Extract<LogItem, { kind: 'damage' }> }
)

/** What may be shown of a log at one moment. */
export type LogView = {
  kept: readonly Kept[]
  generation: number
  logStart: number | null
  logEnd: number | null
  says: string
}

let generations = 0
/** Unlike any that was given before. */
export const newGeneration = (): number => ++generations

export class KeptLog {
  #kept: Kept[] = []
  #bytes = 0
  #generation = newGeneration()
  #isCut = false

  get kept(): readonly Kept[] {
    return this.#kept
  }
  /** Unlike that of any other log, and another one after each `clear`. */
  get generation(): number {
    return this.#generation
  }
  /** The oldest had to go: more than is kept was there. */
  get isCut(): boolean {
    return this.#isCut
  }
  /** One behind the last offset; null where nothing is kept. */
  get end(): number | null {
    const last = this.#kept.at(-1)
    return last ? endOf(last) : null
  }

  /** What was given before counts no more. */
  clear(): void {
    this.#kept = []
    this.#bytes = 0
    this.#isCut = false
    this.renew()
  }

  renew(): void {
    this.#generation = newGeneration()
  }

  /** The next of the log. One that cannot be the next is kept as damage, a hole before it as one of no bytes. */
  add(next: Kept): void {
    const due = this.end
    if (due !== null && next.baseOffset < due) this.#add(outOfOrder(next, due))
    else {
      if (due !== null && next.baseOffset > due) this.#fill(due, next.baseOffset - 1, next.file)
      this.#add(next)
    }
    while (this.#kept.length > MAX_KEPT || this.#bytes > MAX_KEPT_BYTES) {
      const oldest = this.#kept.shift()
      if (!oldest) break
      this.#bytes -= bytesOf(oldest)
      this.#isCut = true
    }
  }

  /** @returns those dropped: all of the files that are not `wanted`, in order */
  keepFiles(wanted: (file: string) => boolean): Kept[] {
    const dropped = this.#kept.filter(({ file }) => file !== null && !wanted(file))
    if (dropped.length === 0) return dropped
    this.#kept = this.#kept.filter(({ file }) => file === null || wanted(file))
    this.#bytes = this.#kept.reduce((sum, one) => sum + bytesOf(one), 0)
    return dropped
  }

  #add(next: Kept): void {
    const last = this.#kept.at(-1)
    if (next.kind === 'no-ops' && last?.kind === 'no-ops' && isSameRun(last, next)) {
      const before = bytesOf(last)
      const { noOps } = last
      for (const noOp of next.noOps.slice(0, next.length)) noOps.push(noOp)
      const run: Kept = { ...last, lastOffset: next.lastOffset, length: noOps.length }
      this.#kept[this.#kept.length - 1] = run
      this.#bytes += bytesOf(run) - before
      return
    }
    this.#kept.push(next)
    this.#bytes += bytesOf(next)
  }

  /** Offsets that no batch has: those of the damage before, if there is some. */
  #fill(from: number, to: number, file: string | null): void {
    const last = this.#kept.at(-1)
    if (last?.kind === 'damage') {
      const range = { baseOffset: last.baseOffset, lastOffset: Math.max(last.lastOffset, to) }
      this.#kept[this.#kept.length - 1] = { ...last, ...range, item: { ...last.item, ...range } }
    } else
      this.#add(
        damage(from, to, file === null ? null : { file, position: 0 }, 0, `Offsets ${from} to ${to} are not there.`),
      )
  }
}

type Mark = { baseOffset: number; lastOffset: number; epoch: number; timestamp: number }

/** The batches of a log, those of NoOps one by one, the newest first. */
export function* newestFirst(log: readonly Kept[]): Generator<Mark> {
  for (let at = log.length - 1; at >= 0; at--) {
    const one = log[at]!
    if (one.kind === 'damage') continue
    const { baseOffset, lastOffset } = one
    if (one.kind === 'batch')
      yield { baseOffset, lastOffset, epoch: one.batch.leaderEpoch, timestamp: one.batch.maxTimestamp }
    else for (let n = one.length - 1; n >= 0; n--) yield { ...one.noOps[n]!, epoch: one.epoch }
  }
}

/** A damage holds no offset for certain: what comes behind it may begin where it does. */
const endOf = ({ kind, baseOffset, lastOffset }: Kept): number =>
  kind === 'damage' && baseOffset === lastOffset ? baseOffset : lastOffset + 1

const isSameRun = (last: Kept & { kind: 'no-ops' }, next: Kept & { kind: 'no-ops' }): boolean =>
  last.epoch === next.epoch &&
  last.file === next.file &&
  last.length + next.length <= MAX_RUN &&
  // else another log has gone on from there
  last.length === last.noOps.length

function bytesOf(kept: Kept): number {
  switch (kept.kind) {
    case 'batch':
      return kept.batch.bodyEnd - kept.batch.bodyStart + BYTES_AROUND_BATCH
    case 'no-ops':
      return kept.length * BYTES_OF_NO_OP
    case 'damage':
      return BYTES_AROUND_BATCH
  }
}

/** @param position in a file's bytes; null: it came over the wire */
export function damage(baseOffset: number, lastOffset: number, place: Place, bytes: number, says: string): Kept {
  const range = { baseOffset, lastOffset }
  return { kind: 'damage', ...range, file: place?.file ?? null, item: { kind: 'damage', ...range, place, bytes, says } }
}

function outOfOrder(next: Kept, due: number): Kept {
  if (next.kind === 'damage') return damage(due, due, next.item.place, next.item.bytes, next.item.says)
  const bytes = next.kind === 'batch' ? next.batch.bytes : 0
  const place = next.kind === 'batch' ? next.place : next.file === null ? null : { file: next.file, position: 0 }
  const says = `A batch of the offsets ${next.baseOffset} to ${next.lastOffset} lies where ${due} was due.`
  return damage(due, due, place, bytes, says)
}

/** @param isCopied its bytes are a view of something larger that is not to be kept for it */
export function kept(schemas: Schemas, batch: Batch, place: Place, isCopied: boolean): Kept {
  const { baseOffset, lastOffset, leaderEpoch: epoch } = batch
  if (baseOffset < 0 || !Number.isSafeInteger(lastOffset + 1))
    return damage(0, 0, place, batch.bytes, `A batch of the offsets ${baseOffset} to ${lastOffset}.`)
  const range = { baseOffset, lastOffset, file: place?.file ?? null }
  if (isNoOps(schemas, batch)) {
    const noOp = { baseOffset, lastOffset, count: batch.count, bytes: batch.bytes, timestamp: batch.maxTimestamp }
    return { kind: 'no-ops', ...range, epoch, noOps: [noOp], length: 1 }
  }
  return { kind: 'batch', ...range, batch: isCopied ? copied(batch) : batch, place }
}

function copied(batch: Batch): Batch {
  const buffer = Buffer.from(bodyOf(batch))
  return { ...batch, buffer, bodyStart: 0, bodyEnd: buffer.length }
}

function isNoOps(schemas: Schemas, batch: Batch): boolean {
  if (batch.bytes > MAX_NO_OP_BATCH_BYTES || batch.control || batch.compression !== 'none') return false
  try {
    const records = metadataRecordsOf(schemas, batch)
    return records.length > 0 && records.every(({ type }) => type === 'NO_OP_RECORD')
  } catch (error) {
    // what is the matter with it is told where it is shown
    if (error instanceof DecodeError) return false
    throw error
  }
}
