/** Groups as the coordinator on one broker knows them. Asking joins none and, without FindCoordinator, does not bring
 *  `__consumer_offsets` into being. */
import type { Int64 } from '../codec/reader.ts'
import type { Connection } from './connection.ts'
import { check } from './errors.ts'

export type ListedGroup = { id: string; type: string; state: string; protocol: string }
export type GroupMember = { id: string; clientId: string; host: string }
export type CommittedOffset = { topic: string; partition: number; offset: number }

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

export type DescribedGroup = { id: string; state: string; protocol: string | null; members: GroupMember[] }

type WireGroup = {
  errorCode: number
  groupId: string
  groupState: string
  protocolData?: string
  assignorName?: string
  members: { memberId: string; clientId: string; clientHost: string }[]
}

/** Groups of one type as `listGroups` names it. Those that have gone meanwhile are left out. */
export async function describeGroups(connection: Connection, type: string, ids: string[]): Promise<DescribedGroup[]> {
  const describer = DESCRIBERS[type]
  if (!describer || ids.length === 0) return []
  const body = await connection.call(describer.api, { [describer.ids]: ids })
  return body.groups
    .filter((group: WireGroup) => group.errorCode === 0)
    .map((group: WireGroup) => ({
      id: group.groupId,
      state: group.groupState,
      protocol: group.protocolData ?? group.assignorName ?? null,
      members: group.members.map((member) => ({
        id: member.memberId,
        clientId: member.clientId,
        // Java prints an address with a slash before it
        host: member.clientHost.replace(/^\//, ''),
      })),
    }))
}

/** Committed offsets of all topics, by group. Version 9 is the last that names topics instead of giving their ids. */
export async function offsetFetch(connection: Connection, ids: string[]): Promise<Map<string, CommittedOffset[]>> {
  if (ids.length === 0) return new Map()
  const groups = ids.map((groupId) => ({ groupId, topics: null }))
  const body = await connection.call('OffsetFetch', { groups }, { minVersion: 8, maxVersion: 9 })
  type WireTopic = { name: string; partitions: { partitionIndex: number; errorCode: number; committedOffset: Int64 }[] }
  return new Map(
    body.groups
      .filter((group: { errorCode: number }) => group.errorCode === 0)
      .map((group: { groupId: string; topics: WireTopic[] }) => [
        group.groupId,
        group.topics.flatMap((topic) =>
          topic.partitions
            .filter((partition) => partition.errorCode === 0 && Number(partition.committedOffset) >= 0)
            .map((partition) => ({
              topic: topic.name,
              partition: partition.partitionIndex,
              offset: Number(partition.committedOffset),
            })),
        ),
      ]),
  )
}
