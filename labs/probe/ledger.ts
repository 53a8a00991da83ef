/**
 * What was acknowledged, and what of it was found again. Offsets in a ring of fixed size: the oldest are forgotten
 * unjudged. A write without an answer is in it neither as acknowledged nor as lost.
 */

/** More than two hours of ten writes a second, in 640 kB. */
const REMEMBERED = 1 << 17
const MAX_LOST_NAMED = 100

export type FoundRecord = { offset: number; value: Buffer | null }
type LedgerSample = { acknowledged: number; readBack: number; lost: number[] }

export class Ledger {
  readonly #nonce: string
  /** sequence number acknowledged at an offset, 0 for none */
  readonly #sequences: Int32Array
  readonly #found: Uint8Array
  readonly #lost: Set<number>
  #acknowledged = 0
  #readBack = 0
  #low = 0
  #high = 0

  /**
   * @param nonce nobody else's, so that no other record is taken for one of ours
   * @param former of the cluster before: what that one lost stays lost
   */
  constructor(nonce: string, { remembered = REMEMBERED, former }: { remembered?: number; former?: Ledger } = {}) {
    this.#nonce = nonce
    this.#lost = new Set(former ? former.#lost : [])
    this.#sequences = new Int32Array(remembered)
    this.#found = new Uint8Array(remembered)
  }

  /** The first offset still to be judged. */
  get low(): number {
    return this.#low
  }
  /** One beyond the last acknowledged. */
  get high(): number {
    return this.#high
  }

  /** What record number `sequence` contains. */
  value(sequence: number): Buffer {
    return Buffer.from(`${this.#nonce} ${sequence}`)
  }

  acknowledged(offset: number, sequence: number): void {
    this.#acknowledged++
    if (offset < this.#low) return
    const slot = this.#slot(offset)
    // two acknowledged at one place: the first is not there any more
    if (offset < this.#high && this.#sequences[slot] !== 0) this.#lose(offset)
    if (offset >= this.#high) this.#reach(offset + 1)
    this.#sequences[slot] = sequence
    this.#found[slot] = 0
  }

  /** All records from offset `from` up to, not including, `to`, as they lie in the log. */
  read(from: number, to: number, records: FoundRecord[]): void {
    const at = new Map(records.map(({ offset, value }) => [offset, value]))
    for (let offset = Math.max(from, this.#low); offset < Math.min(to, this.#high); offset++) {
      const slot = this.#slot(offset)
      const sequence = this.#sequences[slot] as number
      if (sequence === 0) continue
      if (!at.get(offset)?.equals(this.value(sequence))) this.#lose(offset)
      else if (this.#found[slot] === 0) {
        this.#found[slot] = 1
        this.#readBack++
      }
    }
  }

  /** The log ends at `end`: what was acknowledged behind it is lost. */
  endsAt(end: number): void {
    for (let offset = Math.max(end, this.#low); offset < this.#high; offset++) this.#lose(offset)
    this.#high = Math.min(this.#high, Math.max(end, this.#low))
  }

  /** The log begins at `start`. Retention keeps more than is remembered here: what was before, somebody deleted. */
  beginsAt(start: number): void {
    const low = Math.max(this.#low, Math.min(start, this.#high))
    for (let offset = this.#low; offset < low; offset++) this.#lose(offset)
    this.#low = low
  }

  /** The topic is another one of the same name, empty: all is lost that can be judged. */
  beginAnew(): void {
    this.endsAt(this.#low)
    this.#low = 0
    this.#high = 0
  }

  sample(): LedgerSample {
    const lost = [...this.#lost].sort((a, b) => a - b).slice(0, MAX_LOST_NAMED)
    return { acknowledged: this.#acknowledged, readBack: this.#readBack, lost }
  }

  #lose(offset: number): void {
    const slot = this.#slot(offset)
    if (this.#sequences[slot] === 0) return
    this.#sequences[slot] = 0
    if (this.#found[slot] === 1) this.#readBack--
    // whoever lost so many learns nothing from the next
    if (this.#lost.size < MAX_LOST_NAMED) this.#lost.add(offset)
  }

  #reach(high: number): void {
    const fresh = Math.min(high - this.#high, this.#sequences.length)
    for (let back = 1; back <= fresh; back++) this.#sequences[this.#slot(high - back)] = 0
    this.#high = high
    this.#low = Math.max(this.#low, high - this.#sequences.length)
  }
  #slot(offset: number): number {
    return offset % this.#sequences.length
  }
}
