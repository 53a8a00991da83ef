import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { DecodeError, UnsupportedError } from '#labs/kafka/codec/errors.ts'
import { Writer } from '#labs/kafka/codec/writer.ts'
import { readBatch, readBatches, recordsOf } from '#labs/kafka/log/batch.ts'
import { COMPRESSIONS, type Compression, decompress, prepareZstd } from '#labs/kafka/log/compression.ts'
import { crc32c } from '#labs/kafka/log/crc32c.ts'
import { decodeMetadataValue } from '#labs/kafka/metadata/records.ts'
import { encodeBatch, encodeRecords, schemas } from '../../support/batches.ts'

const RECORDS = [
  { key: Buffer.from('a'), value: Buffer.from('first'), headers: [{ key: 'h', value: null }] },
  { key: null, value: Buffer.from('second') },
  { key: Buffer.from(''), value: null },
]

describe('crc32c', () => {
  it('of the examples in RFC 3720', () => {
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa)
    expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43)
    expect(crc32c(Buffer.from(Array.from({ length: 32 }, (_, at) => at)))).toBe(0x46dd794e)
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
  })
})

describe('a record batch', () => {
  it('gives its records', () => {
    const [batch] = [...readBatches(encodeBatch(RECORDS, { baseOffset: 7, epoch: 3, timestamp: 1_000 }))]
    expect(batch).toMatchObject({ baseOffset: 7, lastOffset: 9, leaderEpoch: 3, control: false, compression: 'none' })
    const records = recordsOf(batch as NonNullable<typeof batch>)
    expect(
      records.map(({ offset, key, value }) => [offset, key?.toString() ?? null, value?.toString() ?? null]),
    ).toEqual([
      [7, 'a', 'first'],
      [8, null, 'second'],
      [9, '', null],
    ])
    expect(records[0]?.headers).toEqual([{ key: 'h', value: null }])
    expect(records[0]?.timestamp).toBe(1_000)
  })

  it('that is cut is not there yet, at every length', () => {
    const bytes = encodeBatch(RECORDS)
    for (let length = 0; length < bytes.length; length++) expect(readBatch(bytes.subarray(0, length), 0)).toBeNull()
  })

  it('with any one byte changed is refused or the same', () => {
    const bytes = encodeBatch(RECORDS)
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at] = Number(changed[at]) ^ 0xff
      // base offset and leader epoch are the broker's, outside the checksum
      if (at < 8 || (at >= 12 && at < 16)) continue
      let batch: ReturnType<typeof readBatch>
      try {
        batch = readBatch(changed, 0)
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError)
        continue
      }
      // a larger length: it waits for more
      expect(batch, `byte ${at}`).toBeNull()
    }
  })

  it('says what is wrong with it', () => {
    const bytes = encodeBatch(RECORDS)
    const broken = (change: (copy: Buffer) => void): Buffer => {
      const copy = Buffer.from(bytes)
      change(copy)
      return copy
    }
    expect(() =>
      readBatch(
        broken((copy) => copy.writeInt32BE(-1, 8)),
        0,
      ),
    ).toThrow('a batch of -1 bytes at byte 8')
    expect(() =>
      readBatch(
        broken((copy) => copy.writeInt32BE(0x7fff_ffff, 8)),
        0,
      ),
    ).toThrow('a batch of 2147483647 bytes')
    expect(() =>
      readBatch(
        broken((copy) => copy.writeInt8(1, 16)),
        0,
      ),
    ).toThrow(UnsupportedError)
    expect(() =>
      readBatch(
        broken((copy) => copy.writeInt8(9, 70)),
        0,
      ),
    ).toThrow(/a batch with CRC \d+, which says \d+, at byte 0/)
  })

  it('cannot hold more records than bytes', () => {
    const [batch] = [...readBatches(encodeBatch(RECORDS, { count: 0x7fff_ffff }))]
    expect(() => recordsOf(batch as NonNullable<typeof batch>)).toThrow('2147483647 records in')
  })

  it('whose records are nonsense names the place', () => {
    const [batch] = [...readBatches(encodeBatch([], { count: 1, body: Buffer.alloc(9, 0xff) }))]
    expect(() => recordsOf(batch as NonNullable<typeof batch>)).toThrow(/at byte 6\d/)
  })
})

describe('compression', () => {
  /** Literals alone, which every decoder takes. */
  const snappyRaw = (bytes: Buffer): Buffer => {
    const writer = new Writer()
    writer.uvarint(bytes.length)
    for (let at = 0; at < bytes.length; at += 60) {
      const part = bytes.subarray(at, at + 60)
      writer.raw(Buffer.from([(part.length - 1) << 2]))
      writer.raw(part)
    }
    return writer.finish()
  }
  const lz4Frame = (...blocks: Buffer[]): Buffer => {
    const head = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82])
    const parts = blocks.flatMap((block) => {
      const size = Buffer.alloc(4)
      size.writeUInt32LE(block.length)
      return [size, block]
    })
    return Buffer.concat([head, ...parts, Buffer.alloc(4)])
  }

  it('gzip and snappy batches give their records', () => {
    const body = encodeRecords(RECORDS)
    for (const [compression, bytes] of [
      ['gzip', gzipSync(body)],
      ['snappy', snappyRaw(body)],
    ] as [Compression, Buffer][]) {
      const [batch] = [...readBatches(encodeBatch([], { count: 3, body: bytes, compression }))]
      expect(recordsOf(batch as NonNullable<typeof batch>).map(({ value }) => value?.toString())).toEqual([
        'first',
        'second',
        undefined,
      ])
    }
  })

  it('lz4 and snappy repeat what came before', () => {
    // one literal "ab", then 18 bytes from 2 back
    const block = Buffer.from([0x2e, 0x61, 0x62, 2, 0, 0x10, 0x7a])
    expect(decompress('lz4', lz4Frame(block), 100, 0).toString()).toBe(`${'ab'.repeat(10)}z`)
    const snappy = Buffer.from([12, (2 - 1) << 2, 0x61, 0x62, ((10 - 1) << 2) | 2, 2, 0])
    expect(decompress('snappy', snappy, 100, 0).toString()).toBe('ab'.repeat(6))
  })

  it('bombs stop at the limit', async () => {
    await prepareZstd()
    const limit = 100_000
    expect(() => decompress('gzip', gzipSync(Buffer.alloc(10_000_000)), limit, 5)).toThrow(DecodeError)
    const many = Buffer.concat([
      Buffer.from([0x1f, 0x61, 1, 0]),
      Buffer.alloc(4_000, 255),
      Buffer.from([0, 0x10, 0x61]),
    ])
    expect(() => decompress('lz4', lz4Frame(many), limit, 5)).toThrow(
      'more than 100000 bytes when decompressed at byte 5',
    )
    const repeat = Buffer.from([((64 - 1) << 2) | 2, 1, 0])
    const snappy = Buffer.concat([
      Buffer.from([0xff, 0xff, 0x7f, 0, 0x61]),
      ...Array.from({ length: 5_000 }, () => repeat),
    ])
    expect(() => decompress('snappy', snappy, limit, 5)).toThrow('more than 100000 bytes when decompressed at byte 5')
    // a frame of one repeated-byte block after another, 128 KiB each of four bytes
    const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58])
    const block = Buffer.from([0x02, 0x00, 0x10, 0x61])
    const zstd = Buffer.concat([head, ...Array.from({ length: 50 }, () => block), Buffer.from([1, 0, 0])])
    expect(() => decompress('zstd', zstd, limit, 5)).toThrow(DecodeError)
    expect(decompress('zstd', zstd, 10_000_000, 5)).toHaveLength(50 * 131_072)
  })

  it('random bytes are a DecodeError in every codec', async () => {
    await prepareZstd()
    let random = 7
    const next = (): number => {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0
      return random >>> 24
    }
    const starts: Record<string, Buffer> = {
      none: Buffer.alloc(0),
      gzip: Buffer.from([0x1f, 0x8b, 8, 0]),
      snappy: Buffer.from([0x40]),
      lz4: lz4Frame().subarray(0, 7),
      zstd: Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20]),
    }
    for (const compression of COMPRESSIONS.filter((one) => one !== 'none'))
      for (let round = 0; round < 500; round++) {
        const bytes = Buffer.concat([
          starts[compression] as Buffer,
          Buffer.from(Array.from({ length: round % 90 }, next)),
        ])
        try {
          decompress(compression, bytes, 1 << 20, 0)
        } catch (error) {
          expect(error, compression).toBeInstanceOf(DecodeError)
        }
      }
  })
})

describe('metadata records', () => {
  it('of a later Kafka are kept as they are', () => {
    const raw = Buffer.from([1, 99, 0, 1, 2, 3])
    expect(decodeMetadataValue(schemas, raw)).toEqual({
      type: 'UNKNOWN',
      version: 0,
      data: { apiKey: 99, raw: 'AQID' },
    })
    const later = Buffer.from([1, 2, 77, 5])
    expect(decodeMetadataValue(schemas, later)).toEqual({
      type: 'UNKNOWN',
      version: 77,
      data: { apiKey: 2, raw: 'BQ==' },
    })
  })

  it('of an unknown frame are refused', () => {
    expect(() => decodeMetadataValue(schemas, Buffer.from([2, 2, 0]))).toThrow('frame version 2 at byte 0')
    expect(() => decodeMetadataValue(schemas, Buffer.alloc(0))).toThrow(DecodeError)
  })
})
