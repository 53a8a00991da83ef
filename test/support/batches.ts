/** Record batches as a node would write them, right or wrong. */
import { readInstallation } from '#config/installation.ts'
import { Schemas } from '#labs/kafka/codec/schemas.ts'
import {
  encodeBatchOf,
  encodeRecords,
  type GivenRecord,
  type BatchOptions as Options,
} from '#labs/kafka/log/batch-writer.ts'

export { encodeRecords, type GivenRecord }
export const schemas = Schemas.load(readInstallation(process.cwd()).kafka.schemas)

export type BatchOptions = Options & {
  /** what it says, where that is not so */
  count?: number
  body?: Buffer
}

export const encodeBatch = (records: GivenRecord[], { count, body, ...options }: BatchOptions = {}): Buffer =>
  encodeBatchOf(body ?? encodeRecords(records), count ?? records.length, { epoch: 1, ...options })
