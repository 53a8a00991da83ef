/**
 * JSON as UTF-8 bytes, appended in place: no string is made of what already lies in a log as text or number. Writes
 * several bytes at a time where it can, little-endian.
 */
import { UUID_BYTES } from './uuid.ts'

const FIRST_CAPACITY = 64 << 10
const MAX_KEPT_BYTES = 4 << 20
const NO_BYTES: Buffer = Buffer.alloc(0)
/** Of an int64 with sign, of a UUID in quotes. */
const MAX_NUMBER_CHARS = 20
const UUID_CHARS = 24
const EIGHT_DIGITS = 100_000_000

const ascii = (text: string): number => text.charCodeAt(0)
const QUOTE = ascii('"')
const BACKSLASH = ascii('\\')
const SPACE = ascii(' ')
const ZERO = ascii('0')
const MINUS = ascii('-')
const COLON = ascii(':')
const COMMA = ascii(',')
const [OPEN_ARRAY, CLOSE_ARRAY] = [ascii('['), ascii(']')]
const [OPEN_OBJECT, CLOSE_OBJECT] = [ascii('{'), ascii('}')]

/** Two characters each, in memory one behind the other: of 0 to 99, and of twelve bits in base64url. */
function pairs(count: number, first: (of: number) => number, second: (of: number) => number): Uint16Array {
  const made = new Uint16Array(count)
  for (let of = 0; of < count; of++) made[of] = first(of) | (second(of) << 8)
  return made
}
const DIGITS = pairs(
  100,
  (of) => ZERO + Math.floor(of / 10),
  (of) => ZERO + (of % 10),
)
const BASE64URL = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
const TWELVE_BITS = pairs(
  4_096,
  (of) => BASE64URL[of >>> 6] as number,
  (of) => BASE64URL[of & 63] as number,
)

/** JSON that is written again and again: punctuation, names of fields. */
export class Fragment {
  /** eight bytes each, the last one filled up; none is NaN, of which no UTF-8 has the bits */
  readonly words: Float64Array
  readonly length: number

  constructor(json: string) {
    const bytes = Buffer.from(json)
    this.length = bytes.length
    const filled = Buffer.concat([bytes, Buffer.alloc(-bytes.length & 7)])
    this.words = Float64Array.from({ length: filled.length / 8 }, (_, at) => filled.readDoubleLE(at * 8))
  }
}

const NULL = new Fragment('null')
const TRUE = new Fragment('true')
const FALSE = new Fragment('false')

export class JsonWriter {
  #bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_CAPACITY)
  #view = viewOf(this.#bytes)
  #other = NO_BYTES
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Takes back what was written behind `length`. */
  truncate(length: number): void {
    this.#length = length
  }

  /** What was written: true until the next change. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Gives away what was written, true until this is asked again: goes on in the memory of the time before. */
  take(): Buffer {
    const written = this.view()
    const next = this.#other
    // what one large batch has needed is not kept for all others
    this.#other = this.#bytes.length > MAX_KEPT_BYTES ? NO_BYTES : this.#bytes
    this.#bytes = next
    this.#view = viewOf(next)
    this.#length = 0
    return written
  }

  /** Whether just `json` was written since `from`. */
  wrote(from: number, json: Uint8Array): boolean {
    if (this.#length - from !== json.length) return false
    for (let index = 0; index < json.length; index++) if (this.#bytes[from + index] !== json[index]) return false
    return true
  }

  /** Makes room for `more` bytes behind what was written. */
  #grow(more: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_CAPACITY, this.#length + more, this.#bytes.length * 2))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
    this.#view = viewOf(larger)
  }

  /** @returns where `more` bytes may be written */
  #room(more: number): number {
    if (this.#length + more > this.#bytes.length) this.#grow(more)
    return this.#length
  }

  raw({ words, length }: Fragment): void {
    const at = this.#length
    if (at + words.length * 8 > this.#bytes.length) this.#grow(words.length * 8)
    const view = this.#view
    for (let index = 0; index < words.length; index++) view.setFloat64(at + index * 8, words[index] as number, true)
    this.#length = at + length
  }

  /** Writes once more what was written from `start` to `end`. */
  repeat(start: number, end: number): void {
    const at = this.#room(end - start)
    this.#bytes.copyWithin(at, start, end)
    this.#length = at + end - start
  }

  comma(): void {
    const at = this.#length
    if (at === this.#bytes.length) this.#grow(1)
    this.#bytes[at] = COMMA
    this.#length = at + 1
  }
  null(): void {
    this.raw(NULL)
  }
  bool(value: boolean): void {
    this.raw(value ? TRUE : FALSE)
  }

  #byte(json: number): void {
    const at = this.#room(1)
    this.#bytes[at] = json
    this.#length = at + 1
  }

  /** A whole number that is exact. */
  int(value: number): void {
    let at = this.#length
    if (at + MAX_NUMBER_CHARS > this.#bytes.length) this.#grow(MAX_NUMBER_CHARS)
    const bytes = this.#bytes
    if (value >= 0 && value < 10) {
      bytes[at] = ZERO + value
      this.#length = at + 1
      return
    }
    let rest = value
    if (rest < 0) {
      bytes[at++] = MINUS
      rest = -rest
    }
    if (rest < EIGHT_DIGITS) {
      this.#length = this.#digits(rest | 0, at)
      return
    }
    // 2^53 has sixteen
    const high = Math.floor(rest / EIGHT_DIGITS)
    const view = this.#view
    const start = this.#digits(high | 0, at)
    let low = (rest - high * EIGHT_DIGITS) | 0
    for (let place = start + 6; place >= start; place -= 2) {
      const hundredth = (low / 100) | 0
      view.setUint16(place, DIGITS[low - hundredth * 100] as number, true)
      low = hundredth
    }
    this.#length = start + 8
  }

  /** Up to eight of them. @returns where they end */
  #digits(value: number, at: number): number {
    const bytes = this.#bytes
    let end = at + 1
    for (let limit = 10; value >= limit; limit *= 10) end++
    let rest = value
    let place = end
    while (rest >= 10) {
      const hundredth = (rest / 100) | 0
      place -= 2
      this.#view.setUint16(place, DIGITS[rest - hundredth * 100] as number, true)
      rest = hundredth
    }
    if (place > at) bytes[at] = ZERO + rest
    return end
  }

  /** UTF-8 as it lies there, in quotes. */
  text(from: Buffer, start: number, length: number): void {
    const at = this.#room(length + 2)
    const bytes = this.#bytes
    bytes[at] = QUOTE
    for (let index = 0; index < length; index++) {
      const byte = from[start + index] as number
      if (byte < SPACE || byte === QUOTE || byte === BACKSLASH || byte >= 0x7f)
        return this.#string(from.toString('utf8', start, start + length))
      bytes[at + 1 + index] = byte
    }
    bytes[at + 1 + length] = QUOTE
    this.#length = at + length + 2
  }

  /** 16 bytes as Kafka prints them: base64url without padding. */
  uuid(from: Buffer, start: number): void {
    const at = this.#length
    if (at + UUID_CHARS > this.#bytes.length) this.#grow(UUID_CHARS)
    const bytes = this.#bytes
    const view = this.#view
    bytes[at] = QUOTE
    let to = at + 1
    const last = start + UUID_BYTES - 1
    for (let index = start; index < last; index += 3, to += 4) {
      const three = ((from[index] as number) << 16) | ((from[index + 1] as number) << 8) | (from[index + 2] as number)
      const first = TWELVE_BITS[three >>> 12] as number
      const second = TWELVE_BITS[three & 0xfff] as number
      view.setInt32(to, first | (second << 16), true)
    }
    view.setUint16(to, TWELVE_BITS[(from[last] as number) << 4] as number, true)
    bytes[to + 2] = QUOTE
    this.#length = to + 3
  }

  base64(from: Buffer, start: number, length: number): void {
    this.#string(from.toString('base64', start, start + length))
  }

  #string(text: string): void {
    const json = JSON.stringify(text)
    // UTF-8 needs three bytes at most for each UTF-16 unit
    const at = this.#room(json.length * 3)
    this.#length = at + this.#bytes.write(json, at, 'utf8')
  }

  /** Anything of plain objects, arrays and primitives; an int64 that came as a bigint is a JSON number all the same. */
  value(value: unknown): void {
    if (typeof value === 'number') this.#number(value)
    else if (typeof value === 'string') this.#string(value)
    else if (Array.isArray(value)) this.#array(value)
    else if (typeof value === 'object' && value !== null) this.#object(value)
    else this.#plain(String(value))
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) this.int(value)
    // as Jackson does, with which Kafka writes its JSON
    else if (!Number.isFinite(value)) this.#string(String(value))
    // a float64 that digits alone would make an int64, which is never inexact here
    else if (Number.isInteger(value) && value !== 0) this.#plain(value.toExponential())
    else this.#plain(Object.is(value, -0) ? '-0' : String(value))
  }

  #array(items: unknown[]): void {
    this.#byte(OPEN_ARRAY)
    for (let index = 0; index < items.length; index++) {
      if (index > 0) this.#byte(COMMA)
      this.value(items[index])
    }
    this.#byte(CLOSE_ARRAY)
  }

  #object(members: object): void {
    this.#byte(OPEN_OBJECT)
    let first = true
    for (const [name, member] of Object.entries(members)) {
      if (!first) this.#byte(COMMA)
      first = false
      this.#string(name)
      this.#byte(COLON)
      this.value(member)
    }
    this.#byte(CLOSE_OBJECT)
  }

  /** ASCII without anything to escape. */
  #plain(text: string): void {
    const at = this.#room(text.length)
    this.#length = at + this.#bytes.write(text, at, 'latin1')
  }
}

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
