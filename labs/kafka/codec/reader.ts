import { DecodeError } from './errors.ts'
import { UUID_BYTES } from './uuid.ts'

/** Each element of an array becomes a value in memory, some hundred bytes for one on the wire: so their number is
 *  bounded for a whole message, not just by the bytes that remain. */
export const MAX_ELEMENTS = 1_000_000

const MAX_VARINT_BYTES = 5
/** A byte of a varint from here on has more behind it. */
const MORE = 0x80
const MAX_VARLONG_BYTES = 10
const MIN_SAFE = BigInt(Number.MIN_SAFE_INTEGER)
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)

/** An int64 is a number where that is exact, else a bigint. */
export type Int64 = number | bigint

/** Reads Kafka's primitive types. No length is believed before it is compared with the bytes that remain. */
export class Reader {
  buffer: Buffer
  position: number
  end: number
  #elements: number

  constructor(buffer: Buffer, position = 0, end = buffer.length, maxElements = MAX_ELEMENTS) {
    this.buffer = buffer
    this.position = position
    this.end = end
    this.#elements = maxElements
  }

  /** Begins anew elsewhere: one reader for all messages of a log. */
  restart(buffer: Buffer, position: number, end: number): void {
    this.buffer = buffer
    this.position = position
    this.end = end
    this.#elements = MAX_ELEMENTS
  }

  get remaining(): number {
    return this.end - this.position
  }

  fail(reason: string, position = this.position): never {
    throw new DecodeError(reason, position)
  }

  /** Takes `bytes` bytes. @returns where they begin in `buffer` */
  take(bytes: number): number {
    const at = this.position
    if (bytes < 0 || at + bytes > this.end) this.#missing(bytes)
    this.position = at + bytes
    return at
  }

  #missing(bytes: number): never {
    this.fail(bytes < 0 ? `a length of ${bytes}` : `${bytes} bytes wanted, ${this.remaining} left`)
  }

  // Straight from the buffer once `take` has found them there: Buffer's own methods check it again, and until V8 has
  // optimised, which is after some hundred kilobytes of a log, a call costs more than what it does.
  int8(): number {
    return (this.uint8() << 24) >> 24
  }
  uint8(): number {
    return this.buffer[this.take(1)] as number
  }
  int16(): number {
    return (this.uint16() << 16) >> 16
  }
  uint16(): number {
    const at = this.take(2)
    const { buffer } = this
    return ((buffer[at] as number) << 8) | (buffer[at + 1] as number)
  }
  int32(): number {
    const at = this.take(4)
    const { buffer } = this
    return (
      ((buffer[at] as number) << 24) |
      ((buffer[at + 1] as number) << 16) |
      ((buffer[at + 2] as number) << 8) |
      (buffer[at + 3] as number)
    )
  }
  uint32(): number {
    return this.int32() >>> 0
  }
  int64(): Int64 {
    // all eight have to be there before the halves are read
    this.position = this.take(8)
    const high = this.int32()
    const low = this.uint32()
    // 2^21 * 2^32 = 2^53: below it two halves make an exact number, without a bigint in between
    if (high >= -0x20_0000 && high < 0x20_0000) {
      const value = high * 0x1_0000_0000 + low
      if (Number.isSafeInteger(value)) return value
    }
    return (BigInt(high) << 32n) | BigInt(low)
  }
  float64(): number {
    return this.buffer.readDoubleBE(this.take(8))
  }
  bool(): boolean {
    return this.uint8() !== 0
  }
  uuid(): string {
    const at = this.take(UUID_BYTES)
    return this.buffer.toString('base64url', at, at + UUID_BYTES)
  }

  /** An unsigned varint of at most 32 bits. */
  uvarint(): number {
    const start = this.position
    // nearly all are lengths and counts of one byte
    const only = start < this.end ? (this.buffer[start] as number) : MORE
    if (only < MORE) {
      this.position = start + 1
      return only
    }
    let value = 0
    // not shifted: the fifth byte goes beyond 32 bits
    for (let index = 0, place = 1; index < MAX_VARINT_BYTES; index++, place *= 128) {
      const byte = this.uint8()
      value += (byte & 0x7f) * place
      if (byte < MORE) {
        if (value > 0xffff_ffff) break
        return value
      }
    }
    this.fail('a varint of more than 32 bits', start)
  }

  /** A zigzag varint of 32 bits. */
  varint(): number {
    const start = this.position
    const only = start < this.end ? (this.buffer[start] as number) : MORE
    if (only < MORE) {
      this.position = start + 1
      return (only >>> 1) ^ -(only & 1)
    }
    const raw = this.uvarint()
    return (raw >>> 1) ^ -(raw & 1)
  }

  /** A zigzag varint of 64 bits. */
  varlong(): Int64 {
    const start = this.position
    const only = start < this.end ? (this.buffer[start] as number) : MORE
    if (only < MORE) {
      this.position = start + 1
      return (only >>> 1) ^ -(only & 1)
    }
    let low = 0
    for (let index = 0, place = 1; index < MAX_VARLONG_BYTES; index++, place *= 128) {
      const byte = this.uint8()
      // seven groups hold 49 bits, exact as a number; only longer ones need bigints
      if (index === 7) return this.#varlongFrom(start)
      low += (byte & 0x7f) * place
      if (byte < MORE) return low % 2 === 0 ? low / 2 : -(low + 1) / 2
    }
    this.fail('a varlong of more than 64 bits', start)
  }

  #varlongFrom(start: number): Int64 {
    this.position = start
    let value = 0n
    for (let index = 0; index < MAX_VARLONG_BYTES; index++) {
      const byte = this.uint8()
      value |= BigInt(byte & 0x7f) << BigInt(7 * index)
      if (byte < MORE) {
        const zigzag = BigInt.asUintN(64, value)
        const signed = (zigzag >> 1n) ^ -(zigzag & 1n)
        return signed >= MIN_SAFE && signed <= MAX_SAFE ? Number(signed) : signed
      }
    }
    this.fail('a varlong of more than 64 bits', start)
  }

  /** A view of the next bytes, not a copy: keep it only as long as the whole buffer may live. */
  bytes(length: number): Buffer {
    const at = this.take(length)
    return this.buffer.subarray(at, at + length)
  }

  text(length: number): string {
    const at = this.take(length)
    return this.buffer.toString('utf8', at, at + length)
  }

  /** Checks a declared element count against the bytes left and the message's own budget. */
  elements(count: number, minimumBytes: number): number {
    if (count < 0) this.fail(`an array of ${count} elements`)
    if (count * minimumBytes > this.end - this.position)
      this.fail(`an array of ${count} elements in ${this.remaining} bytes`)
    this.#elements -= count
    if (this.#elements < 0) this.fail('more elements than a message may have')
    return count
  }
}
