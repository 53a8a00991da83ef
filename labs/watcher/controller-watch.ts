/**
 * The controller of one node, over one connection: once a second what it says of its quorum, and the metadata log while
 * it is the one that leads. While nobody is known to lead all are asked more often, so that an election is seen at once.
 */
import {
  describeCluster,
  describeQuorum,
  isNotLeader,
  type Quorum,
  type QuorumReplica,
  whoIs,
} from '#labs/kafka/client/cluster.ts'
import type { Connection } from '#labs/kafka/client/connection.ts'
import { KafkaError } from '#labs/kafka/client/errors.ts'
import { fetchView, isOfCluster } from '#labs/kafka/client/metadata-log.ts'
import { isOffset } from '#labs/kafka/client/offset.ts'
import { ZERO_UUID } from '#labs/kafka/codec/uuid.ts'
import type { MetadataRecord } from '#labs/kafka/metadata/records.ts'
import { MAX_FEW } from '#labs/protocol/metadata.ts'
import type { Observation } from '#labs/protocol/observation.ts'
import { Budget } from './budget.ts'
import { Bell } from './clock.ts'
import type { Advance, ClusterLog } from './cluster-log.ts'
import { Gaps } from './gaps.ts'
import { jsonSafe } from './json-safe.ts'
import type { Node } from './node.ts'

type SeenQuorum = Extract<Observation, { type: 'quorum' }>

const ASK_MS = 1_000
/** While nobody leads, or somebody knows of a later epoch. */
const ASK_SOON_MS = 200
/** Between two questions, however often other nodes change their minds. */
const LEAST_PAUSE_MS = 50
const LONG_POLL_MS = 500
/** While records wait to be committed: no request returns for that alone. */
const TAIL_POLL_MS = 50
/** Spreads what comes in quick succession over fewer observations, and bounds what a lying node can cause. */
const FETCH_PAUSE_MS = 10
const MAX_BYTES_PER_MS = 4_096
const RECORDS_PER_OBSERVATION = 500
const CHARS_PER_OBSERVATION = 512 * 1024
/** Of records as JSON, for each node: few bytes on the wire may be many of these. */
const RECORD_CHARS = { perSecond: 1 << 20, burst: 8 << 20 }
/** Beside its data: offset, epoch, timestamp, type, version. */
const CHARS_AROUND_RECORD = 120
/** What it says of its quorum, for each node: an election is less than the burst. */
const QUORUMS = { perSecond: 1, burst: 10 }

/** A node with a new disk is another replica (KIP-853), and the leader remembers the old one for five minutes. */
function onePerNode(replicas: QuorumReplica[]): QuorumReplica[] {
  const found = new Map<number, QuorumReplica>()
  for (const one of replicas) {
    const other = found.get(one.node)
    if (!other || other.lastCaughtUp <= one.lastCaughtUp) found.set(one.node, one)
  }
  return [...found.values()]
}

export class ControllerWatch {
  readonly #node: Node
  readonly #bell: Bell
  readonly #recordChars: Budget
  readonly #quorums: Budget
  readonly #gaps: Gaps
  #log: ClusterLog | undefined
  #id: number | null = null
  /** null: not known yet */
  #leads: boolean | null = null
  /** as the node itself lists them, for as long as no leader has told who votes */
  #controllers: number[] = []

  constructor(node: Node) {
    this.#node = node
    const { clock } = node.room
    this.#bell = new Bell(clock)
    this.#recordChars = new Budget(clock, RECORD_CHARS)
    this.#quorums = new Budget(clock, QUORUMS)
    this.#gaps = new Gaps(node.room)
  }

  /** Others know something new: it is asked at once, not at the next tick. */
  ring(): void {
    this.#bell.ring()
  }

  /** Nothing is heard of it any more: what it said counts no more. */
  forget(): void {
    if (this.#log?.views.forget(this.#node.host)) this.#node.fellows.viewsChanged(this.#log, this.#node.host)
  }

  /** Until the connection ends. @throws ConnectionError, KafkaError, DecodeError */
  async follow(connection: Connection, signal: AbortSignal): Promise<void> {
    this.#log = undefined
    this.#id = null
    this.#leads = null
    try {
      await this.#follow(connection, signal)
    } finally {
      this.forget()
    }
  }

  async #follow(connection: Connection, signal: AbortSignal): Promise<void> {
    const { host, room } = this.#node
    const { clock } = room
    for (let due = clock.now(), epoch = 0; !signal.aborted && connection.alive; ) {
      if (clock.now() >= due) {
        epoch = await this.#ask(connection)
        due = clock.now() + (this.#log?.views.settled ? ASK_MS : ASK_SOON_MS)
      }
      const left = Math.max(0, due - clock.now())
      const log = this.#log
      if (!log || log.isBeingTold || !log.mayRead(host)) {
        if (await this.#bell.wait(left, signal)) due = await this.#soon(signal)
        continue
      }
      const before = clock.now()
      const waitMs = Math.round(Math.min(left, LONG_POLL_MS))
      const advance = await log.advance({ host, connection, epoch }, room.schemas, clock.now, waitMs)
      this.#node.answered()
      if (advance.lacks) this.#gaps.note(`the metadata log of ${host} has more than can be kept`)
      this.#emitRecords(log, advance.records).catch(room.problem)
      if (advance.refused) due = await this.#soon(signal)
      await this.#pause(advance, clock.now() - before, signal)
    }
  }

  async #soon(signal: AbortSignal): Promise<number> {
    await this.#node.room.clock.delay(LEAST_PAUSE_MS, signal)
    return this.#node.room.clock.now()
  }

  async #pause(advance: Advance, took: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#node.room
    // a node that answers nothing at once, instead of when there is something, must not keep us busy
    if (advance.tail || (advance.records.length === 0 && took < TAIL_POLL_MS)) await clock.delay(TAIL_POLL_MS, signal)
    else await clock.delay(Math.max(FETCH_PAUSE_MS, advance.bytes / MAX_BYTES_PER_MS), signal)
  }

  /** What it says of its quorum now. @returns the epoch */
  async #ask(connection: Connection): Promise<number> {
    const node = this.#node
    // who led is asked as a leader first, who did not as one who follows: one question each, most of the time
    let quorum = this.#leads === false ? null : await askQuorum(connection)
    const view = quorum ?? (await fetchView(connection))
    if (!quorum && (view === null || (view.leader !== null && view.leader === this.#id)))
      quorum = await askQuorum(connection)
    let says = quorum ?? view
    this.#leads = quorum !== null
    if (this.#id === null && says !== null) await this.#identify(connection, quorum, says)
    node.spoke()
    node.answered()
    if (!says) return 0
    // one that led when it went down remembers that, and does not lead
    if (!quorum && says.leader === this.#id) says = { ...says, leader: null }
    if (quorum) this.#emitQuorum(quorum)
    else this.#emitView(says)
    this.#tell(quorum, says)
    if (quorum) this.#emitEnds(quorum)
    return says.epoch
  }

  #tell(quorum: Quorum | null, says: { leader: number | null; epoch: number }): void {
    const { host, room, fellows } = this.#node
    const log = this.#log
    if (!log) return
    const voters = quorum?.voters.map((voter) => voter.node) ?? []
    const view = { leader: says.leader, epoch: says.epoch, leads: quorum !== null, voters }
    const changed = log.views.tell(host, view, room.clock.now())
    if (quorum && log.views.leading()?.host === host) log.voters = voters
    if (changed) fellows.viewsChanged(log, host)
  }

  async #identify(
    connection: Connection,
    quorum: Quorum | null,
    says: { leader: number | null; epoch: number },
  ): Promise<void> {
    const node = this.#node
    // Before it has read the log of a leader a controller answers DescribeCluster with an error, and logs one for the
    // learner. After a start it may name a leader all the same: the one that it remembers.
    if (!quorum && ((await this.#recognise(connection)) || says.leader === null)) return
    const cluster = await describeOptionalCluster(connection)
    if (!cluster) return
    this.#log = node.fellows.log(cluster.clusterId)
    this.#controllers = cluster.nodes.map(({ id }) => id)
    // controllers that have not registered yet are named by the quorum alone, and that by its leader alone
    const candidates = [...(quorum?.voters ?? []).map((voter) => voter.node), ...this.#controllers, ...this.#log.voters]
    this.#id = await whoIs(connection, [...new Set(candidates)])
    node.identify(cluster.clusterId, this.#id)
  }

  /** Without a leader it names neither its cluster nor itself, but refuses what is meant for another cluster. */
  async #recognise(connection: Connection): Promise<boolean> {
    for (const log of this.#node.fellows.logs()) {
      if (log.voters.length === 0 || !(await isOfCluster(connection, log.clusterId))) continue
      const id = await whoIs(connection, log.voters)
      if (id === null) continue
      this.#log = log
      this.#id = id
      this.#node.identify(log.clusterId, id)
      return true
    }
    return false
  }

  #emitQuorum({ leader, epoch, voters, observers }: Quorum): void {
    // a static quorum knows no directories
    const member = ({ node, directory }: { node: number; directory: string }) => ({
      node,
      directory: directory === ZERO_UUID ? null : directory,
    })
    this.#emitChangedQuorum({
      leader: leader < 0 ? null : leader,
      epoch,
      voters: voters.map(member),
      observers: observers.map(member),
    })
  }

  /** A sample, of the one alone that leads: what a leader of the past says of the others is of the past. */
  #emitEnds({ leader, voters, observers, highWatermark }: Quorum): void {
    if (this.#log?.views.leading()?.host !== this.#node.host) return
    const caughtUp = voters.find(({ node }) => node === leader)?.lastCaughtUp ?? -1
    this.#node.emitChanged({
      type: 'metadata-log',
      host: this.#node.host,
      highWatermark: isOffset(highWatermark) ? highWatermark : null,
      logStart: this.#log.logStart,
      replicas: onePerNode([...voters, ...observers].slice(0, MAX_FEW)).map(({ node, logEndOffset, lastCaughtUp }) => ({
        node,
        logEndOffset,
        lagMs: lastCaughtUp < 0 || caughtUp < 0 ? null : Math.max(0, caughtUp - lastCaughtUp),
      })),
    })
  }

  /** One that follows tells whom, in which epoch. Who votes is as the leader told last, without their directories. */
  #emitView({ leader, epoch }: { leader: number | null; epoch: number }): void {
    const voters = this.#log?.voters.length ? this.#log.voters : this.#controllers
    this.#emitChangedQuorum({
      leader,
      epoch,
      voters: voters.map((node) => ({ node, directory: null })),
      observers: [],
    })
  }

  /** One that is too soon is left out: it is asked again, and what it says then is told. */
  #emitChangedQuorum({
    voters,
    observers,
    ...says
  }: Pick<SeenQuorum, 'leader' | 'epoch' | 'voters' | 'observers'>): void {
    const { host, knownCluster: clusterId } = this.#node
    if (this.#quorums.waitMs > 0) return
    const sent = this.#node.emitChanged({
      type: 'quorum',
      host,
      clusterId,
      ...says,
      voters: voters.slice(0, MAX_FEW),
      observers: observers.slice(0, Math.max(0, MAX_FEW - voters.length)),
    })
    if (sent) this.#quorums.take(1)
  }

  /** At once where the budget allows it; else bit by bit, and no more is read meanwhile. */
  async #emitRecords(log: ClusterLog, all: MetadataRecord[]): Promise<void> {
    const { host, room, fellows } = this.#node
    const records = all.filter(({ type }) => type !== 'NO_OP_RECORD')
    if (records.length === 0) return
    log.isBeingTold = true
    let hasWaited = false
    try {
      for (const { chunk, chars } of chunks(records)) {
        for (let wait = this.#recordChars.waitMs; wait > 0; wait = this.#recordChars.waitMs) {
          await room.clock.delay(wait, room.signal)
          if (room.signal.aborted) return
          hasWaited = true
        }
        this.#recordChars.take(chars)
        room.emit({ type: 'metadata', host, records: chunk })
      }
    } finally {
      log.isBeingTold = false
    }
    if (hasWaited) this.#bell.ring()
    fellows.topicsChanged()
  }
}

/** As many as one observation is to hold, made one after the other. `chars` as JSON. */
function* chunks(records: MetadataRecord[]): Generator<{ chunk: MetadataRecord[]; chars: number }> {
  let chunk: MetadataRecord[] = []
  let chars = 0
  for (const record of records) {
    const safe = jsonSafe(record.data)
    chunk.push({ ...record, data: safe.data })
    chars += safe.chars + CHARS_AROUND_RECORD
    if (chunk.length < RECORDS_PER_OBSERVATION && chars < CHARS_PER_OBSERVATION) continue
    yield { chunk, chars }
    chunk = []
    chars = 0
  }
  if (chunk.length > 0) yield { chunk, chars }
}

/** @returns null where this node does not lead */
async function askQuorum(connection: Connection): Promise<Quorum | null> {
  try {
    return await describeQuorum(connection)
  } catch (error) {
    if (isNotLeader(error)) return null
    throw error
  }
}

/** null: it knows too little itself yet. */
async function describeOptionalCluster(connection: Connection) {
  try {
    return await describeCluster(connection, 'controllers')
  } catch (error) {
    if (error instanceof KafkaError && error.is('UNSUPPORTED_VERSION')) return null
    throw error
  }
}
