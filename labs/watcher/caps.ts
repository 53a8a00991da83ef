/** What a record of the metadata log may hold of a lab's cluster. */
import { MAX_FEW, MAX_NAME_CHARS } from '#labs/protocol/metadata.ts'

/** Of all topics. */
export const MAX_ALL_PARTITIONS = 100_000

/** Whether no array in it is longer than any of a lab, and no name longer than Kafka has them. */
export function isWithinCaps(data: unknown): boolean {
  if (Array.isArray(data)) return data.length <= MAX_FEW && data.every(isWithinCaps)
  if (typeof data !== 'object' || data === null) return true
  return Object.entries(data).every(
    ([key, value]) => (key !== 'name' || String(value).length <= MAX_NAME_CHARS) && isWithinCaps(value),
  )
}
