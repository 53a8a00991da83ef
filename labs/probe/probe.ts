/**
 * Measures what a client of the cluster would notice: writes with acks=all, reads, and asks the active controller, all
 * the time, and tells when one of these stopped and began to work again. Remembers what was acknowledged and looks
 * whether it is still there.
 */
import { randomBytes } from 'node:crypto'
import type { Schemas } from '#labs/kafka/codec/schemas.ts'
import type { Observation, PROBE_KINDS } from '#labs/protocol/observation.ts'
import { type Broker, Brokers, type Dial } from './brokers.ts'
import { ControllerLoop } from './controller-loop.ts'
import { LeaderLoop } from './leader-loop.ts'
import { Leadership } from './leadership.ts'
import { Ledger } from './ledger.ts'
import { type MeterClock, OutageMeter, TICK_MS } from './outage.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

export type ProbeOptions = {
  /** the lab's name for the cluster */
  cluster: string
  brokers: Broker[]
  dial: Dial
  schemas: Schemas
  emit(observation: Observation): void
  /** A mistake of ours; stderr where left out. */
  problem?(error: unknown): void
}

const NONCE_BYTES = 9
const SAMPLE_MS = 1_000
const LOG_MS = 1_000
const CLOCK: MeterClock = { mono: () => performance.now(), wall: () => Date.now() }

export class Probe {
  readonly #cluster: string
  readonly #emit: ProbeOptions['emit']
  readonly #stop = new AbortController()
  readonly #brokers: Brokers
  readonly #meters: Record<(typeof PROBE_KINDS)[number], OutageMeter>
  #ledger!: Ledger
  #writer!: Writer
  #reader!: Reader
  /** all three have succeeded: before that a cluster is starting, and nothing is out */
  #hasWorked = false
  #readBackAt: number | null = null
  #sampled = ''

  /** Begins at once. */
  constructor(options: ProbeOptions) {
    const { cluster, brokers, dial, schemas, emit, problem = logSeldom() } = options
    this.#cluster = cluster
    this.#emit = emit
    this.#brokers = new Brokers(brokers, dial, schemas)
    this.#meters = { write: this.#meter('write'), read: this.#meter('read'), metadata: this.#meter('metadata') }
    this.#begin()
    const leadership = new Leadership(this.#brokers, {
      changed: (leader) => {
        for (const loop of loops) loop.moved(leader)
        this.#reader.rewind()
      },
      newTopic: () => this.#ledger.beginAnew(),
      newCluster: () => this.#begin(),
    })
    const parts = { brokers: this.#brokers, leadership, problem }
    const loops = [
      new LeaderLoop({
        ...parts,
        name: 'write',
        meter: this.#meters.write,
        attempt: (connection, leader) => this.#writer.write(connection, leader),
      }),
      new LeaderLoop({
        ...parts,
        name: 'read',
        meter: this.#meters.read,
        attempt: (connection, leader) => this.#reader.read(connection, leader),
      }),
    ]
    const controller = new ControllerLoop({ brokers: this.#brokers, meter: this.#meters.metadata, problem })
    for (const part of [leadership, ...loops, controller]) part.run(this.#stop.signal).catch(problem)
    const timers = [setInterval(() => this.#tick(), TICK_MS), setInterval(() => this.#sample(), SAMPLE_MS)]
    this.#stop.signal.addEventListener('abort', () => timers.forEach(clearInterval))
  }

  /** Where the watcher has recognised a node's listeners. */
  seen(observation: Observation): void {
    if (observation.type !== 'node-up') return
    const { host, listeners } = observation
    const ports = listeners.filter(({ kind }) => kind === 'broker').map(({ port }) => port)
    this.#brokers.seen(host, ports)
  }

  close(): void {
    this.#stop.abort()
    this.#brokers.close()
  }

  /** With nothing written yet. */
  #begin(): void {
    this.#ledger = new Ledger(randomBytes(NONCE_BYTES).toString('base64url'), { former: this.#ledger })
    this.#writer = new Writer(this.#ledger)
    this.#readBackAt = null
    this.#reader = new Reader(this.#ledger, () => {
      this.#readBackAt = Date.now()
      this.#sample()
    })
  }

  #meter(kind: (typeof PROBE_KINDS)[number]): OutageMeter {
    return new OutageMeter(CLOCK, (outage) => {
      // the last sample may be a second old: what was acknowledged before the outage is told before it
      if (outage.to === null) this.#sample()
      this.#emit({ type: 'outage', cluster: this.#cluster, kind, ...outage })
      if (outage.to !== null) this.#reader.rewind()
    })
  }

  #tick(): void {
    const meters = Object.values(this.#meters)
    this.#hasWorked ||= meters.every(({ worked }) => worked)
    if (this.#hasWorked) for (const meter of meters) meter.tick()
  }

  #sample(): void {
    const sample: Observation = {
      type: 'probe',
      cluster: this.#cluster,
      ...this.#ledger.sample(),
      readBackAt: this.#readBackAt,
    }
    const text = JSON.stringify(sample)
    if (text === this.#sampled || !this.#hasWorked) return
    this.#sampled = text
    this.#emit(sample)
  }
}

/** To stderr, not more often than once a second: what fails is tried again at once. */
function logSeldom(): (error: unknown) => void {
  let last = Number.NEGATIVE_INFINITY
  return (error) => {
    const now = performance.now()
    if (now - last < LOG_MS) return
    last = now
    console.error('probe:', error)
  }
}
