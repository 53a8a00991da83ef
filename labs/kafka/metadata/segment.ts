/**
 * Reads the files of a log: segments (`.log`) and snapshots (`.checkpoint`), which are batches one behind the other
 * (org.apache.kafka.common.record.FileLogInputStream, org.apache.kafka.snapshot.FileRawSnapshotWriter). Goes on behind
 * damage. Holds one batch at a time, at most MAX_BATCH_BYTES; the work is linear in the bytes that come.
 */
import { DecodeError } from '../codec/errors.ts'
import { type Batch, HEADER_BYTES, MAGIC, MAX_BATCH_BYTES, PREFIX_BYTES, readBatch } from '../log/batch.ts'
import { COMPRESSIONS } from '../log/compression.ts'
import { crc32c } from '../log/crc32c.ts'

export type Piece =
  /** `position` in the file, which is also the batch's own */
  | { kind: 'batch'; batch: Batch; position: number }
  /** bytes that hold no batch that can be read */
  | { kind: 'damage'; position: number; bytes: number; reason: string }
  /** the beginning of a batch that was still being written, or zeros: a normal end */
  | { kind: 'tail'; position: number; bytes: number }

const LENGTH_AT = 8
const EPOCH_AT = 12
const MAGIC_AT = 16
const CRC_AT = 17
const ATTRIBUTES_AT = 21
const LAST_OFFSET_DELTA_AT = 23
const COUNT_AT = 57
/** Compression, time of appending, transactional, control, delete horizon: the others are always 0. */
const KNOWN_ATTRIBUTES = 0x7f
/** How much more is asked for at a time where batches are searched. */
const SEARCH_BYTES = 64 << 10
/** Bytes of the file whose checksums may turn out to be wrong: some, and twice what was read. So a file full of what
 *  looks like large batches is no more work than another. */
const FIRST_CREDIT = 2 * MAX_BATCH_BYTES
const CREDIT_A_BYTE = 2

/** Bytes with the prefix, or null for a length that no batch has. */
function batchBytes(bytes: Buffer, at: number): number | null {
  const length = bytes.readInt32BE(at + LENGTH_AT)
  return length < HEADER_BYTES - PREFIX_BYTES || length > MAX_BATCH_BYTES ? null : length + PREFIX_BYTES
}

/** Whether 61 bytes could be the header of a batch, before its checksum is made. */
function plausible(bytes: Buffer, at: number): boolean {
  const attributes = bytes.readInt16BE(at + ATTRIBUTES_AT)
  return (
    batchBytes(bytes, at) !== null &&
    bytes[at + MAGIC_AT] === MAGIC &&
    (attributes & ~KNOWN_ATTRIBUTES) === 0 &&
    (attributes & 7) < COMPRESSIONS.length &&
    // no log has had 2^48 records
    bytes.readUInt16BE(at) === 0 &&
    bytes.readInt32BE(at + EPOCH_AT) >= -1 &&
    bytes.readInt32BE(at + LAST_OFFSET_DELTA_AT) >= 0 &&
    bytes.readInt32BE(at + COUNT_AT) >= 0
  )
}

const crcFits = (bytes: Buffer, at: number, length: number): boolean =>
  bytes[at + MAGIC_AT] === MAGIC && bytes.readUInt32BE(at + CRC_AT) === crc32c(bytes, at + ATTRIBUTES_AT, at + length)

const ZEROS = Buffer.alloc(4096)
function areZeros(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += ZEROS.length) {
    const end = Math.min(at + ZEROS.length, to)
    if (bytes.compare(ZEROS, 0, end - at, at, end) !== 0) return false
  }
  return true
}

type Lost = { position: number; reason: string; zeros: boolean; isTail: boolean }

/**
 * For who has the bytes of a file as they come: `push` them (or always `space` and `filled`), take all pieces, say when
 * they `end`, take the last.
 */
export class SegmentReader {
  #chunks: Buffer[] = []
  /** what `space` gives */
  #room: Buffer = Buffer.alloc(0)
  #waiting = 0
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  /** of `#bytes[0]` in the file */
  #origin: number
  /** nothing can be said before as many bytes are there */
  #need = HEADER_BYTES
  #ended = false
  #credit = FIRST_CREDIT
  /** where damage began whose end is being searched */
  #lost: Lost | null = null

  constructor(position = 0) {
    this.#origin = position
  }

  /** @param chunk not to be changed afterwards: batches are views of it */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length))
    this.#waiting += chunk.length
    this.#credit += chunk.length * CREDIT_A_BYTE
  }

  /**
   * For who has done with the batches so far, which are views of it: a whole log goes through the same memory, and of a
   * chunk no more is copied than the beginning of a batch. @returns where the next bytes of the file go, see `filled`
   */
  space(bytes: number): Buffer {
    const left = this.#left
    if (left + bytes > this.#room.length) {
      // twice as large, so that a long batch is copied but a few times
      const larger = Buffer.allocUnsafeSlow(Math.max(left + bytes, this.#room.length * 2))
      this.#bytes.copy(larger, 0, this.#at)
      this.#room = larger
    } else if (this.#at > 0) this.#room.copyWithin(0, this.#at, this.#at + left)
    this.#origin += this.#at
    this.#at = 0
    this.#bytes = this.#room.subarray(0, left)
    return this.#room.subarray(left, left + bytes)
  }

  /** So many bytes were read into `space`. */
  filled(bytes: number): void {
    this.#bytes = this.#room.subarray(0, this.#left + bytes)
    this.#credit += bytes * CREDIT_A_BYTE
  }

  end(): void {
    this.#ended = true
  }

  /** @returns null where more bytes are needed, or after the end */
  next(): Piece | null {
    for (;;) {
      if (this.#left + this.#waiting < this.#need && !this.#ended) return null
      this.#join()
      const piece = this.#lost ? this.#search(this.#lost) : this.#read()
      if (piece !== 'again') return piece
    }
  }

  get #left(): number {
    return this.#bytes.length - this.#at
  }
  get #position(): number {
    return this.#origin + this.#at
  }

  /** What came is copied once for a batch that lies across chunks, and not at all within one. */
  #join(): void {
    if (this.#chunks.length === 0) return
    const { length } = this.#bytes
    if (this.#left > 0) this.#chunks.unshift(this.#bytes.subarray(this.#at))
    this.#origin += this.#left > 0 ? this.#at : length
    this.#bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks)
    this.#at = 0
    this.#chunks = []
    this.#waiting = 0
  }

  /** @returns null unless the file ends there */
  #wait(bytes: number): 'again' | null {
    this.#need = bytes
    return this.#left + this.#waiting >= bytes ? 'again' : null
  }

  #skip(bytes: number): void {
    this.#at += bytes
    this.#need = HEADER_BYTES
  }

  /** A batch is expected here. */
  #read(): Piece | 'again' | null {
    const position = this.#position
    if (this.#left < HEADER_BYTES) return this.#ended ? this.#short() : this.#wait(HEADER_BYTES)
    const bytes = batchBytes(this.#bytes, this.#at)
    if (bytes === null) return this.#lose(this.#badLength())
    if (bytes > this.#credit) return this.#lose(`a batch of ${bytes} bytes, unread behind so much damage`)
    if (bytes > this.#left) {
      if (!this.#ended) return this.#wait(bytes)
      return this.#lose(`a batch of ${bytes} bytes, of which ${this.#left} are there`, plausible(this.#bytes, this.#at))
    }
    try {
      const batch = readBatch(this.#bytes, this.#at) as Batch
      batch.position = position
      this.#skip(bytes)
      return { kind: 'batch', batch, position }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      return this.#refuse(bytes, error.reason.replace(/,$/, ''))
    }
  }

  #badLength(): string {
    return `a batch of ${this.#bytes.readInt32BE(this.#at + LENGTH_AT)} bytes`
  }

  /** A batch that cannot be read. Its length is believed if its checksum is right, or a header lies where it ends. */
  #refuse(bytes: number, reason: string): Piece | 'again' | null {
    const position = this.#position
    if (!crcFits(this.#bytes, this.#at, bytes)) {
      if (this.#left < bytes + HEADER_BYTES && !this.#ended) return this.#wait(bytes + HEADER_BYTES)
      if (this.#left >= bytes + HEADER_BYTES && !plausible(this.#bytes, this.#at + bytes)) {
        this.#credit -= bytes
        return this.#lose(reason)
      }
    }
    this.#skip(bytes)
    return { kind: 'damage', position, bytes, reason }
  }

  /** The file ends within a header. */
  #short(): Piece | null {
    const position = this.#position
    const bytes = this.#left
    if (bytes === 0) return null
    const reason =
      bytes < PREFIX_BYTES ||
      batchBytes(this.#bytes, this.#at) !== null ||
      areZeros(this.#bytes, this.#at, this.#bytes.length)
        ? null
        : this.#badLength()
    this.#skip(bytes)
    return reason === null ? { kind: 'tail', position, bytes } : { kind: 'damage', position, bytes, reason }
  }

  /** From here on nothing is believed until a batch with the right checksum comes. */
  #lose(reason: string, isTail = false): 'again' {
    this.#lost = { position: this.#position, reason, isTail, zeros: this.#bytes[this.#at] === 0 }
    this.#at++
    return 'again'
  }

  #search(lost: Lost): Piece | 'again' | null {
    const bytes = this.#bytes
    const last = bytes.length - HEADER_BYTES
    let at = this.#at
    for (; at <= last; at++) {
      if (bytes[at + MAGIC_AT] !== MAGIC || !plausible(bytes, at)) continue
      const length = batchBytes(bytes, at) as number
      if (length > this.#credit) continue
      if (length > bytes.length - at) {
        if (this.#ended) continue
        this.#pass(at, lost)
        return this.#wait(length)
      }
      this.#credit -= length
      if (!crcFits(bytes, at, length)) continue
      this.#pass(at, lost)
      return this.#found(lost)
    }
    this.#pass(at, lost)
    return this.#ended ? this.#foundNone(lost) : this.#wait(SEARCH_BYTES)
  }

  /** Goes on to where the search is. */
  #pass(at: number, lost: Lost): void {
    lost.zeros &&= areZeros(this.#bytes, this.#at, at)
    this.#at = at
  }

  #found({ position, reason }: Lost): Piece {
    this.#lost = null
    this.#need = HEADER_BYTES
    return { kind: 'damage', position, bytes: this.#position - position, reason }
  }

  #foundNone(lost: Lost): Piece {
    this.#pass(this.#bytes.length, lost)
    if (!lost.zeros && !lost.isTail) return this.#found(lost)
    this.#lost = null
    return { kind: 'tail', position: lost.position, bytes: this.#position - lost.position }
  }
}

/**
 * Reads one file to its end. Batches are views of the chunks, which must not be changed.
 * @param chunks the bytes of the file from `position` on, in pieces of any size
 * @returns batches in order, and between them what could not be read; never throws for bad bytes
 */
export async function* readPieces(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  position = 0,
): AsyncGenerator<Piece> {
  const reader = new SegmentReader(position)
  for await (const chunk of chunks) {
    reader.push(chunk)
    for (let piece = reader.next(); piece; piece = reader.next()) yield piece
  }
  reader.end()
  for (let piece = reader.next(); piece; piece = reader.next()) yield piece
}
