/** Record batches as a node would write them, right or wrong. */
import { readInstallation } from '#config/installation.ts'
import { Schemas } from '#labs/kafka/codec/schemas.ts'
import { Writer } from '#labs/kafka/codec/writer.ts'
import { COMPRESSIONS, type Compression } from '#labs/kafka/log/compression.ts'
import { crc32c } from '#labs/kafka/log/crc32c.ts'

export const schemas = Schemas.load(readInstallation(process.cwd()).kafka.schemas)

export type GivenRecord = {
  key: Buffer | null
  value: Buffer | null
  headers?: { key: string; value: Buffer | null }[]
}

const side = (writer: Writer, bytes: Buffer | null): void => {
  writer.varint(bytes === null ? -1 : bytes.length)
  if (bytes) writer.raw(bytes)
}

export function encodeRecords(records: GivenRecord[]): Buffer {
  const all = new Writer()
  records.forEach(({ key, value, headers = [] }, at) => {
    const one = new Writer()
    one.int8(0)
    one.varlong(0)
    one.varint(at)
    side(one, key)
    side(one, value)
    one.varint(headers.length)
    for (const header of headers) {
      side(one, Buffer.from(header.key))
      side(one, header.value)
    }
    all.varint(one.length)
    all.raw(one.finish())
  })
  return all.finish()
}

export type BatchOptions = {
  baseOffset?: number
  epoch?: number
  timestamp?: number
  compression?: Compression
  control?: boolean
  /** what it says, where that is not so */
  count?: number
  body?: Buffer
}

export function encodeBatch(records: GivenRecord[], options: BatchOptions = {}): Buffer {
  const { baseOffset = 0, epoch = 1, timestamp = 0, compression = 'none', control = false } = options
  const count = options.count ?? records.length
  const checked = new Writer()
  checked.int16(COMPRESSIONS.indexOf(compression) | (control ? 32 : 0))
  checked.int32(Math.max(0, count - 1))
  checked.int64(timestamp)
  checked.int64(timestamp)
  checked.int64(-1)
  checked.int16(-1)
  checked.int32(-1)
  checked.int32(count)
  checked.raw(options.body ?? encodeRecords(records))
  const part = checked.finish()
  const batch = new Writer()
  batch.int64(baseOffset)
  batch.int32(part.length + 9)
  batch.int32(epoch)
  batch.int8(2)
  batch.uint32(crc32c(part))
  batch.raw(part)
  return batch.finish()
}
