/** What ZooKeeper's messages are made of (org.apache.jute): big-endian numbers, and bytes behind their length. */
import type { ZNode } from './client.ts'

/** Reads one after the other. @throws RangeError where the message ends before */
export class Fields {
  #at = 0

  constructor(private readonly bytes: Buffer) {}

  int(): number {
    const value = this.bytes.readInt32BE(this.#at)
    this.#at += 4
    return value
  }

  /** Numbers beyond 2^53 lose their last digits; none that is looked at is so large. */
  long(): number {
    const value = this.bytes.readBigInt64BE(this.#at)
    this.#at += 8
    return Number(value)
  }

  /** Empty where there is none. */
  buffer(): Buffer {
    const length = Math.max(0, this.int())
    if (this.#at + length > this.bytes.length) throw new RangeError(`${length} bytes beyond the end of the message`)
    const value = this.bytes.subarray(this.#at, this.#at + length)
    this.#at += length
    return value
  }

  /** org.apache.zookeeper.data.Stat, as far as it is of use. */
  stat(): Omit<ZNode, 'data'> {
    this.long()
    this.long()
    const [created, modified, version] = [this.long(), this.long(), this.int()]
    return { created, modified, version }
  }
}
