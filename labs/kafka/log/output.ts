import { DecodeError } from '../codec/errors.ts'
import { GrowingBuffer } from '../codec/growing-buffer.ts'

/** What a decompressor has produced so far: grows as bytes come, never beyond the limit. */
export class Output {
  readonly #to = new GrowingBuffer()

  constructor(
    readonly limit: number,
    readonly position: number,
  ) {}

  get length(): number {
    return this.#to.length
  }

  fail(reason: string): never {
    throw new DecodeError(reason, this.position)
  }

  #within(more: number): void {
    if (this.length + more > this.limit) this.fail(`more than ${this.limit} bytes when decompressed`)
  }

  literal(bytes: Uint8Array): void {
    this.#within(bytes.length)
    this.#to.append(bytes)
  }

  /** Repeats `length` bytes from `distance` back, not from before `floor`; overlapping repeats a pattern. */
  repeat(distance: number, length: number, floor = 0): void {
    if (distance <= 0 || distance > this.length - floor) this.fail(`a match ${distance} bytes back of ${this.length}`)
    this.#within(length)
    const { bytes, at } = this.#to.extend(length)
    if (distance >= length) bytes.copyWithin(at, at - distance, at - distance + length)
    else for (let index = at; index < at + length; index++) bytes[index] = bytes[index - distance] as number
  }

  finish(): Buffer {
    return this.#to.view()
  }
}
