/** LZ4 frames (lz4_Frame_format.md; org.apache.kafka.common.compress.Lz4BlockInputStream). Checksums of blocks and
 *  content are skipped: the batch has a CRC of its own. */
import { Reader } from '../codec/reader.ts'
import { Output } from './output.ts'

const MAGIC = 0x184d2204
const VERSION = 1
const FLAG_CONTENT_CHECKSUM = 0x04
const FLAG_CONTENT_SIZE = 0x08
const FLAG_BLOCK_CHECKSUM = 0x10
const FLAG_DICTIONARY = 0x01
const UNCOMPRESSED = 0x8000_0000
const MAX_BLOCK = 4 << 20
const MIN_MATCH = 4

const littleEndian32 = (reader: Reader): number => reader.bytes(4).readUInt32LE(0)

export function lz4Frame(bytes: Buffer, limit: number, position: number): Buffer {
  const output = new Output(limit, position)
  const reader = new Reader(bytes)
  if (littleEndian32(reader) !== MAGIC) output.fail('no LZ4 frame')
  const flags = reader.uint8()
  reader.uint8()
  if (flags >> 6 !== VERSION) output.fail('an LZ4 frame of an unknown version')
  if (flags & FLAG_CONTENT_SIZE) reader.bytes(8)
  if (flags & FLAG_DICTIONARY) output.fail('an LZ4 frame with a dictionary')
  reader.uint8()
  for (;;) {
    const size = littleEndian32(reader)
    if (size === 0) break
    const length = size & ~UNCOMPRESSED & 0x7fff_ffff
    if (length > MAX_BLOCK) output.fail(`an LZ4 block of ${length} bytes`)
    const block = reader.bytes(length)
    if (size >= UNCOMPRESSED) output.literal(block)
    else lz4Block(block, output)
    if (flags & FLAG_BLOCK_CHECKSUM) reader.bytes(4)
  }
  if (flags & FLAG_CONTENT_CHECKSUM) reader.bytes(4)
  return output.finish()
}

function lz4Block(block: Buffer, output: Output): void {
  const reader = new Reader(block)
  const more = (nibble: number): number => {
    if (nibble < 15) return nibble
    let length = nibble
    for (let byte = 255; byte === 255; ) {
      byte = reader.uint8()
      length += byte
    }
    return length
  }
  while (reader.remaining > 0) {
    const token = reader.uint8()
    output.literal(reader.bytes(more(token >> 4)))
    // the last sequence is literals alone
    if (reader.remaining === 0) return
    const distance = reader.bytes(2).readUInt16LE(0)
    output.repeat(distance, more(token & 15) + MIN_MATCH)
  }
}
