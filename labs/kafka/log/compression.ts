/**
 * The codecs of record batches. Each stops at `limit` bytes of output: a few bytes may claim to hold gigabytes.
 * lz4 and snappy are short enough to be written here with every copy bounded; zstd is libzstd as WebAssembly, which
 * has to be prepared once, asynchronously.
 */
import type { ZSTDDecoder } from 'zstddec'
import { DecodeError, UnsupportedError } from '../codec/errors.ts'
import { lz4Frame } from './lz4.ts'
import { snappyStream } from './snappy.ts'

/** In the order of the low three bits of a batch's attributes. */
export const COMPRESSIONS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type Compression = (typeof COMPRESSIONS)[number]

/** WebAssembly memory never shrinks: so most batches are tried in little of it. */
const ZSTD_FIRST_OUTPUT = 1 << 20
const ZSTD_GROWTH = 4

let zstd: ZSTDDecoder | undefined
let preparing: Promise<void> | undefined

/** Needed once before batches in zstd can be read. */
export function prepareZstd(): Promise<void> {
  preparing ??= (async () => {
    // most programs never meet zstd, and it is a megabyte of WebAssembly
    const { ZSTDDecoder } = await import('zstddec')
    const decoder = new ZSTDDecoder()
    await decoder.init()
    zstd = decoder
  })()
  return preparing
}

function unzstd(bytes: Buffer, limit: number, position: number): Buffer {
  if (!zstd) throw new UnsupportedError('zstd, which was not prepared,', position)
  for (let capacity = Math.min(ZSTD_FIRST_OUTPUT, limit); ; capacity = Math.min(capacity * ZSTD_GROWTH, limit)) {
    // libzstd's errors are negative lengths, which come out as nothing; a batch's records are never nothing
    const output = zstd.decode(bytes, capacity)
    if (output.length > 0) return Buffer.from(output.buffer, output.byteOffset, output.length)
    if (capacity >= limit) throw new DecodeError(`zstd that does not decompress into ${limit} bytes`, position)
  }
}

/** @throws DecodeError for bytes that do not decompress, or into more than `limit` bytes */
export function decompress(compression: Compression, bytes: Buffer, limit: number, position: number): Buffer {
  switch (compression) {
    case 'none':
      return bytes
    case 'gzip':
      try {
        // loaded when a batch needs it: `metadata dump` starts in little more than Node does
        return process.getBuiltinModule('node:zlib').gunzipSync(bytes, { maxOutputLength: Math.max(limit, 1) })
      } catch (error) {
        throw new DecodeError(`gzip that does not decompress (${(error as Error).message})`, position)
      }
    case 'snappy':
      return snappyStream(bytes, limit, position)
    case 'lz4':
      return lz4Frame(bytes, limit, position)
    case 'zstd':
      return unzstd(bytes, limit, position)
  }
}
