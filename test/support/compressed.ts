/** Bodies of batches as each codec holds them, of literals alone: every decoder takes those. */
import { gzipSync } from 'node:zlib'
import { Writer } from '#labs/kafka/codec/writer.ts'
import type { Compression } from '#labs/kafka/log/compression.ts'

const littleEndian = (value: number, bytes: number): Buffer => {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntLE(value, 0, bytes)
  return buffer
}

function snappy(bytes: Buffer): Buffer {
  const writer = new Writer()
  writer.uvarint(bytes.length)
  for (let at = 0; at < bytes.length; at += 60) {
    const part = bytes.subarray(at, at + 60)
    writer.raw(Buffer.from([(part.length - 1) << 2]))
    writer.raw(part)
  }
  return writer.finish()
}

/** One block, marked as not compressed. */
const lz4 = (bytes: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73]),
    littleEndian((bytes.length | 0x8000_0000) >>> 0, 4),
    bytes,
    Buffer.alloc(4),
  ])

/** RFC 8878: one raw block, the last. */
const zstd = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x58]), littleEndian((bytes.length << 3) | 1, 3), bytes])

export const COMPRESSED: Record<Compression, (bytes: Buffer) => Buffer> = {
  none: (bytes) => bytes,
  gzip: (bytes) => gzipSync(bytes),
  snappy,
  lz4,
  zstd,
}
