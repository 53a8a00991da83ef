import { EncodeError } from './errors.ts'
import { GrowingBuffer } from './growing-buffer.ts'
import type { Int64 } from './reader.ts'
import { isUuid } from './uuid.ts'

/** Writes Kafka's primitive types. */
export class Writer {
  readonly #to = new GrowingBuffer()

  get length(): number {
    return this.#to.length
  }

  /** What was written, as a copy of exact size. */
  finish(): Buffer {
    return Buffer.from(this.#to.view())
  }

  int8(value: number): void {
    const { bytes, at } = this.#to.extend(1)
    bytes.writeInt8(value, at)
  }
  int16(value: number): void {
    const { bytes, at } = this.#to.extend(2)
    bytes.writeInt16BE(value, at)
  }
  uint16(value: number): void {
    const { bytes, at } = this.#to.extend(2)
    bytes.writeUInt16BE(value, at)
  }
  int32(value: number): void {
    const { bytes, at } = this.#to.extend(4)
    bytes.writeInt32BE(value, at)
  }
  uint32(value: number): void {
    const { bytes, at } = this.#to.extend(4)
    bytes.writeUInt32BE(value, at)
  }
  int64(value: Int64): void {
    if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new EncodeError(`${value} is not an int64`)
    const { bytes, at } = this.#to.extend(8)
    bytes.writeBigInt64BE(BigInt(value), at)
  }
  float64(value: number): void {
    const { bytes, at } = this.#to.extend(8)
    bytes.writeDoubleBE(value, at)
  }
  bool(value: boolean): void {
    this.int8(value ? 1 : 0)
  }
  uuid(value: string): void {
    if (!isUuid(value)) throw new EncodeError(`${value} is not a UUID as Kafka writes it`)
    this.raw(Buffer.from(value, 'base64url'))
  }

  uvarint(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      const { bytes, at } = this.#to.extend(1)
      bytes[at] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    const { bytes, at } = this.#to.extend(1)
    bytes[at] = rest
  }

  varint(value: number): void {
    this.uvarint(((value << 1) ^ (value >> 31)) >>> 0)
  }

  varlong(value: Int64): void {
    let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n))
    while (rest >= 0x80n) {
      const { bytes, at } = this.#to.extend(1)
      bytes[at] = Number(rest & 0x7fn) | 0x80
      rest >>= 7n
    }
    const { bytes, at } = this.#to.extend(1)
    bytes[at] = Number(rest)
  }

  raw(bytes: Uint8Array): void {
    this.#to.append(bytes)
  }
}
