/** What all who read the metadata log agree on. A node that lies could name millions of everything: all is bounded. */

/** A lab has some dozens. */
export const MAX_TOPICS = 5_000
/** Of one topic. */
export const MAX_PARTITIONS = 10_000
/** Brokers, replicas, endpoints, features, voters and observers. */
export const MAX_FEW = 64
/** Kafka's own limit (org.apache.kafka.common.internals.Topic). */
export const MAX_NAME_CHARS = 249

/** PartitionChangeRecord.json: -2 means that the leader stays. */
export const LEADER_UNCHANGED = -2

/** Topics that Kafka or Kraftlab keeps for itself. */
export const isReserved = (topic: string): boolean => topic.startsWith('__')
