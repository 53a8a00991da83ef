import type { Connection } from '#labs/kafka/client/connection.ts'
import { KafkaError } from '#labs/kafka/client/errors.ts'
import { fetchPartition, logBounds } from '#labs/kafka/client/fetch-topic.ts'
import { offset } from '#labs/kafka/client/offset.ts'
import type { PartitionFetch } from '#labs/kafka/client/topics.ts'
import { type Batch, readBatches, recordsOf } from '#labs/kafka/log/batch.ts'
import type { Leader } from './leadership.ts'
import type { FoundRecord, Ledger } from './ledger.ts'
import { REQUEST_LIMIT_MS, Withheld } from './pace.ts'

/** Some 2,000 batches: reading back in such pieces keeps this process for a few ms each. */
const FETCH_BYTES = 256 << 10
/** How often a leader that shows too little is asked for the end of its log. */
const BOUNDS_EVERY_MS = 500

/**
 * Reads what was written. At the end of the log, each time with the last record read before, so that there is always one
 * to be had; and, where the log may have changed, all of it once more beside that.
 */
export class Reader {
  readonly #ledger: Ledger
  readonly #readBack: () => void
  #next = 0
  /** until: behind the last that was acknowledged when this began */
  #back: { next: number; until: number } | null = null
  #boundsAt = Number.NEGATIVE_INFINITY

  /** @param readBack all that was acknowledged when a reading back began has been looked at */
  constructor(ledger: Ledger, readBack: () => void) {
    this.#ledger = ledger
    this.#readBack = readBack
  }

  /** All once more, from the start. */
  rewind(): void {
    this.#back = { next: this.#ledger.low, until: this.#ledger.high }
  }

  /** @returns whether there is more to be had at once @throws ConnectionError, KafkaError, DecodeError, Withheld */
  async read(connection: Connection, leader: Leader): Promise<boolean> {
    await this.#readEnd(connection, leader)
    const back = this.#back
    if (!back) return false
    const { next } = back.next < back.until ? await this.#piece(connection, leader, back.next) : back
    const isFurther = next > back.next
    back.next = next
    if (next >= back.until && back === this.#back) {
      this.#back = null
      this.#readBack()
    }
    return isFurther && this.#back !== null
  }

  /** A leader that answers, and does not yet give what had been acknowledged before, is none to read at. */
  async #readEnd(connection: Connection, leader: Leader): Promise<void> {
    const until = this.#ledger.high
    this.#next = Math.max(this.#next, this.#ledger.low)
    let overlap = this.#next > this.#ledger.low ? 1 : 0
    do {
      const from = this.#next - overlap
      const { next } = await this.#piece(connection, leader, from)
      if (next === from && (overlap > 0 || until > from)) {
        await this.#judge(connection, leader)
        throw new Withheld(`what was acknowledged from offset ${from} on is not to be had`)
      }
      this.#next = Math.max(next, this.#ledger.low)
      overlap = 0
    } while (this.#next < until)
  }

  /** @returns behind the last record of it; `from` where there is none */
  async #piece(connection: Connection, leader: Leader, from: number): Promise<{ next: number }> {
    const answer = await this.#fetch(connection, leader, from)
    const records: FoundRecord[] = []
    let next = from
    for (const batch of readBatches(answer.records)) {
      if (isOurs(batch)) records.push(...recordsOf(batch))
      next = Math.max(next, offset(batch.lastOffset, 'a batch') + 1)
    }
    this.#ledger.beginsAt(answer.logStart)
    this.#ledger.read(from, next, records)
    return { next }
  }

  async #fetch(connection: Connection, leader: Leader, from: number): Promise<PartitionFetch> {
    try {
      return await fetchPartition(connection, leader, from, { maxBytes: FETCH_BYTES, timeoutMs: REQUEST_LIMIT_MS })
    } catch (error) {
      if (error instanceof KafkaError && error.is('OFFSET_OUT_OF_RANGE')) await this.#judge(connection, leader, true)
      throw error
    }
  }

  /** The log may have become shorter: what was acknowledged and lies behind its end is lost. */
  async #judge(connection: Connection, leader: Leader, isSure = false): Promise<void> {
    const now = performance.now()
    if (!isSure && now - this.#boundsAt < BOUNDS_EVERY_MS) return
    this.#boundsAt = now
    const mark = this.#ledger.high
    const { start, end } = await logBounds(connection, leader, REQUEST_LIMIT_MS)
    this.#ledger.beginsAt(start)
    // a leader of that epoch has all that was acknowledged before it was asked, or nobody has
    if (end < mark) this.#ledger.endsAt(end)
    if (end >= mark && !isSure) return
    this.#next = Math.min(this.#next, Math.max(end, this.#ledger.low))
    this.rewind()
  }
}

/** The writer puts one record into a batch and compresses none. What is somebody else's may be of any size: not looked at. */
const isOurs = ({ control, compression, count }: Batch): boolean => !control && compression === 'none' && count === 1
