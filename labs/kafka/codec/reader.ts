import { DecodeError } from './errors.ts'
import { UUID_BYTES } from './uuid.ts'

/** Each element of an array becomes a value in memory, some hundred bytes for one on the wire: so their number is
 *  bounded for a whole message, not just by the bytes that remain. */
export const MAX_ELEMENTS = 1_000_000

const MAX_VARINT_BYTES = 5
const MAX_VARLONG_BYTES = 10
const MIN_SAFE = BigInt(Number.MIN_SAFE_INTEGER)
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)

/** An int64 is a number where that is exact, else a bigint. */
export type Int64 = number | bigint

/** Reads Kafka's primitive types. No length is believed before it is compared with the bytes that remain. */
export class Reader {
  readonly #buffer: Buffer
  position: number
  readonly end: number
  #elements: number

  constructor(buffer: Buffer, position = 0, end = buffer.length, maxElements = MAX_ELEMENTS) {
    this.#buffer = buffer
    this.position = position
    this.end = end
    this.#elements = maxElements
  }

  get remaining(): number {
    return this.end - this.position
  }

  fail(reason: string, position = this.position): never {
    throw new DecodeError(reason, position)
  }

  /** Takes `bytes` bytes. @returns where they begin */
  #take(bytes: number): number {
    const at = this.position
    if (at + bytes > this.end) this.fail(`${bytes} bytes wanted, ${this.end - at} left`)
    this.position = at + bytes
    return at
  }

  int8(): number {
    return this.#buffer.readInt8(this.#take(1))
  }
  uint8(): number {
    return this.#buffer.readUInt8(this.#take(1))
  }
  int16(): number {
    return this.#buffer.readInt16BE(this.#take(2))
  }
  uint16(): number {
    return this.#buffer.readUInt16BE(this.#take(2))
  }
  int32(): number {
    return this.#buffer.readInt32BE(this.#take(4))
  }
  uint32(): number {
    return this.#buffer.readUInt32BE(this.#take(4))
  }
  int64(): Int64 {
    const at = this.#take(8)
    const high = this.#buffer.readInt32BE(at)
    // 2^21 * 2^32 = 2^53: below it two halves make an exact number, without a bigint in between
    if (high >= -0x20_0000 && high < 0x20_0000) {
      const value = high * 0x1_0000_0000 + this.#buffer.readUInt32BE(at + 4)
      if (Number.isSafeInteger(value)) return value
    }
    return this.#buffer.readBigInt64BE(at)
  }
  float64(): number {
    return this.#buffer.readDoubleBE(this.#take(8))
  }
  bool(): boolean {
    return this.#buffer.readUInt8(this.#take(1)) !== 0
  }
  uuid(): string {
    const at = this.#take(UUID_BYTES)
    return this.#buffer.toString('base64url', at, at + UUID_BYTES)
  }

  /** An unsigned varint of at most 32 bits. */
  uvarint(): number {
    const start = this.position
    let value = 0
    for (let index = 0; index < MAX_VARINT_BYTES; index++) {
      const byte = this.uint8()
      value += (byte & 0x7f) * 2 ** (7 * index)
      if (byte < 0x80) {
        if (value > 0xffff_ffff) break
        return value
      }
    }
    this.fail('a varint of more than 32 bits', start)
  }

  /** A zigzag varint of 32 bits. */
  varint(): number {
    const raw = this.uvarint()
    return (raw >>> 1) ^ -(raw & 1)
  }

  /** A zigzag varint of 64 bits. */
  varlong(): Int64 {
    const start = this.position
    let low = 0
    for (let index = 0; index < MAX_VARLONG_BYTES; index++) {
      const byte = this.uint8()
      // seven groups hold 49 bits, exact as a number; only longer ones need bigints
      if (index === 7) return this.#varlongFrom(start)
      low += (byte & 0x7f) * 2 ** (7 * index)
      if (byte < 0x80) return low % 2 === 0 ? low / 2 : -(low + 1) / 2
    }
    this.fail('a varlong of more than 64 bits', start)
  }

  #varlongFrom(start: number): Int64 {
    this.position = start
    let value = 0n
    for (let index = 0; index < MAX_VARLONG_BYTES; index++) {
      const byte = this.uint8()
      value |= BigInt(byte & 0x7f) << BigInt(7 * index)
      if (byte < 0x80) {
        const zigzag = BigInt.asUintN(64, value)
        const signed = (zigzag >> 1n) ^ -(zigzag & 1n)
        return signed >= MIN_SAFE && signed <= MAX_SAFE ? Number(signed) : signed
      }
    }
    this.fail('a varlong of more than 64 bits', start)
  }

  /** A view of the next bytes, not a copy: keep it only as long as the whole buffer may live. */
  bytes(length: number): Buffer {
    if (length < 0) this.fail(`a length of ${length}`)
    const at = this.#take(length)
    return this.#buffer.subarray(at, at + length)
  }

  text(length: number): string {
    if (length < 0) this.fail(`a length of ${length}`)
    const at = this.#take(length)
    return this.#buffer.toString('utf8', at, at + length)
  }

  /** Checks a declared element count against the bytes left and the message's own budget. */
  elements(count: number, minimumBytes: number): number {
    if (count < 0) this.fail(`an array of ${count} elements`)
    if (count * minimumBytes > this.remaining) this.fail(`an array of ${count} elements in ${this.remaining} bytes`)
    this.#elements -= count
    if (this.#elements < 0) this.fail('more elements than a message may have')
    return count
  }
}
