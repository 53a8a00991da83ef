/** With which offset each leader epoch began in what was seen committed (Kafka's LeaderEpochFileCache keeps the same). */

/** A cluster that elects once a second would need hours for so many. */
const MAX_EPOCHS = 10_000

export class EpochStarts {
  #starts: { epoch: number; from: number }[] = []
  #end = 0

  clear(): void {
    this.#starts = []
    this.#end = 0
  }

  /** Offsets `from` up to `end`, exclusive, are of this epoch; they follow those added before. */
  add(epoch: number, from: number, end: number): void {
    if (this.#starts.at(-1)?.epoch !== epoch) this.#starts.push({ epoch, from })
    if (this.#starts.length > MAX_EPOCHS) this.#starts.shift()
    this.#end = end
  }

  /** Of the record at this offset; null: it was not seen. */
  at(offset: number): number | null {
    if (offset >= this.#end) return null
    return this.#starts.findLast(({ from }) => from <= offset)?.epoch ?? null
  }
}
