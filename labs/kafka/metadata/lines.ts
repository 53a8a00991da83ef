/**
 * Records of the metadata log as lines of JSON, for whole files: `{file,offset,epoch,timestamp,type,version,data}`, what
 * `metadataRecordsOf` gives for the same batch. Goes on behind a record that cannot be read.
 */
import type { Codec } from '../codec/codec.ts'
import { DecodeError } from '../codec/errors.ts'
import { Fragment, type JsonWriter } from '../codec/json-writer.ts'
import { Reader } from '../codec/reader.ts'
import type { RecordKind, Schemas } from '../codec/schemas.ts'
import { type Batch, RecordCursor } from '../log/batch.ts'
import { kindOfControl, kindOfValue } from './records.ts'

const EPOCH = new Fragment(',"epoch":')
const TIMESTAMP = new Fragment(',"timestamp":')
const LINE_END = new Fragment('}\n')

const NOTHING = Buffer.alloc(0)

/** A record or a whole batch that cannot be read, and where it lies in the file. */
export type Fault = { position: number; offset: number | null; reason: string }
/** Records whose type or version the schemas do not have. */
export type Unknown = { apiKey: number; version: number; control: boolean; count: number }

export class RecordLines {
  readonly #start: Fragment
  readonly #kinds = new Map<Codec, Fragment>()
  readonly #unknown = new Map<string, Unknown>()
  /** used again and again: most records have some fifty bytes */
  readonly #value = new Reader(NOTHING)
  /** What stands between offset and data, which is the same for most records of a batch, and where it was written. */
  readonly #head = { codec: null as Codec | null, timestamp: 0, start: 0, end: 0 }

  /** @param file as its lines name it */
  constructor(
    readonly schemas: Schemas,
    readonly json: JsonWriter,
    file: string,
  ) {
    this.#start = new Fragment(`{"file":${JSON.stringify(file)},"offset":`)
  }

  get unknown(): Unknown[] {
    return [...this.#unknown.values()]
  }

  /** Writes a line for each record that can be read, in order. @returns those that cannot */
  write(batch: Batch): Fault[] {
    const faults: Fault[] = []
    try {
      this.#head.codec = null
      const record = new RecordCursor(batch)
      while (record.next()) {
        const fault = this.#writeOne(batch, record)
        if (fault !== null) faults.push({ position: batch.position, offset: record.offset, reason: fault })
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      faults.push({ position: error.position, offset: null, reason: error.reason })
    }
    return faults
  }

  /** @returns why it cannot be read, null if it was written */
  #writeOne(batch: Batch, record: RecordCursor): string | null {
    const { length } = this.json
    try {
      this.#line(batch, record)
      return null
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.json.truncate(length)
      this.#head.codec = null
      return error.reason
    }
  }

  #line(batch: Batch, record: RecordCursor): void {
    const { json } = this
    if (record.valueEnd < 0) throw new DecodeError('a metadata record without a value', 0)
    const value = this.#value
    value.restart(record.buffer, record.valueStart, record.valueEnd)
    const kind = batch.control ? this.#control(record, value) : kindOfValue(this.schemas, value)
    json.raw(this.#start)
    json.int(record.offset)
    const head = this.#head
    if (kind.codec && kind.codec === head.codec && record.timestamp === head.timestamp)
      json.repeat(head.start, head.end)
    else this.#writeHead(kind, batch.leaderEpoch, record.timestamp)
    if (kind.codec) {
      kind.codec.print(value, json)
      if (value.remaining > 0)
        value.fail(`${value.remaining} bytes left over after ${kind.codec.name} v${kind.codec.version}`)
    } else this.#raw(kind, value, batch.control)
    json.raw(LINE_END)
  }

  #writeHead({ type, version, codec }: RecordKind, epoch: number, timestamp: number): void {
    const { json } = this
    const start = json.length
    json.raw(EPOCH)
    json.int(epoch)
    json.raw(TIMESTAMP)
    json.int(timestamp)
    let data = codec ? this.#kinds.get(codec) : undefined
    if (!data) {
      data = new Fragment(`,"type":"${type}","version":${version},"data":`)
      if (codec) this.#kinds.set(codec, data)
    }
    json.raw(data)
    const head = this.#head
    head.codec = codec
    head.timestamp = timestamp
    head.start = start
    head.end = json.length
  }

  #control(record: RecordCursor, value: Reader): RecordKind {
    if (record.keyEnd < 0) throw new DecodeError('a control record without a key', 0)
    return kindOfControl(this.schemas, new Reader(record.buffer, record.keyStart, record.keyEnd), value)
  }

  #raw({ apiKey, version }: RecordKind, value: Reader, control: boolean): void {
    const name = `${control} ${apiKey} ${version}`
    const seen = this.#unknown.get(name)
    if (seen) seen.count++
    else this.#unknown.set(name, { apiKey, version, control, count: 1 })
    this.json.raw(new Fragment(`{"apiKey":${apiKey},"raw":`))
    const { remaining } = value
    this.json.base64(value.buffer, value.take(remaining), remaining)
    this.json.raw(new Fragment('}'))
  }
}
