/** Groups as the coordinator on one broker knows them. Asking joins none and, without FindCoordinator, does not bring
 *  `__consumer_offsets` into being. */
import { DecodeError } from '../codec/errors.ts'
import { type Int64, Reader } from '../codec/reader.ts'
import type { Schemas } from '../codec/schemas.ts'
import type { Connection } from './connection.ts'
import { check } from './errors.ts'

export type ListedGroup = { id: string; type: string; state: string; protocol: string }
export type TopicPartition = { topic: string; partition: number }
export type GroupMember = {
  id: string
  clientId: string
  host: string
  /** group.instance.id */
  instance: string | null
  /** of the new protocols; null else */
  epoch: number | null
  assigned: TopicPartition[]
  target: TopicPartition[] | null
}
export type CommittedOffset = TopicPartition & { offset: number }

/** @throws ConnectionError, KafkaError (COORDINATOR_LOAD_IN_PROGRESS soon after a start) */
export async function listGroups(connection: Connection): Promise<ListedGroup[]> {
  const body = await connection.call('ListGroups', {}, { maxVersion: 5 })
  check(body.errorCode, 'ListGroups')
  return body.groups.map(
    (group: { groupId: string; groupType?: string; groupState?: string; protocolType: string }) => ({
      id: group.groupId,
      // before version 5 there was only the one type
      type: (group.groupType ?? 'classic').toLowerCase(),
      state: group.groupState ?? '',
      protocol: group.protocolType,
    }),
  )
}

/** The request that describes groups of a type, and its field with their ids. */
const DESCRIBERS: Record<string, { api: string; ids: string }> = {
  classic: { api: 'DescribeGroups', ids: 'groups' },
  consumer: { api: 'ConsumerGroupDescribe', ids: 'groupIds' },
  share: { api: 'ShareGroupDescribe', ids: 'groupIds' },
  streams: { api: 'StreamsGroupDescribe', ids: 'groupIds' },
}

export type DescribedGroup = {
  id: string
  state: string
  protocol: string | null
  epoch: number | null
  assignmentEpoch: number | null
  members: GroupMember[]
}

type WireAssignment = { topicPartitions: { topicName: string; partitions: number[] }[] }
type WireMember = {
  memberId: string
  clientId: string
  clientHost: string
  groupInstanceId?: string | null
  instanceId?: string | null
  memberEpoch?: number
  memberAssignment?: Buffer
  assignment?: WireAssignment
  targetAssignment?: WireAssignment
}
type WireGroup = {
  errorCode: number
  groupId: string
  groupState: string
  protocolData?: string
  assignorName?: string
  groupEpoch?: number
  assignmentEpoch?: number
  members: WireMember[]
}

/**
 * Groups of one type as `listGroups` names it. Those that have gone meanwhile are left out.
 * @param schemas of the format in which members of a classic group hand each other their assignments
 */
export async function describeGroups(
  connection: Connection,
  type: string,
  ids: string[],
  schemas: Schemas,
): Promise<DescribedGroup[]> {
  const describer = DESCRIBERS[type]
  if (!describer || ids.length === 0) return []
  const body = await connection.call(describer.api, { [describer.ids]: ids })
  return body.groups
    .filter((group: WireGroup) => group.errorCode === 0)
    .map((group: WireGroup) => ({
      id: group.groupId,
      state: group.groupState,
      protocol: group.protocolData ?? group.assignorName ?? null,
      epoch: group.groupEpoch ?? null,
      assignmentEpoch: group.assignmentEpoch ?? null,
      members: group.members.map((member) => ({
        id: member.memberId,
        clientId: member.clientId,
        // Java prints an address with a slash before it
        host: member.clientHost.replace(/^\//, ''),
        instance: member.groupInstanceId ?? member.instanceId ?? null,
        epoch: member.memberEpoch ?? null,
        assigned: assignedIn(member.assignment) ?? classicAssignment(member.memberAssignment, schemas),
        target: assignedIn(member.targetAssignment),
      })),
    }))
}

const assignedIn = (assignment: WireAssignment | undefined): TopicPartition[] | null =>
  assignment
    ? assignment.topicPartitions.flatMap(({ topicName, partitions }) =>
        partitions.map((partition) => ({ topic: topicName, partition })),
      )
    : null

/** Brokers pass it on as it came from the group's leader, which may be anything. */
function classicAssignment(bytes: Buffer | undefined, schemas: Schemas): TopicPartition[] {
  // none while it rebalances
  if (!bytes || bytes.length < 2) return []
  const known = schemas.versions('ConsumerProtocolAssignment').highest
  try {
    const codec = schemas.codec('ConsumerProtocolAssignment', Math.min(Math.max(bytes.readInt16BE(0), 0), known))
    const { assignedPartitions } = codec.read(new Reader(bytes, 2)) as {
      assignedPartitions: { topic: string; partitions: number[] }[]
    }
    return assignedPartitions.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return []
  }
}

/** Where each partition of a share group begins (share-partition start offset), by group. Before 4.1 there is none. */
export async function shareOffsets(connection: Connection, ids: string[]): Promise<Map<string, CommittedOffset[]>> {
  if (ids.length === 0) return new Map()
  const body = await connection.call('DescribeShareGroupOffsets', { groups: ofAllTopics(ids) })
  return offsetsByGroup(body.groups)
}

export type Delivered = TopicPartition & {
  first: number
  last: number
  state: 'available' | 'acknowledged' | 'archived'
  count: number
}
/** Kafka's RecordState; those that are acquired are so in the memory of the partition's leader alone. */
const DELIVERY_STATES: Record<number, Delivered['state']> = { 0: 'available', 2: 'acknowledged', 4: 'archived' }

type WireShareState = {
  results: {
    topicId: string
    partitions: {
      partition: number
      errorCode: number
      stateBatches: { firstOffset: Int64; lastOffset: Int64; deliveryState: number; deliveryCount: number }[]
    }[]
  }[]
}

/**
 * What the broker, as share coordinator, keeps of a share group's partitions (KIP-932). With leader epoch -1 the question
 * changes nothing (ShareCoordinatorShard). Without partitions of which this broker is not the coordinator.
 */
export async function shareState(
  connection: Connection,
  groupId: string,
  topic: { name: string; id: string; partitions: number[] },
): Promise<Delivered[]> {
  const partitions = topic.partitions.map((partition) => ({ partition, leaderEpoch: -1 }))
  const body = await connection.call('ReadShareGroupState', {
    groupId,
    topics: [{ topicId: topic.id, partitions }],
  })
  return (body.results as WireShareState['results'])
    .flatMap((result) => result.partitions)
    .filter(({ errorCode }) => errorCode === 0)
    .flatMap(({ partition, stateBatches }) =>
      stateBatches.flatMap(({ firstOffset, lastOffset, deliveryState, deliveryCount }) => {
        const state = DELIVERY_STATES[deliveryState]
        if (!state) return []
        return [
          {
            topic: topic.name,
            partition,
            first: Number(firstOffset),
            last: Number(lastOffset),
            state,
            count: deliveryCount,
          },
        ]
      }),
    )
}

/** Committed offsets of all topics, by group. Version 9 is the last that names topics instead of giving their ids. */
export async function offsetFetch(connection: Connection, ids: string[]): Promise<Map<string, CommittedOffset[]>> {
  if (ids.length === 0) return new Map()
  const body = await connection.call('OffsetFetch', { groups: ofAllTopics(ids) }, { minVersion: 8, maxVersion: 9 })
  return offsetsByGroup(body.groups)
}

const ofAllTopics = (ids: string[]) => ids.map((groupId) => ({ groupId, topics: null }))

/** Either answer: they differ in the names of two fields. */
type WireOffsets = {
  groupId: string
  errorCode: number
  topics: {
    name?: string
    topicName?: string
    partitions: { partitionIndex: number; errorCode: number; committedOffset?: Int64; startOffset?: Int64 }[]
  }[]
}

/** Without groups in error, and without partitions that have no offset. */
const offsetsByGroup = (groups: WireOffsets[]): Map<string, CommittedOffset[]> =>
  new Map(
    groups
      .filter(({ errorCode }) => errorCode === 0)
      .map(({ groupId, topics }) => [
        groupId,
        topics.flatMap(({ name, topicName, partitions }) =>
          partitions
            .filter(({ errorCode }) => errorCode === 0)
            .map(({ partitionIndex, committedOffset, startOffset }) => ({
              topic: name ?? topicName ?? '',
              partition: partitionIndex,
              offset: Number(committedOffset ?? startOffset),
            }))
            .filter(({ offset }) => offset >= 0),
        ),
      ]),
  )
