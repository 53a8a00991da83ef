const FIRST_CAPACITY = 512

/** Bytes appended to the end, in memory at most twice their number. */
export class GrowingBuffer {
  #bytes = Buffer.allocUnsafe(FIRST_CAPACITY)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Makes place for more bytes at the end. @returns the buffer that now has it, and where it begins */
  extend(more: number): { bytes: Buffer; at: number } {
    const at = this.#length
    this.#length += more
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#length, this.#bytes.length * 2))
      this.#bytes.copy(larger, 0, 0, at)
      this.#bytes = larger
    }
    return { bytes: this.#bytes, at }
  }

  append(more: Uint8Array): void {
    const { bytes, at } = this.extend(more.length)
    bytes.set(more, at)
  }

  /** What has come so far: true until the next change. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }
}
