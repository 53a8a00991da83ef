/** The brokers that a lab declared, and connections to them. Addresses that brokers name are never followed. */
import type { Duplex } from 'node:stream'
import { Connection } from '#labs/kafka/client/connection.ts'
import { ConnectionError } from '#labs/kafka/client/errors.ts'
import type { Schemas } from '#labs/kafka/codec/schemas.ts'
import { message } from './pace.ts'

export type Broker = { id: number; host: string }
/** Connects from the probe's own network namespace to a host's address in the room. */
export type Dial = (host: string, port: number) => Promise<Duplex>

/** From the first packet to the first answer. Soon tried again: a lost first packet is repeated only after a second. */
const CONNECT_LIMIT_MS = 500
/** One connection is two small processes to start: so often at most for each broker that does not answer, or hangs up. */
const REDIAL_MS = 200
/** A connection that the other side ended before that was none. */
const LASTING_MS = 1_000
/** Nothing here asks for more than 256 KiB, and one record beyond. */
const MAX_RESPONSE_BYTES = 2 << 20

type State = { ports: number[]; blockedUntil: number; why: string }

export class Brokers {
  readonly #dial: Dial
  readonly #schemas: Schemas
  readonly #states: Map<number, State>
  readonly #open = new Set<Connection>()
  #closed = false

  constructor(
    readonly all: Broker[],
    dial: Dial,
    schemas: Schemas,
  ) {
    this.#dial = dial
    this.#schemas = schemas
    this.#states = new Map(all.map(({ id }) => [id, { ports: [], blockedUntil: 0, why: 'not seen yet' }]))
  }

  /** Ports on which a broker was recognised on this host. Those known stay until others are: it may come back there. */
  seen(host: string, ports: number[]): void {
    if (ports.length === 0) return
    for (const { id, host: own } of this.all) {
      const state = this.#states.get(id)
      if (own === host && state) Object.assign(state, { ports: [...ports], blockedUntil: 0 })
    }
  }

  /** A new connection that has been answered on. @throws ConnectionError, KafkaError */
  async connect(id: number): Promise<Connection> {
    const broker = this.all.find((one) => one.id === id)
    const state = this.#states.get(id)
    if (!broker || !state) throw new ConnectionError('closed', 'not one of the brokers that the lab declares')
    const port = state.ports[0]
    if (port === undefined || performance.now() < state.blockedUntil || this.#closed)
      throw new ConnectionError('closed', state.why)
    let connection: Connection | undefined
    try {
      const stream = await this.#dial(broker.host, port).catch((cause) => {
        throw new ConnectionError('closed', message(cause), { cause })
      })
      connection = new Connection(stream, { schemas: this.#schemas, maxResponseBytes: MAX_RESPONSE_BYTES })
      this.#keep(connection, state)
      await connection.apiVersions({ timeoutMs: CONNECT_LIMIT_MS })
      return connection
    } catch (error) {
      if (connection) this.letGo(connection)
      block(state, `it cannot be reached on port ${port}`)
      // another of its listeners may be one that needs no password
      state.ports.push(...state.ports.splice(0, 1))
      throw error
    }
  }

  #keep(connection: Connection, state: State): void {
    const made = performance.now()
    this.#open.add(connection)
    void connection.closed.then((why) => {
      if (this.#open.delete(connection) && performance.now() - made < LASTING_MS) block(state, why.message)
    })
    if (this.#closed) connection.close()
  }

  /** Ends it; nobody wants it any more. */
  letGo(connection: Connection): void {
    this.#open.delete(connection)
    connection.close()
  }

  close(): void {
    this.#closed = true
    for (const connection of this.#open) connection.close()
  }
}

function block(state: State, why: string): void {
  state.blockedUntil = performance.now() + REDIAL_MS
  state.why = why
}

/** One connection, made again when it has ended or another broker is wanted. */
export class Line {
  readonly #brokers: Brokers
  #to: { id: number; connection: Connection } | undefined
  #making: { id: number; abandon(): void } | undefined

  constructor(brokers: Brokers) {
    this.#brokers = brokers
  }

  /** @throws ConnectionError, KafkaError */
  async to(id: number): Promise<Connection> {
    if (this.#to?.id === id && this.#to.connection.alive) return this.#to.connection
    if (this.#to) this.#brokers.letGo(this.#to.connection)
    this.#to = undefined
    const made = this.#brokers.connect(id)
    const abandoned = new Promise<never>((_, reject) => {
      this.#making = { id, abandon: () => reject(new ConnectionError('closed', 'another broker is to be asked')) }
    })
    try {
      const connection = await Promise.race([made, abandoned])
      this.#to = { id, connection }
      return connection
    } catch (error) {
      made.then(
        (late) => this.#brokers.letGo(late),
        () => undefined, // told already, or of no interest any more
      )
      throw error
    } finally {
      this.#making = undefined
    }
  }

  /** Waits for no broker but this one: what another was asked fails at once. */
  only(id: number): void {
    if (this.#to && this.#to.id !== id) this.#brokers.letGo(this.#to.connection)
    if (this.#making && this.#making.id !== id) this.#making.abandon()
  }
}
