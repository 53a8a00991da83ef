/**
 * What the labs about snapshots ask of a metadata log's files. A file is what its host's disk shows: it counts where the
 * log on the wire has what its name says.
 */
import type { ClusterView } from '#labs/engine/cluster.ts'
import { type Awaited, type Check, type Fact, missing, passed, type Verdict } from '#labs/engine/define.ts'
import type { LogFile } from '#labs/protocol/observation.ts'

/** After Confluent’s KRaft playground: files of seconds instead of a week, a snapshot after each 2,800 bytes. */
export const SMALL_LOG = {
  'metadata.log.segment.ms': 15_000,
  'metadata.log.max.record.bytes.between.snapshots': 2_800,
  'metadata.max.retention.ms': 1_200_000,
}

export type Files = Fact<LogFile[] | null>
export type Snapshot = LogFile & { epoch: number }

const filesOf = (fact: Files): LogFile[] => (fact.state === 'fetched' ? (fact.value ?? []) : [])
export const segmentsOf = (fact: Files): LogFile[] => filesOf(fact).filter(({ kind }) => kind === 'segment')
/** Renamed, and not gone yet: snapshots and segments. */
export const deletedOf = (fact: Files): { snapshots: LogFile[]; segments: LogFile[] } => {
  const deleted = filesOf(fact).filter(({ kind }) => kind === 'deleted')
  return {
    snapshots: deleted.filter((one) => one.epoch !== null),
    segments: deleted.filter((one) => one.epoch === null),
  }
}
/** In order of offset. An empty file is none: each has a header and a footer (KIP-630). */
export const snapshotsOf = (fact: Files): Snapshot[] =>
  filesOf(fact).filter((one): one is Snapshot => one.kind === 'snapshot' && one.epoch !== null && one.bytes > 0)

/** Why nothing can be said of a host's files; null where something can. */
export function unlisted(host: string, fact: Files): string | null {
  if (fact.state === 'failed') return `The files of ${host} cannot be read: ${fact.why}.`
  if (fact.state === 'not-fetched') return `Reading the files of ${host}.`
  return fact.value === null ? `${host} has no metadata log yet.` : null
}

/** Those that a node wrote itself, and that the leader's log is long enough for. Format's own ends at 0. */
export function ownSnapshots(fact: Files, { highWatermark, epoch }: ClusterView): Snapshot[] {
  if (highWatermark === null || epoch === null) return []
  return snapshotsOf(fact).filter((one) => one.offset > 0 && one.offset <= highWatermark && one.epoch <= epoch)
}

/** Why the files of a host cannot be held against the leader’s log; null where they can. */
export function unheld(host: string, fact: Files, { leader, highWatermark }: ClusterView): string | null {
  const why = unlisted(host, fact)
  if (why) return why
  return leader === null || highWatermark === null ? 'Nobody leads, so the files cannot be held against a log.' : null
}

/** The first snapshot of a host that contains this record of the leader’s log; else why there is none. */
export function snapshotWith(record: number, host: string, fact: Files, cluster: ClusterView): Snapshot | string {
  const why = unheld(host, fact, cluster)
  if (why) return why
  const found = ownSnapshots(fact, cluster).find(({ offset }) => offset > record)
  if (found) return found
  const newest = snapshotsOf(fact).at(-1)
  if (!newest || newest.offset === 0) return `${host} has written no snapshot yet.`
  if (newest.offset > cluster.highWatermark!)
    return `${newest.name} would end at ${newest.offset}, and only what lies below ${cluster.highWatermark} is committed: no node wrote that.`
  return `The newest snapshot on ${host} ends at ${newest.offset}. One that contains record ${record} is still to come.`
}

/** 39 NoOps of 72 bytes, two a second, are 2,800 bytes in 19.5 s; the rest is for a busy machine. */
const SNAPSHOT_MS = 25_000
/** The next snapshot of a host, which the NoOps alone bring; undefined where its node does not run. */
export function nextSnapshot(host: string, fact: Files, cluster: ClusterView): Awaited | undefined {
  const node = cluster.nodes[host]
  if (!node?.up || node.process === 'paused' || cluster.leader === null) return undefined
  const from = Math.max(node.since, ...snapshotsOf(fact).map(({ modified }) => modified))
  const says = `${host} writes a snapshot once it has replayed 2,800 more bytes; an idle cluster’s NoOp records are 144 a second.`
  return { says, from, due: from + SNAPSHOT_MS }
}

/** KafkaRaftClient.RaftMetadataLogCleanerManager: fixed, whatever is configured. */
const CLEANER_MS = 60_000
/** A poll of the raft thread and one of the watcher. */
const SEEN_MS = 5_000
/** The cleaner’s next run on a host; undefined where its node does not run. */
export function nextCleaning(host: string, { nodes, sampledAt }: ClusterView): Awaited | undefined {
  const node = nodes[host]
  if (!node?.up || node.process === 'paused' || sampledAt === null) return undefined
  const runs = Math.max(0, Math.floor((sampledAt - node.since) / CLEANER_MS))
  const from = node.since + runs * CLEANER_MS
  const says = 'The cleaner of a node looks once a minute, counted from its start, whether anything is too old.'
  return { says, from, due: from + CLEANER_MS + SEEN_MS }
}

/** The controller and the first broker run, and the broker may work. */
export function isUp({ nodes, leader, epoch, brokers }: ClusterView): Verdict {
  if (!nodes['controller-1']?.up) return missing('controller-1 is not up yet.')
  if (leader === null) return missing('controller-1 is up, and does not lead yet.')
  if (!nodes['broker-1']?.up) return missing(`Node ${leader} leads in epoch ${epoch}. broker-1 is not up yet.`)
  if (brokers[1]?.fenced !== false) return missing('broker-1 is up, and still fenced.')
  return passed(`Node ${leader} leads in epoch ${epoch}, and broker 1 is unfenced.`, { leader, epoch })
}

/** Where both that there are have to be started. */
export const START_BOTH: Check['hints'] = [
  'Two hosts have a node, and neither runs. Each has a configuration in its directory config.',
  'Choose Start in the menus of controller-1 and broker-1, or use kafka-server-start on each.',
  'On controller-1: ./bin/kafka-server-start -daemon config/controller.properties, and on broker-1: ./bin/kafka-server-start -daemon config/broker.properties',
]

/** A whole number that a learner typed, thousands’ separators or not; null where it is none. */
export function numberIn(given: string): number | null {
  const digits = given.trim().replaceAll(/[,_ ]/g, '')
  return /^\d{1,15}$/.test(digits) ? Number(digits) : null
}
export const notANumber = (given: string): string | null => (numberIn(given) === null ? 'Give a whole number.' : null)
