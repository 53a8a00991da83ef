/** Which two snapshots the lab is about, and what they contain, by the log on the wire. Pure, as all judges are. */
import type { ClusterView } from '#labs/engine/cluster.ts'
import type { HistoryView } from '#labs/engine/history-view.ts'
import { at, isTree, type MetadataLeaf, type MetadataTree } from '#labs/kafka/metadata/tree.ts'
import { type Files, ownSnapshots, type Snapshot, snapshotWith, unheld } from '../snapshots.ts'

export const HOST = 'controller-1'
export const SETTING = 'retention.ms'
/** org.apache.kafka.common.config.ConfigResource.Type */
const TOPIC = 2
/** Partitions at first, and in the end. */
export const FEW = 3
export const MORE = 5

type Known = { cluster: ClusterView; history: HistoryView; facts: { controller: Files } }

/** The first snapshot in which both topics are as they were created; else why there is none. */
export function snapshotA({ cluster, history, facts }: Known): Snapshot | string {
  const why = unheld(HOST, facts.controller, cluster)
  if (why) return why
  const topic = cluster.topics.orders
  if (!topic) return 'There is no topic orders.'
  const found = ownSnapshots(facts.controller, cluster).find(({ offset }) => isFirst(history.state(offset), topic.id))
  if (found) return found
  if (!isFirst(history.state(), topic.id))
    return 'No snapshot has orders and drafts as they were created. Delete both, create them again, and wait for a snapshot.'
  const ids = [topic.id, cluster.topics.drafts?.id]
  const isTheirs = ({ topicId }: Record<string, unknown>) => ids.some((id) => id === topicId)
  const created = history.records({ type: ['TOPIC_RECORD', 'PARTITION_RECORD'], where: isTheirs, all: true })
  const next = snapshotWith(created.at(-1)?.offset ?? 0, HOST, facts.controller, cluster)
  return typeof next === 'string' ? next : `The state at the end of ${next.name} is not known yet.`
}

const isFirst = (state: MetadataTree | null, id: string): boolean =>
  state !== null &&
  at(state, 'topics', 'orders', 'id') === id &&
  keysOf(state, 'topics', 'orders', 'partitions').length === FEW &&
  keysOf(state, 'topics', 'drafts', 'partitions').length === 1 &&
  settingIn(state) === undefined

/** retention.ms of orders in a state; undefined where it has none of its own. */
export const settingIn = (state: MetadataTree): MetadataLeaf | MetadataTree | undefined =>
  at(state, 'configs', 'topic orders', SETTING)

/** Records behind the end of A that set retention.ms of orders, gave it partitions, and deleted drafts. */
export function changesSince(a: Snapshot, { cluster, history }: Known) {
  const behind = (type: string, where: (data: Record<string, unknown>) => boolean) =>
    history.records({ type, where, all: true }).filter(({ offset }) => offset >= a.offset)
  const drafts = at(history.state(a.offset) ?? {}, 'topics', 'drafts', 'id')
  return {
    set: behind(
      'CONFIG_RECORD',
      ({ resourceType, resourceName, name }) => resourceType === TOPIC && resourceName === 'orders' && name === SETTING,
    ),
    grown: behind('PARTITION_RECORD', ({ topicId }) => topicId === cluster.topics.orders?.id),
    deleted: behind('REMOVE_TOPIC_RECORD', ({ topicId }) => topicId === drafts),
  }
}

/** The first snapshot behind all of these changes; else why there is none. */
export function snapshotB(a: Snapshot, known: Known): Snapshot | string {
  const { set, grown, deleted } = changesSince(a, known)
  if (set.length === 0 || grown.length === 0 || deleted.length === 0) return 'Not all has been changed yet.'
  const last = Math.max(...[set, grown, deleted].map((records) => records.at(-1)!.offset))
  return snapshotWith(last, HOST, known.facts.controller, known.cluster)
}

/** Sections of the tree of which each thing so many levels down is one record (org.apache.kafka.image.*Image.write). */
const DEPTHS: Record<string, [string, number]> = {
  features: ['FEATURE_LEVEL_RECORD', 1],
  controllers: ['REGISTER_CONTROLLER_RECORD', 1],
  brokers: ['REGISTER_BROKER_RECORD', 1],
  configs: ['CONFIG_RECORD', 2],
  'client quotas': ['CLIENT_QUOTA_RECORD', 2],
  acls: ['ACCESS_CONTROL_ENTRY_RECORD', 1],
  scram: ['USER_SCRAM_CREDENTIAL_RECORD', 2],
  'delegation tokens': ['DELEGATION_TOKEN_RECORD', 1],
  'producer ids': ['PRODUCER_IDS_RECORD', 1],
}

/** The records of a snapshot of this state, a line each, without control records. */
export function recordsIn(state: MetadataTree): string[] {
  const { 'kraft.version': _, ...features } = state.features as MetadataTree
  const lines = Object.entries({ ...state, features }).flatMap(([section, tree]) => {
    const [type, depth] = DEPTHS[section] ?? []
    return type === undefined || depth === undefined ? [] : linesOf(type, tree, depth)
  })
  const topics = keysOf(state, 'topics').flatMap((name) => {
    const id = at(state, 'topics', name, 'id')
    const partitions = at(state, 'topics', name, 'partitions')
    return [`TOPIC_RECORD ${name} ${id}`, ...linesOf(`PARTITION_RECORD ${name} ${id}`, partitions, 1)]
  })
  return [...lines, ...topics]
}

function linesOf(line: string, value: MetadataTree | MetadataLeaf | undefined, depth: number): string[] {
  if (depth === 0) return [`${line} ${JSON.stringify(value)}`]
  return isTree(value) ? Object.entries(value).flatMap(([key, one]) => linesOf(`${line} ${key}`, one, depth - 1)) : []
}

/** Lines of the one that the other has not. */
export function only(state: MetadataTree, other: MetadataTree): string[] {
  const known = new Set(recordsIn(other))
  return recordsIn(state).filter((line) => !known.has(line))
}

function keysOf(state: MetadataTree, ...path: string[]): string[] {
  const tree = at(state, ...path)
  return isTree(tree) ? Object.keys(tree) : []
}
