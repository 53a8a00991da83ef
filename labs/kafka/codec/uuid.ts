/** Kafka prints a UUID as its 16 bytes in base64url without padding (org.apache.kafka.common.Uuid). */
export const UUID_BYTES = 16
export const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA'
/** The id of `__cluster_metadata`: UUID 0...01. */
export const METADATA_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'

export const isUuid = (text: string): boolean => /^[A-Za-z0-9_-]{22}$/.test(text)
