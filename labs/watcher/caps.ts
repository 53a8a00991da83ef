/** What a record of the metadata log may hold of a lab's cluster. A node that lies could name millions of everything. */

export const MAX_TOPICS = 5_000
/** Of one topic. */
export const MAX_PARTITIONS = 10_000
/** Of all topics. */
export const MAX_ALL_PARTITIONS = 100_000
export const MAX_BROKERS = 64
/** Voters and observers together. */
export const MAX_QUORUM_MEMBERS = 64
const MAX_ARRAY = 64
/** Kafka's own limit (org.apache.kafka.common.internals.Topic). */
const MAX_NAME_CHARS = 249

/** Whether no array in it is longer than any of a lab, and no name longer than Kafka has them. */
export function isWithinCaps(data: unknown): boolean {
  if (Array.isArray(data)) return data.length <= MAX_ARRAY && data.every(isWithinCaps)
  if (typeof data !== 'object' || data === null) return true
  return Object.entries(data).every(
    ([key, value]) => (key !== 'name' || String(value).length <= MAX_NAME_CHARS) && isWithinCaps(value),
  )
}
