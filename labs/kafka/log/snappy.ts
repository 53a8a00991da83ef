/** Snappy as Kafka's clients write it: xerial's stream of blocks, or (some clients) one bare block. */
import { Reader } from '../codec/reader.ts'
import { Output } from './output.ts'

const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
/** Behind the magic: version and lowest compatible version, 4 bytes each. */
const XERIAL_VERSIONS = 8

export function snappyStream(bytes: Buffer, limit: number, position: number): Buffer {
  const output = new Output(limit, position)
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) {
    snappyBlock(bytes, output)
    return output.finish()
  }
  const reader = new Reader(bytes, XERIAL.length)
  reader.bytes(XERIAL_VERSIONS)
  while (reader.remaining > 0) snappyBlock(reader.bytes(reader.int32()), output)
  return output.finish()
}

/** github.com/google/snappy format_description.txt */
function snappyBlock(block: Buffer, output: Output): void {
  const reader = new Reader(block)
  const floor = output.length
  const declared = reader.uvarint()
  while (reader.remaining > 0) {
    const tag = reader.uint8()
    const high = tag >> 2
    switch (tag & 3) {
      case 0: {
        const extra = high - 59
        const length = extra > 0 ? reader.bytes(extra).readUIntLE(0, extra) : high
        output.literal(reader.bytes(length + 1))
        break
      }
      case 1:
        output.repeat(((tag >> 5) << 8) | reader.uint8(), ((tag >> 2) & 7) + 4, floor)
        break
      case 2:
        output.repeat(reader.bytes(2).readUInt16LE(0), high + 1, floor)
        break
      default:
        output.repeat(reader.bytes(4).readUInt32LE(0), high + 1, floor)
    }
  }
  if (output.length - floor !== declared)
    output.fail(`a snappy block of ${output.length - floor}, not ${declared} bytes`)
}
