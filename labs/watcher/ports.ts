/** Which listening sockets of a host speak Kafka's protocol, found by asking each once for its API versions. Programs
 *  that cannot be Kafka are left alone: a learner's `nc -l` would end with the first connection. */
import { answersAnybody, listenerKind } from '#labs/kafka/client/cluster.ts'
import { Connection } from '#labs/kafka/client/connection.ts'
import { ConnectionError } from '#labs/kafka/client/errors.ts'
import type { Listener } from '#labs/protocol/observation.ts'
import { Bell, within } from './clock.ts'
import { dialWithin } from './dial.ts'
import type { Socket, Surroundings } from './room.ts'

const SCAN_MS = 500
const SCAN_TIMEOUT_MS = 5_000
/** A port that accepts and says nothing. Kafka itself does so while it starts: its sockets listen before it answers. */
const PROBE_TIMEOUT_MS = 1_000
const SOON_MS = 100
const LATER_MS = 2_000
/** So often a silent port is asked again soon, which covers the start of a node; then rarely. */
const SOON_TIMES = 20
/** A learner can open thousands of ports. */
const MAX_PORTS = 64
const KAFKA_RUNS_AS = 'java'
/** Silent before it is known for a node: its answer is short. */
const MAX_BYTES_UNKNOWN = 64 << 10

type Port = Socket & { kind: 'unknown' | 'other' | Listener['kind']; gone: AbortController }

/** Java shows "all addresses" as one that nobody can dial. */
const WILDCARDS = new Set(['0.0.0.0', '::', '*', ''])
const mayBeKafka = ({ owner }: Socket): boolean => owner === undefined || owner === null || owner === KAFKA_RUNS_AS
const dialable = (address: string): string => (WILDCARDS.has(address) ? '127.0.0.1' : address)

export class Ports {
  readonly #host: string
  readonly #room: Surroundings
  readonly #changed: () => void
  readonly #bell: Bell
  readonly #ports = new Map<string, Port>()

  constructor(host: string, room: Surroundings, changed: () => void) {
    this.#host = host
    this.#room = room
    this.#changed = changed
    this.#bell = new Bell(room.clock)
  }

  /** Those recognised so far, in order of port. */
  listeners(): Listener[] {
    return [...this.#ports.values()]
      .flatMap(({ address, port, kind }) =>
        kind === 'broker' || kind === 'controller' ? [{ address, port, kind }] : [],
      )
      .sort((a, b) => a.port - b.port || a.address.localeCompare(b.address))
  }

  /** Looks at once instead of at the next tick. */
  scanNow(): void {
    this.#bell.ring()
  }

  async connect(
    listener: Socket,
    timeoutMs: number,
    options: { timeoutMs?: number; maxResponseBytes?: number } = {},
  ): Promise<Connection> {
    const to = { host: this.#host, address: dialable(listener.address), port: listener.port }
    const stream = await dialWithin(this.#room, to, timeoutMs)
    return new Connection(stream, { schemas: this.#room.schemas, ...options })
  }

  async run(): Promise<void> {
    const { signal, sockets } = this.#room
    while (!signal.aborted) {
      try {
        this.#update(await within(SCAN_TIMEOUT_MS, `the sockets of ${this.#host}`, sockets(this.#host)))
      } catch {
        // the host is being restarted or too busy: what was known stays until it can be asked
        await this.#room.clock.delay(SCAN_MS, signal)
      }
      await this.#bell.wait(SCAN_MS, signal)
    }
    for (const port of this.#ports.values()) port.gone.abort()
  }

  #update(found: Socket[]): void {
    const asked = found.filter(mayBeKafka).slice(0, MAX_PORTS)
    const open = new Map(asked.map((socket) => [`${socket.address} ${socket.port}`, socket]))
    let changed = false
    for (const [key, port] of this.#ports) {
      if (open.has(key)) continue
      port.gone.abort()
      this.#ports.delete(key)
      changed ||= port.kind === 'broker' || port.kind === 'controller'
    }
    for (const [key, socket] of open) {
      if (this.#ports.has(key)) continue
      const port: Port = { ...socket, kind: 'unknown', gone: new AbortController() }
      this.#ports.set(key, port)
      this.#recognise(port).catch(this.#room.problem)
    }
    if (changed) this.#changed()
  }

  async #recognise(port: Port): Promise<void> {
    const { signal } = port.gone
    for (let asked = 1; !signal.aborted; asked++) {
      const kind = await this.#ask(port)
      if (signal.aborted) return
      if (kind !== 'silent') {
        port.kind = kind
        if (kind !== 'other') this.#changed()
        return
      }
      await this.#room.clock.delay(asked <= SOON_TIMES ? SOON_MS : LATER_MS, signal)
    }
  }

  async #ask(port: Port): Promise<Listener['kind'] | 'other' | 'silent'> {
    let connection: Connection | undefined
    const hangUp = (): void => connection?.close()
    port.gone.signal.addEventListener('abort', hangUp)
    try {
      connection = await this.connect(port, PROBE_TIMEOUT_MS, { maxResponseBytes: MAX_BYTES_UNKNOWN })
      const kind = (await listenerKind(connection, PROBE_TIMEOUT_MS)) ?? 'other'
      return kind === 'broker' && !(await answersAnybody(connection, PROBE_TIMEOUT_MS)) ? 'other' : kind
    } catch (error) {
      // bytes that are not Kafka's will not become so; silence and a closed door may
      return error instanceof ConnectionError && (error.kind === 'timeout' || error.kind === 'closed')
        ? 'silent'
        : error instanceof ConnectionError
          ? 'other'
          : 'silent'
    } finally {
      port.gone.signal.removeEventListener('abort', hangUp)
      connection?.close()
    }
  }
}
