/** All groups of the room's brokers. Each broker knows those that it coordinates. */

import type { Connection } from '#labs/kafka/client/connection.ts'
import { describeGroups, type ListedGroup, listGroups, offsetFetch } from '#labs/kafka/client/groups.ts'
import type { Group, NeedResult } from '#labs/protocol/observation.ts'
import type { NodeWatch } from './node-watch.ts'

const MAX_GROUPS = 200
const MAX_MEMBERS = 200
const MAX_OFFSETS = 2_000

export async function groupsOf(nodes: NodeWatch[]): Promise<NeedResult> {
  const brokers = nodes.flatMap(({ broker }) => (broker ? [broker] : []))
  if (brokers.length === 0) return { state: 'failed', why: 'no broker answers' }
  const groups = (await Promise.all(brokers.map(groupsAt))).flat()
  return { state: 'fetched', value: groups.sort((a, b) => a.id.localeCompare(b.id)).slice(0, MAX_GROUPS) }
}

async function groupsAt(connection: Connection): Promise<Group[]> {
  const listed = (await listGroups(connection)).slice(0, MAX_GROUPS)
  const offsets = await offsetFetch(
    connection,
    listed.map(({ id }) => id),
  )
  const groups: Group[] = []
  for (const type of new Set(listed.map((group) => group.type))) {
    const ofType = listed.filter((group) => group.type === type)
    const described = await describeGroups(
      connection,
      type,
      ofType.map(({ id }) => id),
    )
    const byId = new Map(described.map((group) => [group.id, group]))
    groups.push(...ofType.map((group) => merge(group, byId.get(group.id), offsets.get(group.id) ?? [])))
  }
  return groups
}

function merge(
  listed: ListedGroup,
  described: { state: string; protocol: string | null; members: Group['members'] } | undefined,
  offsets: Group['offsets'],
): Group {
  return {
    id: listed.id,
    type: listed.type,
    state: described?.state ?? listed.state,
    protocol: described?.protocol || null,
    members: (described?.members ?? []).slice(0, MAX_MEMBERS),
    offsets: offsets.slice(0, MAX_OFFSETS).sort((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition),
  }
}
