/** One server of ZooKeeper: whether it answers, and what Kafka keeps there of who leads and who lives. */

import { ZooKeeperClient } from '#labs/kafka/zookeeper/client.ts'
import { readKafkaState } from '#labs/kafka/zookeeper/kafka-state.ts'
import type { Observation } from '#labs/protocol/observation.ts'
import { Backoff } from './clock.ts'
import { dialWithin } from './dial.ts'
import type { Surroundings } from './room.ts'

/** ZooKeeper is asked five things each time, and answers each in a fraction of a millisecond. */
const ASK_MS = 300
/** While both are written, the NoOps of the metadata log alone raise an offset in ZooKeeper twice a second. */
const OFFSET_MS = 1_000
const CONNECT_TIMEOUT_MS = 1_000
/** Of one that hangs it is told then that it is down. */
const ANSWER_TIMEOUT_MS = 2_200
/** The least that a server grants by default, two of its ticks, is less. */
const SESSION_MS = 10_000
const PORT = 2181

export class ZooKeeperWatch {
  #isUp = false
  #clusterId: string | null = null
  /** what was told last, and the same without how far ZooKeeper is written */
  #sent = ''
  #sentBesides = ''
  #sentAt = 0

  /** @param decides called with the id of the cluster, and whether its /controller is held by a broker, not by a quorum */
  constructor(
    readonly host: string,
    private readonly room: Surroundings,
    private readonly decides: (clusterId: string, broker: boolean) => void,
  ) {}

  async run(): Promise<void> {
    const { clock, signal } = this.room
    const backoff = new Backoff()
    while (!signal.aborted) {
      try {
        await this.#follow(() => backoff.reset())
      } catch (error) {
        this.#down(error instanceof Error ? error.message : String(error))
      }
      await clock.delay(backoff.next(), signal)
    }
  }

  async #follow(connected: () => void): Promise<void> {
    const { clock, signal } = this.room
    const client = await this.#connect()
    const hangUp = (): void => client.close()
    signal.addEventListener('abort', hangUp, { once: true })
    try {
      connected()
      while (!signal.aborted) {
        this.#tell(await readKafkaState(client))
        await clock.delay(ASK_MS, signal)
      }
    } finally {
      signal.removeEventListener('abort', hangUp)
      client.close()
    }
  }

  async #connect(): Promise<ZooKeeperClient> {
    const to = { host: this.host, address: '127.0.0.1', port: PORT }
    const stream = await dialWithin(this.room, to, CONNECT_TIMEOUT_MS)
    return ZooKeeperClient.connect(stream, { sessionMs: SESSION_MS, timeoutMs: ANSWER_TIMEOUT_MS })
  }

  #tell({ clusterId, ...state }: Awaited<ReturnType<typeof readKafkaState>>): void {
    const { emit, clock } = this.room
    if (!this.#isUp || clusterId !== this.#clusterId) {
      const listeners = [{ address: '127.0.0.1', port: PORT, kind: 'zookeeper' as const }]
      emit({ type: 'node-up', host: this.host, node: null, clusterId, listeners })
      this.#isUp = true
      this.#clusterId = clusterId
    }
    if (clusterId !== null && state.controller) this.decides(clusterId, state.controller.kraftEpoch === null)
    const seen: Observation = { type: 'zookeeper', host: this.host, ...state }
    const text = JSON.stringify(seen)
    const besides = JSON.stringify({ ...seen, migration: null })
    const now = clock.now()
    if (text === this.#sent || (besides === this.#sentBesides && now - this.#sentAt < OFFSET_MS)) return
    this.#sent = text
    this.#sentBesides = besides
    this.#sentAt = now
    emit(seen)
  }

  #down(why: string): void {
    if (!this.#isUp || this.room.signal.aborted) return
    this.#isUp = false
    this.#sent = ''
    this.#sentBesides = ''
    this.room.emit({ type: 'node-down', host: this.host, why })
  }
}
