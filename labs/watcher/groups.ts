/** All groups of the room's brokers. Each broker knows those that it coordinates. */

import type { Connection } from '#labs/kafka/client/connection.ts'
import {
  type DescribedGroup,
  describeGroups,
  type ListedGroup,
  listGroups,
  offsetFetch,
  shareOffsets,
  shareState,
  type TopicPartition,
} from '#labs/kafka/client/groups.ts'
import type { Schemas } from '#labs/kafka/codec/schemas.ts'
import type { Group } from '#labs/protocol/observation.ts'
import { answer, brokersOf, type Fetched, fetched, partly } from './ask.ts'
import type { NodeWatch } from './node-watch.ts'

const MAX_GROUPS = 200
const MAX_MEMBERS = 200
const MAX_OFFSETS = 2_000
/** The broker that leads one of its partitions coordinates the groups in it. */
const GROUPS_TOPIC = '__consumer_offsets'

/** Groups of brokers that do not answer are left out: the result says which those are. */
export async function groupsOf(nodes: NodeWatch[], schemas: Schemas): Promise<Fetched> {
  const asked = brokersOf(nodes)
  if (asked.length === 0) return fetched({ state: 'failed', why: 'no broker answers' })
  const answers = await Promise.all(
    asked.map(async ({ node, connection }) => ({ node, said: await answer(node.host, groupsAt(connection, schemas)) })),
  )
  const groups = answers.flatMap(({ said }) => ('value' in said ? said.value : []))
  const failed = answers.flatMap(({ node, said }) => ('value' in said ? [] : [{ ...said, host: node.host }]))
  const passing = failed.some((one) => one.passing)
  if (failed.length === asked.length)
    return { result: { state: 'failed', why: failed.map(({ why }) => why).join('; ') }, passing }
  const silent = silentCoordinators(
    nodes,
    asked.map(({ node }) => node),
  )
  const unknown = [
    ...failed.map(({ host, why }) => `groups at ${host}: ${why}`),
    ...silent.map((id) => `groups at broker ${id}, which does not answer`),
  ]
  const value = groups.sort((a, b) => a.id.localeCompare(b.id)).slice(0, MAX_GROUPS)
  return partly(await Promise.all(value.map((group) => withDelivered(group, asked))), unknown, passing)
}

/** Another broker than the group's own coordinator may keep what was delivered: all are asked. */
async function withDelivered(group: Group, asked: ReturnType<typeof brokersOf>): Promise<Group> {
  if (group.type !== 'share' || group.offsets.length === 0) return group
  const answers = await Promise.all(
    asked.flatMap(({ node, connection }) =>
      [...new Set(group.offsets.map(({ topic }) => topic))].flatMap((name) => {
        const id = node.log?.projection.topic(name)?.id
        const partitions = group.offsets.filter(({ topic }) => topic === name).map(({ partition }) => partition)
        return id === undefined ? [] : [answer(node.host, shareState(connection, group.id, { name, id, partitions }))]
      }),
    ),
  )
  const delivered = answers.flatMap((said) => ('value' in said ? said.value : []))
  return {
    ...group,
    delivered: inOrder(delivered).sort((one, other) => byPlace(one, other) || one.first - other.first),
  }
}

/** Brokers that coordinate groups and could not be asked. */
function silentCoordinators(nodes: NodeWatch[], asked: NodeWatch[]): number[] {
  const silent = new Set<number>()
  for (const log of new Set(nodes.map((node) => node.log))) {
    const ids = asked.filter((node) => node.log === log).map(({ id }) => id)
    for (const { leader } of log?.projection.topic(GROUPS_TOPIC)?.partitions.values() ?? [])
      if (leader >= 0 && !ids.includes(leader)) silent.add(leader)
  }
  return [...silent].sort((a, b) => a - b)
}

async function groupsAt(connection: Connection, schemas: Schemas): Promise<Group[]> {
  const listed = (await listGroups(connection)).slice(0, MAX_GROUPS)
  const ids = (of: ListedGroup[]): string[] => of.map(({ id }) => id)
  const offsets = new Map([
    ...(await offsetFetch(connection, ids(listed.filter(({ type }) => type !== 'share')))),
    ...(await shareOffsets(connection, ids(listed.filter(({ type }) => type === 'share')))),
  ])
  const groups: Group[] = []
  for (const type of new Set(listed.map((group) => group.type))) {
    const ofType = listed.filter((group) => group.type === type)
    const described = await describeGroups(connection, type, ids(ofType), schemas)
    const byId = new Map(described.map((group) => [group.id, group]))
    groups.push(...ofType.map((group) => merge(group, byId.get(group.id), offsets.get(group.id) ?? [])))
  }
  return groups
}

function merge(listed: ListedGroup, described: DescribedGroup | undefined, offsets: Group['offsets']): Group {
  const members = (described?.members ?? []).slice(0, MAX_MEMBERS).map((member) => ({
    ...member,
    assigned: inOrder(member.assigned),
    target: member.target && inOrder(member.target),
  }))
  return {
    id: listed.id,
    type: listed.type,
    state: described?.state ?? listed.state,
    protocol: described?.protocol || null,
    epoch: described?.epoch ?? null,
    assignmentEpoch: described?.assignmentEpoch ?? null,
    members,
    offsets: inOrder(offsets),
    delivered: [],
  }
}

const byPlace = (one: TopicPartition, other: TopicPartition): number =>
  one.topic.localeCompare(other.topic) || one.partition - other.partition
const inOrder = <Of extends TopicPartition>(list: Of[]): Of[] => list.slice(0, MAX_OFFSETS).sort(byPlace)
