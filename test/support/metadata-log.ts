/** Records of a small cluster, named and shaped as the decoder gives them, and images made of them. */
import { MetadataImage } from '#labs/kafka/metadata/image.ts'
import type { MetadataRecord } from '#labs/protocol/observation.ts'

/** Type and data of one record. */
export type Told = readonly [type: string, data?: unknown]

export const topic = (name: string): Told => ['TOPIC_RECORD', { name, topicId: `id of ${name}` }]

export const partition = (name: string, index: number, replicas: number[], more: object = {}): Told => [
  'PARTITION_RECORD',
  {
    partitionId: index,
    topicId: `id of ${name}`,
    replicas,
    isr: replicas,
    removingReplicas: [],
    addingReplicas: [],
    leader: replicas[0],
    leaderEpoch: 0,
    partitionEpoch: 0,
    directories: replicas.map((replica) => `D${replica}`),
    ...more,
  },
]

export const partitionChange = (name: string, index: number, change: object): Told => [
  'PARTITION_CHANGE_RECORD',
  { partitionId: index, topicId: `id of ${name}`, ...change },
]

/** @param resourceType as org.apache.kafka.common.config.ConfigResource numbers them: 2 a topic, 4 a broker */
export const config = (resourceType: number, resourceName: string, name: string, value: string | null): Told => [
  'CONFIG_RECORD',
  { resourceType, resourceName, name, value },
]

export const broker = (brokerId: number, more: object = {}): Told => [
  'REGISTER_BROKER_RECORD',
  {
    brokerId,
    isMigratingZkBroker: false,
    incarnationId: `I${brokerId}`,
    brokerEpoch: 10,
    endPoints: [{ name: 'PLAINTEXT', host: `broker-${brokerId}`, port: 9092, securityProtocol: 0 }],
    features: [{ name: 'metadata.version', minSupportedVersion: 7, maxSupportedVersion: 30 }],
    rack: null,
    fenced: true,
    inControlledShutdown: false,
    logDirs: [`D${brokerId}`],
    ...more,
  },
]

/** When a record of offset 0 was appended, ms since 1970; each later one a second later. */
export const FIRST_AT = 1_000_000

/** With offsets one after the other. */
export const recordsFrom = (offset: number, ...records: Told[]): MetadataRecord[] =>
  records.map(([type, data = {}], at) => ({
    offset: offset + at,
    epoch: 1,
    timestamp: FIRST_AT + (offset + at) * 1_000,
    type,
    version: 0,
    data,
  }))

/** The image after these records, from offset 0. */
export function imageOf(...records: Told[]): MetadataImage {
  const image = new MetadataImage()
  for (const record of recordsFrom(0, ...records)) image.apply(record)
  return image
}
