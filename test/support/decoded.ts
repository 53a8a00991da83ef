/** A file of the metadata log as `metadata -- dump` reads and prints it, in the shape of what Kafka's own tool prints. */
import { createReadStream } from 'node:fs'
import { JsonWriter } from '#labs/kafka/codec/json-writer.ts'
import type { Schemas } from '#labs/kafka/codec/schemas.ts'
import { prepareZstd } from '#labs/kafka/log/compression.ts'
import { RecordLines } from '#labs/kafka/metadata/lines.ts'
import { readPieces } from '#labs/kafka/metadata/segment.ts'
import { type DumpedBatch, type DumpedRecord, parseExactly } from './dump-log.ts'

/** Up to the unfinished batch that a live log may end with. @throws Error for anything that cannot be read */
export async function decodeFile(path: string, schemas: Schemas): Promise<DumpedBatch[]> {
  await prepareZstd()
  const json = new JsonWriter()
  const lines = new RecordLines(schemas, json, path)
  const batches: DumpedBatch[] = []
  for await (const piece of readPieces(createReadStream(path))) {
    if (piece.kind === 'tail') continue
    if (piece.kind === 'damage') throw new Error(`${path}: position ${piece.position}: ${piece.reason}`)
    const { batch, position } = piece
    const [fault] = lines.write(batch)
    if (fault) throw new Error(`${path}: position ${fault.position}, offset ${fault.offset}: ${fault.reason}`)
    batches.push({
      position,
      bytes: batch.bytes,
      baseOffset: batch.baseOffset,
      lastOffset: batch.lastOffset,
      count: batch.count,
      leaderEpoch: batch.leaderEpoch,
      control: batch.control,
      transactional: batch.transactional,
      maxTimestamp: batch.maxTimestamp,
      compression: batch.compression,
      records: json.view().toString().split('\n').slice(0, -1).map(recordOf),
    })
    json.truncate(0)
  }
  return batches
}

function recordOf(line: string): DumpedRecord {
  const { file: _, ...record } = parseExactly(line) as DumpedRecord & { file: string }
  return record
}

/** A line each, so that a difference is short to read: the order of fields counts too, and what JSON would blur. */
export const inLines = (batches: DumpedBatch[]): string[] =>
  batches.flatMap(({ records, ...batch }) => [text(batch), ...records.map(recordLine)])

const recordLine = ({ offset, epoch, timestamp, type, version, data }: DumpedRecord): string =>
  `  ${offset} ${epoch} ${timestamp} ${type} ${version} ${text(data)}`

const text = (value: unknown): string =>
  JSON.stringify(value, (_, one) => {
    if (typeof one === 'bigint') return `${one}n`
    return typeof one === 'number' && (Object.is(one, -0) || !Number.isFinite(one)) ? `number ${one}` : one
  })
