/**
 * One host and the Kafka node on it. Two connections at most: one to its controller listener, for the long poll of the
 * metadata log with the quorum asked in between, one to its broker listener for the rest. Each has its own loop, so
 * that a node which is slow, paused or lying delays nothing but itself.
 */
import {
  describeCluster,
  describeQuorum,
  isNotLeader,
  type Quorum,
  type View,
  whoIs,
} from '#labs/kafka/client/cluster.ts'
import type { Connection } from '#labs/kafka/client/connection.ts'
import { ConnectionError, KafkaError } from '#labs/kafka/client/errors.ts'
import { fetchMetadata } from '#labs/kafka/client/metadata-log.ts'
import { LATEST, listOffsets } from '#labs/kafka/client/topics.ts'
import { DecodeError } from '#labs/kafka/codec/errors.ts'
import { ZERO_UUID } from '#labs/kafka/codec/uuid.ts'
import type { MetadataRecord } from '#labs/kafka/log/metadata.ts'
import type { Listener, Observation } from '#labs/protocol/observation.ts'
import { Backoff, Bell } from './clock.ts'
import type { Advance, ClusterLog } from './cluster-log.ts'
import { jsonSafe } from './json-safe.ts'
import { Ports } from './ports.ts'
import type { Surroundings } from './room.ts'

const SAMPLE_MS = 1_000
const CONNECT_TIMEOUT_MS = 1_000
/** Between two answers of a node that is well lies a second at most; a busy machine may hold one up. */
const SILENT_MS = 5_000
/** Between two samples, however often topics change. */
const LEAST_PAUSE_MS = 100
/** A node that shuts down closes its listeners one after the other: that is one event, not two. */
const SHRINK_MS = 1_500
/** While records wait to be committed: no request returns for that alone. */
const TAIL_POLL_MS = 50
/** Spreads what comes in quick succession over fewer observations, and bounds what a lying node can cause. */
const FETCH_PAUSE_MS = 10
const MAX_BYTES_PER_MS = 4_096
const RECORDS_PER_OBSERVATION = 500
const MAX_SAMPLED_PARTITIONS = 1_000

/** What one node needs of the room's other nodes. */
export type Fellows = {
  /** The log of this cluster; `from` is the one that the host belonged to before. */
  log(clusterId: string): ClusterLog
  moved(): void
  /** a broker can be asked now, or no more: results of needs may differ */
  news(): void
  /** so may they, and the ends of logs */
  topicsChanged(): void
}

type Up = Extract<Observation, { type: 'node-up' }>

export class NodeWatch {
  readonly host: string
  readonly #room: Surroundings
  readonly #fellows: Fellows
  readonly #ports: Ports
  readonly #sent = new Map<string, string>()
  #tasks = new Map<string, AbortController>()
  #up: Up | undefined
  #heard = 0
  #shrinking = false
  #broker: Connection | undefined
  readonly #brokerBell: Bell
  #node: number | null = null
  #clusterId: string | null = null
  /** what clusterId and node say is of the process that is there now, not of the one before */
  #identified = false
  /** its controller has answered as one does, though perhaps not said who it is: nobody leads yet */
  #spoke = false
  readonly #running = new Set<Promise<void>>()

  constructor(host: string, room: Surroundings, fellows: Fellows) {
    this.host = host
    this.#room = room
    this.#fellows = fellows
    this.#brokerBell = new Bell(room.clock)
    this.#ports = new Ports(host, room, () => this.#listenersChanged())
  }

  get node(): number | null {
    return this.#node
  }
  get clusterId(): string | null {
    return this.#clusterId
  }
  /** The connection for questions to the broker here; undefined while there is none. */
  get broker(): Connection | undefined {
    return this.#broker?.alive ? this.#broker : undefined
  }
  get log(): ClusterLog | undefined {
    return this.#clusterId === null ? undefined : this.#fellows.log(this.#clusterId)
  }

  /** Topics changed: samples the ends of their logs soon, not at the next tick. */
  ring(): void {
    this.#brokerBell.ring()
  }

  async run(): Promise<void> {
    await this.#ports.run()
    for (const task of this.#tasks.values()) task.abort()
    await Promise.all(this.#running)
  }

  #background(work: Promise<void>): void {
    const guarded = work.catch(this.#room.problem)
    this.#running.add(guarded)
    void guarded.then(() => this.#running.delete(guarded))
  }

  /** Sends an observation unless it says what the last of its kind said. */
  #emitChanged(observation: Observation): void {
    const text = JSON.stringify(observation)
    if (this.#sent.get(observation.type) === text) return
    this.#sent.set(observation.type, text)
    this.#room.emit(observation)
  }

  // --- up and down

  #listenersChanged(): void {
    const listeners = this.#ports.listeners()
    // one of each kind is enough; a task lives as long as its listener
    const wanted = new Map<string, Listener>()
    for (const kind of ['controller', 'broker'] as const) {
      const listener = listeners.find((candidate) => candidate.kind === kind)
      if (listener) wanted.set(`${kind} ${listener.address} ${listener.port}`, listener)
    }
    for (const [key, task] of this.#tasks)
      if (!wanted.has(key)) {
        task.abort()
        this.#tasks.delete(key)
      }
    for (const [key, listener] of wanted)
      if (!this.#tasks.has(key)) {
        const task = new AbortController()
        this.#tasks.set(key, task)
        this.#background(this.#keep(listener, task.signal))
      }
    if (listeners.length === 0) {
      this.#identified = false
      this.#spoke = false
      this.#node = null
      this.#down('nothing of Kafka listens there any more')
    } else if (listeners.length < (this.#up?.listeners.length ?? 0)) this.#announceShrunk()
    else this.#announce()
  }

  #announceShrunk(): void {
    if (this.#shrinking) return
    this.#shrinking = true
    const later = async (): Promise<void> => {
      await this.#room.clock.delay(SHRINK_MS, this.#room.signal)
      this.#shrinking = false
      if (this.#up) this.#announce()
    }
    this.#background(later())
  }

  #announce(): void {
    const listeners = this.#ports.listeners()
    if (!(this.#identified || this.#spoke) || listeners.length === 0 || this.#room.signal.aborted) return
    if (this.#shrinking && listeners.length < (this.#up?.listeners.length ?? 0)) return
    const [node, clusterId] = this.#identified ? [this.#node, this.#clusterId] : [null, null]
    const up: Up = { type: 'node-up', host: this.host, node, clusterId, listeners }
    if (this.#up && JSON.stringify(this.#up) === JSON.stringify(up)) return
    this.#up = up
    this.#room.emit(up)
  }

  #down(why: string): void {
    if (!this.#up || this.#room.signal.aborted) return
    this.#up = undefined
    this.#sent.clear()
    this.log?.release(this.host)
    this.#room.emit({ type: 'node-down', host: this.host, why })
    this.#fellows.news()
  }

  #answered(): void {
    this.#heard = this.#room.clock.now()
    if (!this.#up) this.#announce()
  }

  #identify(clusterId: string, node: number | null): void {
    const moved = this.#clusterId !== null && this.#clusterId !== clusterId
    if (moved) this.#sent.clear()
    this.#clusterId = clusterId
    this.#node = node ?? (moved ? null : this.#node)
    this.#identified = true
    this.#heard = this.#room.clock.now()
    this.#announce()
    if (moved) this.#fellows.moved()
  }

  // --- connections

  /** Connects to a listener again and again while it is there. */
  async #keep(listener: Listener, signal: AbortSignal): Promise<void> {
    const backoff = new Backoff()
    this.#heard = this.#room.clock.now()
    while (!signal.aborted) {
      let connection: Connection | undefined
      try {
        connection = await this.#ports.connect(listener, CONNECT_TIMEOUT_MS)
        const live = connection
        const hangUp = (): void => live.close()
        signal.addEventListener('abort', hangUp, { once: true })
        if (signal.aborted) hangUp()
        try {
          if (listener.kind === 'controller') await this.#followController(live, signal, backoff)
          else await this.#followBroker(live, signal, backoff)
        } finally {
          signal.removeEventListener('abort', hangUp)
        }
      } catch (error) {
        this.#failed(error)
      } finally {
        connection?.close()
        if (listener.kind === 'controller') this.log?.release(this.host)
      }
      if (signal.aborted) break
      this.#ports.scanNow()
      await this.#room.clock.delay(backoff.next(), signal)
    }
  }

  #failed(error: unknown): void {
    const expected =
      error instanceof ConnectionError ||
      error instanceof KafkaError ||
      error instanceof DecodeError ||
      // what dial and within reject with
      (error instanceof Error && error.constructor === Error) ||
      (error as NodeJS.ErrnoException)?.code !== undefined
    if (!expected) this.#room.problem(error)
    if (this.#room.clock.now() - this.#heard < SILENT_MS) return
    this.#down(error instanceof Error ? error.message : String(error))
  }

  // --- controller: the quorum and the metadata log

  async #followController(connection: Connection, signal: AbortSignal, backoff: Backoff): Promise<void> {
    const { clock } = this.#room
    let log: ClusterLog | undefined
    let voters: number[] = []
    let node: number | null = null
    let epoch: number | null = null
    for (let due = clock.now(); !signal.aborted && connection.alive; ) {
      if (clock.now() >= due) {
        due = clock.now() + SAMPLE_MS
        const quorum = await this.#askQuorum(connection)
        const view = quorum ?? (await this.#askView(connection))
        // Before it knows of a leader a controller answers DescribeCluster with an error, and logs one for the learner.
        if (node === null && view !== null && view.leader !== null) {
          const cluster = await describeCluster(connection, 'controllers')
          log = this.#fellows.log(cluster.clusterId)
          // controllers that have not registered yet are named by the quorum alone, and that by its leader alone
          voters = quorum ? quorum.voters.map((voter) => voter.node) : cluster.nodes.map(({ id }) => id)
          node = await whoIs(connection, voters)
          this.#identify(cluster.clusterId, node)
        }
        this.#spoke = true
        this.#answered()
        if (quorum) this.#emitQuorum(quorum)
        else if (view) this.#emitView(view, voters)
        epoch = quorum?.epoch ?? null
        backoff.reset()
      }
      const left = Math.max(0, due - clock.now())
      if (epoch === null || !log?.claim(this.host, epoch)) {
        await clock.delay(left, signal)
        continue
      }
      const before = clock.now()
      const advance = await log.advance(
        connection,
        this.#room.schemas,
        epoch,
        Math.round(Math.min(left, SAMPLE_MS / 2)),
      )
      this.#answered()
      if (advance.refused) due = clock.now()
      this.#emitRecords(advance.records)
      await this.#pause(advance, clock.now() - before, signal)
    }
  }

  async #pause(advance: Advance, took: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#room
    if (advance.tail) await clock.delay(TAIL_POLL_MS, signal)
    // a node that answers nothing at once, instead of when there is something, must not keep us busy
    else if (advance.records.length === 0 && took < TAIL_POLL_MS) await clock.delay(TAIL_POLL_MS, signal)
    else await clock.delay(Math.max(FETCH_PAUSE_MS, advance.bytes / MAX_BYTES_PER_MS), signal)
  }

  /** @returns null where this node does not lead */
  async #askQuorum(connection: Connection): Promise<Quorum | null> {
    try {
      return await describeQuorum(connection)
    } catch (error) {
      if (isNotLeader(error)) return null
      throw error
    }
  }

  #emitQuorum(quorum: Quorum): void {
    const { leader, epoch, voters, observers, highWatermark } = quorum
    // a static quorum knows no directories
    const member = ({ node, directory }: { node: number; directory: string }) => ({
      node,
      directory: directory === ZERO_UUID ? null : directory,
    })
    this.#emitChanged({
      type: 'quorum',
      host: this.host,
      clusterId: this.#clusterId,
      leader: leader < 0 ? null : leader,
      epoch,
      voters: voters.map(member),
      observers: observers.map(member),
    })
    const caughtUp = voters.find(({ node }) => node === leader)?.lastCaughtUp ?? -1
    this.#emitChanged({
      type: 'metadata-log',
      host: this.host,
      highWatermark: highWatermark < 0 ? null : highWatermark,
      replicas: [...voters, ...observers].map(({ node, logEndOffset, lastCaughtUp }) => ({
        node,
        logEndOffset,
        lagMs: lastCaughtUp < 0 || caughtUp < 0 ? null : Math.max(0, caughtUp - lastCaughtUp),
      })),
    })
  }

  /** A node that does not lead has a view all the same: whom it follows, in which epoch. null: it leads after all. */
  async #askView(connection: Connection): Promise<View | null> {
    const asked = await fetchMetadata(connection, { leaderEpoch: 1, offset: 0, lastFetchedEpoch: 0 }, 0, 1)
    return asked.kind === 'refused' ? asked.view : null
  }

  #emitView({ leader, epoch }: View, voters: number[]): void {
    this.#emitChanged({
      type: 'quorum',
      host: this.host,
      clusterId: this.#identified ? this.#clusterId : null,
      leader,
      epoch,
      voters: voters.map((node) => ({ node, directory: null })),
      observers: [],
    })
  }

  #emitRecords(all: MetadataRecord[]): void {
    const records = all.filter(({ type }) => type !== 'NO_OP_RECORD')
    for (let at = 0; at < records.length; at += RECORDS_PER_OBSERVATION)
      this.#room.emit({
        type: 'metadata',
        host: this.host,
        records: records.slice(at, at + RECORDS_PER_OBSERVATION).map((record) => ({
          ...record,
          data: jsonSafe(record.data),
        })),
      })
    if (records.length > 0) this.#fellows.topicsChanged()
  }

  // --- broker

  async #followBroker(connection: Connection, signal: AbortSignal, backoff: Backoff): Promise<void> {
    void connection.closed.then(() => this.#brokerBell.ring())
    const cluster = await describeCluster(connection, 'brokers')
    let node: number | null = null
    try {
      while (!signal.aborted && connection.alive) {
        if (node === null) {
          const known = this.#fellows.log(cluster.clusterId).projection.brokers()
          node = await whoIs(connection, [...new Set([...cluster.nodes.map(({ id }) => id), ...known])])
          this.#identify(cluster.clusterId, node)
        }
        if (!this.#broker?.alive) {
          this.#broker = connection
          this.#fellows.news()
        }
        await this.#sampleLogEnds(connection, node)
        this.#answered()
        backoff.reset()
        await this.#room.clock.delay(LEAST_PAUSE_MS, signal)
        await this.#brokerBell.wait(SAMPLE_MS - LEAST_PAUSE_MS, signal)
      }
    } finally {
      if (this.#broker === connection) this.#broker = undefined
      this.#fellows.news()
    }
  }

  async #sampleLogEnds(connection: Connection, node: number | null): Promise<void> {
    const led = (this.log?.projection.topics() ?? [])
      .flatMap((topic) =>
        [...topic.leaders]
          .filter(([, leader]) => leader === node)
          .map(([partition]) => ({ topic: topic.name, partition })),
      )
      .slice(0, MAX_SAMPLED_PARTITIONS)
    const ends = await listOffsets(connection, led, LATEST)
    const partitions = ends
      .filter(({ error }) => error === 0)
      .map(({ topic, partition, offset }) => ({ topic, partition, end: offset }))
      .sort((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition)
    // none at all is news only where there were some
    if (partitions.length > 0 || this.#sent.has('log-ends'))
      this.#emitChanged({ type: 'log-ends', host: this.host, partitions })
  }
}
