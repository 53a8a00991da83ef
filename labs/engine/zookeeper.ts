/**
 * A cluster that keeps its metadata in ZooKeeper has no log of it. What ZooKeeper and a broker say now is turned into the
 * records that would have led from what was known to that, so that all which follows from records follows from this too.
 */
import type { MetadataRecord, Observation } from '#labs/protocol/observation.ts'
import type { Metadata, PartitionView } from './metadata.ts'

/** Of no log: these have no offset. */
const NO_OFFSET = -1
const record = (type: string, data: Record<string, unknown>): MetadataRecord => ({
  offset: NO_OFFSET,
  epoch: NO_OFFSET,
  timestamp: NO_OFFSET,
  type,
  version: 0,
  data,
})

type Seen<Type extends Observation['type']> = Extract<Observation, { type: Type }>

/** A broker that lives in ZooKeeper's eyes is registered and not fenced; it knows no fenced ones. */
export function brokerRecords({ brokers }: Metadata, seen: Seen<'zookeeper'>): MetadataRecord[] {
  const gone = Object.values(brokers).filter(({ id }) => !seen.brokers.includes(id))
  const come = seen.brokers.filter((id) => brokers[id]?.fenced !== false)
  return [
    ...gone.map(({ id }) => record('UNREGISTER_BROKER_RECORD', { brokerId: id })),
    ...come.map((brokerId) => record('REGISTER_BROKER_RECORD', { brokerId, fenced: false })),
  ]
}

export function topicRecords({ topics }: Metadata, seen: Seen<'topics'>): MetadataRecord[] {
  const ids = new Set(seen.topics.map(({ id }) => id))
  const gone = Object.values(topics).filter(({ id }) => !ids.has(id))
  return [
    ...gone.map(({ id }) => record('REMOVE_TOPIC_RECORD', { topicId: id })),
    ...seen.topics.flatMap(({ name, id, partitions }) => {
      const was = topics[name]?.id === id ? topics[name] : undefined
      const changed = partitions.filter((is) => !isSame(was?.partitions[is.partition], is))
      return [
        ...(was ? [] : [record('TOPIC_RECORD', { name, topicId: id })]),
        ...changed.map(({ partition, ...is }) =>
          record('PARTITION_RECORD', { topicId: id, partitionId: partition, ...is }),
        ),
      ]
    }),
  ]
}

type Told = Seen<'topics'>['topics'][number]['partitions'][number]
const isSame = (was: PartitionView | undefined, is: Told): boolean =>
  was !== undefined &&
  was.leader === is.leader &&
  was.leaderEpoch === is.leaderEpoch &&
  String(was.replicas) === String(is.replicas) &&
  String(was.isr) === String(is.isr)
