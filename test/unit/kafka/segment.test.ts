/** Segments and snapshots with damage of every kind: what is behind it is still read. */
import { beforeAll, describe, expect, it } from 'vitest'
import { seeded } from '#labs/cli/busy-log.ts'
import { JsonWriter } from '#labs/kafka/codec/json-writer.ts'
import { COMPRESSIONS, prepareZstd } from '#labs/kafka/log/compression.ts'
import { crc32c } from '#labs/kafka/log/crc32c.ts'
import { RecordLines } from '#labs/kafka/metadata/lines.ts'
import { metadataRecordsOf } from '#labs/kafka/metadata/records.ts'
import { type Piece, readPieces, SegmentReader } from '#labs/kafka/metadata/segment.ts'
import { encodeBatch, schemas } from '../../support/batches.ts'
import { busyBytes, metadata, smallLog } from '../../support/segments.ts'
import { SOAK } from '../../support/soak.ts'

const MUTANTS = SOAK ? 100_000 : 1_500
const SEED = Number(process.env.KRAFTLAB_SEED ?? 5)
/** A mutant has some kilobytes and takes some milliseconds; a busy machine takes its time. */
const MUTANT_LIMIT_MS = 2_000
const LIMIT_MS = 30_000

const whole = smallLog()
const file = Buffer.concat(whole)
const starts = whole.map((_, at) => Buffer.concat(whole.slice(0, at)).length)

beforeAll(prepareZstd)

async function piecesOf(bytes: Buffer, chunkBytes = bytes.length): Promise<Piece[]> {
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += chunkBytes) chunks.push(Buffer.from(bytes.subarray(at, at + chunkBytes)))
  const pieces: Piece[] = []
  for await (const piece of readPieces(chunks)) pieces.push(piece)
  return pieces
}

/** `batch 0`, `damage 80 +70: reason`, `tail 150 +3`. */
const told = (pieces: Piece[]): string[] =>
  pieces.map((piece) => {
    if (piece.kind === 'batch') return `batch ${piece.position}`
    return `${piece.kind} ${piece.position} +${piece.bytes}${piece.kind === 'damage' ? `: ${piece.reason}` : ''}`
  })

/** Through the reader's own memory, which it uses again and again: each piece is used before the next bytes are read. */
function readInPlace(bytes: Buffer, chunkBytes: number, take: (piece: Piece) => void): void {
  const reader = new SegmentReader()
  const takeAll = () => {
    for (let piece = reader.next(); piece; piece = reader.next()) take(piece)
  }
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    reader.filled(bytes.copy(reader.space(chunkBytes), 0, at, at + chunkBytes))
    takeAll()
  }
  reader.end()
  takeAll()
}

const batches = (from: number): string[] => starts.slice(from).map((start) => `batch ${start}`)
const changed = (change: (copy: Buffer) => void): Buffer => {
  const copy = Buffer.from(file)
  change(copy)
  return copy
}
const second = starts[1] as number
const secondBytes = (whole[1] as Buffer).length

describe('a segment', { timeout: LIMIT_MS }, () => {
  it('gives its batches, in chunks of any size, and their records in each codec', async () => {
    for (const chunkBytes of [1, 7, 64, file.length]) {
      const pieces = await piecesOf(file, chunkBytes)
      expect(told(pieces), `chunks of ${chunkBytes}`).toEqual(batches(0))
      const records = pieces.flatMap((piece) => (piece.kind === 'batch' ? metadataRecordsOf(schemas, piece.batch) : []))
      expect(records.map(({ type }) => type)).toEqual([
        'LeaderChange',
        ...COMPRESSIONS.flatMap(() => ['TOPIC_RECORD', 'PARTITION_CHANGE_RECORD']),
      ])
      expect(records.map(({ offset }) => offset)).toEqual(records.map((_, at) => at))
    }
  })

  it('cut at any byte ends with a tail', async () => {
    for (let length = 0; length <= file.length; length++) {
      const kept = starts.filter((start, at) => start + (whole[at] as Buffer).length <= length)
      const end = kept.length === 0 ? 0 : (starts[kept.length] ?? file.length)
      const tail = end === length ? [] : [`tail ${end} +${length - end}`]
      expect(told(await piecesOf(file.subarray(0, length))), `${length} bytes`).toEqual([
        ...kept.map((start) => `batch ${start}`),
        ...tail,
      ])
    }
  })

  it('that was allocated before it was written ends with its zeros', async () => {
    for (const zeros of [1, 60, 61, 100_000])
      expect(told(await piecesOf(Buffer.concat([file, Buffer.alloc(zeros)]), 4_096))).toEqual([
        ...batches(0),
        `tail ${file.length} +${zeros}`,
      ])
  })

  it('may begin anywhere in its file', async () => {
    const pieces: Piece[] = []
    for await (const piece of readPieces([file.subarray(second)], second)) pieces.push(piece)
    expect(told(pieces)).toEqual(batches(1))
    expect(pieces[0]?.kind === 'batch' && pieces[0].batch.position).toBe(second)
  })
})

describe('damage', { timeout: LIMIT_MS }, () => {
  const here = `damage ${second} +${secondBytes}: `

  it.each<[string, (copy: Buffer) => void, RegExp]>([
    [
      'a byte of a record',
      (copy) => copy.writeUInt8(copy.readUInt8(second + 70) ^ 1, second + 70),
      /CRC \d+, which says \d+$/,
    ],
    ['the checksum', (copy) => copy.writeInt32BE(7, second + 17), /CRC \d+, which says 7$/],
    ['a negative length', (copy) => copy.writeInt32BE(-7, second + 8), /: a batch of -7 bytes$/],
    ['no length', (copy) => copy.writeInt32BE(0, second + 8), /: a batch of 0 bytes$/],
    ['a huge length', (copy) => copy.writeInt32BE(0x7fff_ffff, second + 8), /: a batch of 2147483647 bytes$/],
    ['a length behind the end', (copy) => copy.writeInt32BE(60_000_000, second + 8), /of which \d+ are there$/],
    ['a length too large', (copy) => copy.writeInt32BE(secondBytes + 20, second + 8), /CRC/],
    ['a length too small', (copy) => copy.writeInt32BE(60, second + 8), /CRC/],
    ['another format', (copy) => copy.writeInt8(3, second + 16), /: a batch of format 3$/],
    ['a base offset that nobody has', (copy) => copy.writeInt8(-1, second), /: a base offset of -\d+$/],
  ])('%s: the batches behind it are read', async (_, change, reason) => {
    for (const chunkBytes of [1, 50, file.length]) {
      const [first, bad, ...rest] = told(await piecesOf(changed(change), chunkBytes))
      expect(first).toBe('batch 0')
      expect(bad).toMatch(reason)
      expect(bad?.startsWith(here), bad).toBe(true)
      expect(rest).toEqual(batches(2))
    }
  })

  it('an unknown codec leaves out just its batch', async () => {
    const unknown = encodeBatch([metadata('NoOpRecord', {})], { baseOffset: 1 })
    unknown.writeInt16BE(6, 21)
    unknown.writeUInt32BE(crc32c(unknown, 21), 17)
    const pieces = told(await piecesOf(Buffer.concat([whole[0] as Buffer, unknown, unknown, whole[1] as Buffer])))
    const first = (whole[0] as Buffer).length
    expect(pieces).toEqual([
      'batch 0',
      `damage ${first} +${unknown.length}: compression 6`,
      `damage ${first + unknown.length} +${unknown.length}: compression 6`,
      `batch ${first + 2 * unknown.length}`,
    ])
  })

  it('bytes that were lost or put in cost no other batch', async () => {
    const hole = Buffer.concat([file.subarray(0, second + 30), file.subarray(second + 35)])
    expect(told(await piecesOf(hole))).toEqual([
      'batch 0',
      expect.stringMatching(`^damage ${second} \\+${secondBytes - 5}: `),
      ...starts.slice(2).map((start) => `batch ${start - 5}`),
    ])
    const filled = Buffer.concat([file.subarray(0, second), Buffer.alloc(333, 2), file.subarray(second)])
    expect(told(await piecesOf(filled))).toEqual([
      'batch 0',
      expect.stringMatching(`^damage ${second} \\+333: `),
      ...starts.slice(1).map((start) => `batch ${start + 333}`),
    ])
    const zeros = Buffer.concat([file.subarray(0, second), Buffer.alloc(200_000), file.subarray(second)])
    expect(told(await piecesOf(zeros, 10_000))[1]).toBe(`damage ${second} +200000: a batch of 0 bytes`)
  })

  it('a file full of what looks like large batches takes no longer than it is long', async () => {
    const header = Buffer.from((whole[1] as Buffer).subarray(0, 61))
    header.writeInt32BE(3_000_000, 8)
    const hostile = Buffer.concat([...Array.from({ length: 80_000 }, () => header), file])
    const from = performance.now()
    const pieces = await piecesOf(hostile, 1 << 20)
    expect(performance.now() - from).toBeLessThan(20_000)
    expect(pieces[0]?.kind).toBe('damage')
    expect(pieces.filter(({ kind }) => kind === 'batch').length).toBeGreaterThan(0)
  })
})

describe('lines', { timeout: LIMIT_MS }, () => {
  const linesOf = (batchesOf: Piece[], name = 'x.log') => {
    const json = new JsonWriter()
    const lines = new RecordLines(schemas, json, name)
    const faults = batchesOf.flatMap((piece) => (piece.kind === 'batch' ? lines.write(piece.batch) : []))
    const text = json.view().toString()
    return { faults, unknown: lines.unknown, lines: text.split('\n').slice(0, -1) }
  }

  it('are what the decoder gives, record by record', async () => {
    const pieces = [...(await piecesOf(file)), ...(await piecesOf(busyBytes(300_000)))]
    const expected = pieces.flatMap((piece) => (piece.kind === 'batch' ? metadataRecordsOf(schemas, piece.batch) : []))
    const { lines, faults } = linesOf(pieces, 'a "quoted" name')
    expect(faults).toEqual([])
    expect(lines).toEqual(expected.map((record) => JSON.stringify({ file: 'a "quoted" name', ...record })))
  })

  it('go on behind a record that cannot be read, and keep those of a later Kafka', async () => {
    const value = (...bytes: number[]) => ({ key: null, value: Buffer.from(bytes) })
    const good = metadata('TopicRecord', { name: 'tä"\\\n𝄞', topicId: 'AAAAAAAAAAAAAAAAAAAAAg' })
    const bytes = encodeBatch([value(2, 0, 0), good, value(1, 99, 0, 1, 2, 3), { key: null, value: null }, good], {
      baseOffset: 40,
    })
    const { lines, faults, unknown } = linesOf(await piecesOf(Buffer.concat([file, bytes])))
    expect(faults).toEqual([
      { position: file.length, offset: 40, reason: 'frame version 2' },
      { position: file.length, offset: 43, reason: 'a metadata record without a value' },
    ])
    expect(unknown).toEqual([{ apiKey: 99, version: 0, control: false, count: 1 }])
    expect(lines.slice(-3).map((line) => JSON.parse(line))).toMatchObject([
      { offset: 41, type: 'TOPIC_RECORD', data: { name: 'tä"\\\n𝄞', topicId: 'AAAAAAAAAAAAAAAAAAAAAg' } },
      { offset: 42, type: 'UNKNOWN', version: 0, data: { apiKey: 99, raw: 'AQID' } },
      { offset: 44, type: 'TOPIC_RECORD' },
    ])
  })

  it('take nothing from a record that broke off', async () => {
    const topic = metadata('TopicRecord', { name: 'orders', topicId: 'AAAAAAAAAAAAAAAAAAAAAg' })
    const cut = { key: null, value: (topic.value as Buffer).subarray(0, 12) }
    const [noOp, config] = [metadata('NoOpRecord', {}), metadata('ConfigRecord', { resourceName: 'a', name: 'b' })]
    const records = [cut, topic, topic, cut, topic, noOp, cut, noOp, config, config, topic]
    const pieces = await piecesOf(encodeBatch(records, { timestamp: 1_700_000_000_000 }))
    const { lines, faults } = linesOf(pieces)
    expect(faults.map(({ offset }) => offset)).toEqual([0, 3, 6])
    const whole = await piecesOf(
      encodeBatch(
        records.map((one) => (one === cut ? noOp : one)),
        { timestamp: 1_700_000_000_000 },
      ),
    )
    const expected = linesOf(whole).lines.filter((_, offset) => records[offset] !== cut)
    expect(lines).toEqual(expected)
    expect(lines.map((line) => JSON.parse(line).type)).toEqual(
      ['TOPIC', 'TOPIC', 'TOPIC', 'NO_OP', 'NO_OP', 'CONFIG', 'CONFIG', 'TOPIC'].map((type) => `${type}_RECORD`),
    )
  })

  it('have an int64 in full, and tagged fields in the order of the schema', async () => {
    const producers = metadata('ProducerIdsRecord', { brokerId: 1, brokerEpoch: 5, nextProducerId: 9007199254740993n })
    const lowest = metadata('ProducerIdsRecord', { brokerId: -1, brokerEpoch: 0, nextProducerId: -(2n ** 63n) })
    const ids = ['AAAAAAAAAAAAAAAAAAAAAg']
    const partition = { partitionId: 1, topicId: ids[0], replicas: [1], isr: [1], leader: 1, directories: ids }
    const recovering = metadata('PartitionRecord', {
      ...partition,
      leaderRecoveryState: 1,
      eligibleLeaderReplicas: [3],
      lastKnownElr: null,
    })
    const pieces = await piecesOf(encodeBatch([producers, lowest, recovering]))
    const { lines } = linesOf(pieces)
    expect(lines[0]).toContain('"nextProducerId":9007199254740993}')
    expect(lines[1]).toContain('"nextProducerId":-9223372036854775808}')
    const [, , expected] = metadataRecordsOf(schemas, (pieces[0] as Piece & { kind: 'batch' }).batch)
    expect(lines[2]).toBe(JSON.stringify({ file: 'x.log', ...expected }))
    expect(lines[2]).toContain('"leader":1,"leaderRecoveryState":1,"leaderEpoch":')
  })
})

describe('any file', () => {
  const random = seeded(SEED)
  const below = (limit: number): number => Math.floor(random() * limit)
  const sources = [file, busyBytes(3_000, SEED)]

  const mutate = (source: Buffer): Buffer => {
    let bytes = Buffer.from(source)
    for (let times = 1 + below(4); times > 0; times--) {
      const at = below(bytes.length)
      const kind = below(6)
      if (kind === 0) bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << below(8)), at)
      else if (kind === 1) bytes.fill(below(256), at, Math.min(bytes.length, at + below(40)))
      else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + below(100))])
      else if (kind === 3)
        bytes = Buffer.concat([bytes.subarray(0, at), source.subarray(below(source.length)), bytes.subarray(at)])
      else if (kind === 4 && at + 4 <= bytes.length)
        bytes.writeInt32BE(below(2) ? below(2 ** 31) : below(300) - 100, at)
      else bytes = Buffer.from(bytes.subarray(0, Math.max(1, at)))
      if (bytes.length === 0) bytes = Buffer.alloc(1)
    }
    return bytes
  }

  it(
    `is read to its end, whatever is in it (${MUTANTS} mutants)`,
    async () => {
      for (let round = 0; round < MUTANTS; round++) {
        const bytes = mutate(sources[round % sources.length] as Buffer)
        const says = `mutant ${round} of seed ${SEED}`
        const from = performance.now()
        const chunkBytes = 1 + below(bytes.length)
        const pieces = await piecesOf(bytes, chunkBytes)
        let position = 0
        const json = new JsonWriter()
        const lines = new RecordLines(schemas, json, 'mutant')
        let records = 0
        for (const piece of pieces) {
          // no byte is left out, and none is read twice
          expect(piece.position, says).toBe(position)
          position += piece.kind === 'batch' ? piece.batch.bytes : piece.bytes
          if (piece.kind === 'tail') expect(position, says).toBe(bytes.length)
          if (piece.kind === 'batch') lines.write(piece.batch)
        }
        for (const line of json.view().toString().split('\n').slice(0, -1)) {
          JSON.parse(line)
          records++
        }
        expect(position, says).toBe(bytes.length)
        const inPlace: Piece[] = []
        const jsonInPlace = new JsonWriter()
        const linesInPlace = new RecordLines(schemas, jsonInPlace, 'mutant')
        readInPlace(bytes, chunkBytes, (piece) => {
          inPlace.push(piece)
          if (piece.kind === 'batch') linesInPlace.write(piece.batch)
        })
        expect(told(inPlace), says).toEqual(told(pieces))
        expect(jsonInPlace.view().equals(json.view()), says).toBe(true)
        expect(records, says).toBeLessThan(bytes.length)
        expect(performance.now() - from, says).toBeLessThan(MUTANT_LIMIT_MS)
      }
    },
    SOAK ? 1_800_000 : 60_000,
  )
})
