/**
 * One host and the Kafka node on it. Two connections at most: one to its controller listener and one to its broker
 * listener, each with a loop of its own, so that a node which is slow, paused or lying delays nothing but itself.
 */
import type { Connection } from '#labs/kafka/client/connection.ts'
import { KafkaError } from '#labs/kafka/client/errors.ts'
import type { Listener, Observation } from '#labs/protocol/observation.ts'
import { isOutside } from './ask.ts'
import { BrokerWatch } from './broker-watch.ts'
import { Backoff } from './clock.ts'
import type { ClusterLog } from './cluster-log.ts'
import { ControllerWatch } from './controller-watch.ts'
import type { Fellows, Node } from './node.ts'
import { Ports } from './ports.ts'
import type { Surroundings } from './room.ts'

const CONNECT_TIMEOUT_MS = 1_000
/** A node that hangs is told to be down long before: so that one that goes on is heard at once. */
const REQUEST_TIMEOUT_MS = 5_000
/** It is asked once a second: then it has not answered for 1.2 s. */
const SILENT_MS = 2_200
const LISTEN_MS = 100
/** A connection that lasted for less was none: the next is tried later and later. */
const LASTING_MS = 2_000
/** A node that shuts down closes its listeners one after the other: that is one event, not two. */
const SHRINK_MS = 1_500

type Up = Extract<Observation, { type: 'node-up' }>

export class NodeWatch implements Node {
  readonly host: string
  readonly room: Surroundings
  readonly fellows: Fellows
  readonly #ports: Ports
  readonly #controller: ControllerWatch
  readonly #broker: BrokerWatch
  readonly #sent = new Map<string, string>()
  #tasks = new Map<string, AbortController>()
  #up: Up | undefined
  #heard = 0
  #shrinking = false
  #id: number | null = null
  #clusterId: string | null = null
  /** what clusterId and id say is of the process that is there now, not of the one before */
  #identified = false
  /** its controller has answered as one does, though perhaps not said who it is: nobody leads yet */
  #spoke = false
  readonly #running = new Set<Promise<void>>()

  constructor(host: string, room: Surroundings, fellows: Fellows) {
    this.host = host
    this.room = room
    this.fellows = fellows
    this.#controller = new ControllerWatch(this)
    this.#broker = new BrokerWatch(this)
    this.#ports = new Ports(host, room, () => this.#listenersChanged())
  }

  /** its node id */
  get id(): number | null {
    return this.#id
  }
  get clusterId(): string | null {
    return this.#clusterId
  }
  get knownCluster(): string | null {
    return this.#identified ? this.#clusterId : null
  }
  /** The connection for questions to the broker here; undefined while there is none that answers. */
  get broker(): Connection | undefined {
    return this.#up ? this.#broker.connection : undefined
  }
  get log(): ClusterLog | undefined {
    return this.#clusterId === null ? undefined : this.fellows.log(this.#clusterId)
  }

  ringController(): void {
    this.#controller.ring()
  }
  ringBroker(): void {
    this.#broker.ring()
  }

  async run(): Promise<void> {
    this.#background(this.#listen())
    await this.#ports.run()
    for (const task of this.#tasks.values()) task.abort()
    await Promise.all(this.#running)
  }

  #background(work: Promise<void>): void {
    const guarded = work.catch(this.room.problem)
    this.#running.add(guarded)
    void guarded.then(() => this.#running.delete(guarded))
  }

  emitChanged(observation: Observation): boolean {
    const text = JSON.stringify(observation)
    if (this.#sent.get(observation.type) === text) return false
    this.#sent.set(observation.type, text)
    this.room.emit(observation)
    return true
  }

  hasSent(type: Observation['type']): boolean {
    return this.#sent.has(type)
  }

  // --- up and down

  #listenersChanged(): void {
    const listeners = this.#ports.listeners()
    // one of each kind is enough; a task lives as long as its listener
    const wanted = new Map<string, Listener>()
    for (const kind of ['controller', 'broker'] as const) {
      const ofKind = listeners.filter((candidate) => candidate.kind === kind)
      // the one that is followed already, rather than one that came since
      const listener = ofKind.find((candidate) => this.#tasks.has(keyOf(candidate))) ?? ofKind[0]
      if (listener) wanted.set(keyOf(listener), listener)
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
      this.#id = null
      this.#down('nothing of Kafka listens there any more')
    } else if (listeners.length < (this.#up?.listeners.length ?? 0)) this.#announceShrunk()
    else this.#announce()
  }

  #announceShrunk(): void {
    if (this.#shrinking) return
    this.#shrinking = true
    const later = async (): Promise<void> => {
      await this.room.clock.delay(SHRINK_MS, this.room.signal)
      this.#shrinking = false
      if (this.#up) this.#announce()
    }
    this.#background(later())
  }

  #announce(): void {
    const listeners = this.#ports.listeners()
    if (!(this.#identified || this.#spoke) || listeners.length === 0 || this.room.signal.aborted) return
    if (this.#shrinking && listeners.length < (this.#up?.listeners.length ?? 0)) return
    const [node, clusterId] = this.#identified ? [this.#id, this.#clusterId] : [null, null]
    const up: Up = { type: 'node-up', host: this.host, node, clusterId, listeners }
    if (this.#up && JSON.stringify(this.#up) === JSON.stringify(up)) return
    this.#up = up
    this.room.emit(up)
    this.fellows.news()
  }

  #down(why: string): void {
    if (!this.#up || this.room.signal.aborted) return
    this.#up = undefined
    this.#sent.clear()
    this.#controller.forget()
    this.room.emit({ type: 'node-down', host: this.host, why })
    this.fellows.news()
  }

  /** Says that it is down when nothing has been heard for long; the connections wait on. */
  async #listen(): Promise<void> {
    const { clock, signal } = this.room
    for (let last = clock.now(); !signal.aborted; ) {
      await clock.delay(LISTEN_MS, signal)
      const now = clock.now()
      // a machine that is too busy to run this may be too busy to run the node
      const late = now - last - 2 * LISTEN_MS
      if (late > 0) this.#heard = Math.min(now, this.#heard + late)
      last = now
      if (now - this.#heard > SILENT_MS) this.#down(`no answer for ${((now - this.#heard) / 1_000).toFixed(1)} s`)
    }
  }

  answered(): void {
    this.#heard = this.room.clock.now()
    if (!this.#up) this.#announce()
  }

  spoke(): void {
    this.#spoke = true
  }

  identify(clusterId: string, node: number | null): void {
    const moved = this.#clusterId !== null && this.#clusterId !== clusterId
    if (moved) this.#sent.clear()
    this.#clusterId = clusterId
    this.#id = node ?? (moved ? null : this.#id)
    this.#identified = true
    this.#heard = this.room.clock.now()
    this.#announce()
    if (moved) this.fellows.moved()
  }

  // --- connections

  /** Connects to a listener again and again while it is there. */
  async #keep(listener: Listener, signal: AbortSignal): Promise<void> {
    const { clock } = this.room
    const backoff = new Backoff()
    this.#heard = clock.now()
    while (!signal.aborted) {
      const began = clock.now()
      try {
        await this.#connected(listener, signal)
      } catch (error) {
        this.#failed(error)
      }
      if (signal.aborted) break
      if (clock.now() - began > LASTING_MS) backoff.reset()
      this.#ports.scanNow()
      await clock.delay(backoff.next(), signal)
    }
  }

  async #connected(listener: Listener, signal: AbortSignal): Promise<void> {
    const connection = await this.#ports.connect(listener, CONNECT_TIMEOUT_MS, { timeoutMs: REQUEST_TIMEOUT_MS })
    const hangUp = (): void => connection.close()
    signal.addEventListener('abort', hangUp, { once: true })
    if (signal.aborted) hangUp()
    try {
      await (listener.kind === 'controller' ? this.#controller : this.#broker).follow(connection, signal)
    } finally {
      signal.removeEventListener('abort', hangUp)
      connection.close()
    }
  }

  #failed(error: unknown): void {
    // an error is an answer too
    if (error instanceof KafkaError) this.#heard = this.room.clock.now()
    if (!isOutside(error)) this.room.problem(error)
  }
}

const keyOf = ({ kind, address, port }: Listener): string => `${kind} ${address} ${port}`
