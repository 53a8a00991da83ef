/**
 * Kafka's wire protocol over one duplex stream, towards a peer that may be anything: one outstanding request, frames
 * in bounded memory, every request with a limit of time. Whatever a peer does wrong closes the connection.
 */
import type { Duplex } from 'node:stream'
import { decode, encode, type Message } from '../codec/codec.ts'
import { DecodeError } from '../codec/errors.ts'
import { GrowingBuffer } from '../codec/growing-buffer.ts'
import { Reader } from '../codec/reader.ts'
import type { Versions } from '../codec/schema.ts'
import type { Schemas } from '../codec/schemas.ts'
import { Writer } from '../codec/writer.ts'
import { ConnectionError, check } from './errors.ts'

/** Kafka's own clients fetch 50 MiB at most; nothing here asks for more than a few MiB at once. */
export const MAX_RESPONSE_BYTES = 16 << 20
export const REQUEST_TIMEOUT_MS = 5_000
const PREFIX_BYTES = 4
/** A response is at least its correlation id. */
const MIN_RESPONSE_BYTES = 4
const UNSUPPORTED_VERSION = 35
const CLIENT_ID = 'kraftlab'

export type ConnectionOptions = {
  schemas: Schemas
  /** A longer declared response is refused before anything is kept of it. */
  maxResponseBytes?: number
  timeoutMs?: number
}

export type CallOptions = {
  timeoutMs?: number
  /** The highest version of ours; the peer's may be lower. */
  maxVersion?: number
  minVersion?: number
  /** A longer declared response is refused, where less than the connection's own limit. */
  maxResponseBytes?: number
}

type Waiting = {
  /** performance.now() */
  since: number
  maxResponseBytes: number
  /** grows as bytes come: a declared length alone allocates nothing, and chunks of one byte cost no more */
  frame: GrowingBuffer
  resolve(frame: Buffer): void
  reject(error: ConnectionError): void
}

export class Connection {
  readonly #stream: Duplex
  readonly #schemas: Schemas
  readonly #maxResponseBytes: number
  readonly #timeoutMs: number
  #correlation = 0
  #waiting: Waiting | undefined
  #queue: Promise<unknown> = Promise.resolve()
  #offered: Promise<Map<number, Versions>> | undefined
  #gone: ConnectionError | undefined
  /** settles once the connection has ended, with why; never rejects */
  readonly closed: Promise<ConnectionError>
  #onClosed: (why: ConnectionError) => void = () => {}

  constructor(stream: Duplex, options: ConnectionOptions) {
    this.#stream = stream
    this.#schemas = options.schemas
    this.#maxResponseBytes = options.maxResponseBytes ?? MAX_RESPONSE_BYTES
    this.#timeoutMs = options.timeoutMs ?? REQUEST_TIMEOUT_MS
    this.closed = new Promise((resolve) => {
      this.#onClosed = resolve
    })
    stream.on('data', (chunk: Buffer) => this.#receive(chunk))
    stream.on('error', (error) => this.#end(new ConnectionError('closed', error.message, { cause: error })))
    stream.on('end', () => this.#end(new ConnectionError('closed', 'the other side closed the connection')))
    stream.on('close', () => this.#end(new ConnectionError('closed', 'the connection was closed')))
  }

  get alive(): boolean {
    return this.#gone === undefined
  }

  /** How long the question that is out has waited for its answer, in ms; 0 where none is. */
  get waitingMs(): number {
    return this.#waiting ? performance.now() - this.#waiting.since : 0
  }

  close(): void {
    this.#end(new ConnectionError('closed', 'closed by us'))
  }

  #end(why: ConnectionError): void {
    if (this.#gone) return
    this.#gone = why
    const waiting = this.#waiting
    this.#waiting = undefined
    this.#stream.destroy()
    waiting?.reject(why)
    this.#onClosed(why)
  }

  #nonsense(message: string): void {
    this.#end(new ConnectionError('nonsense', message))
  }

  #receive(chunk: Buffer): void {
    const waiting = this.#waiting
    if (!waiting) {
      this.#nonsense('bytes came that nobody had asked for')
      return
    }
    waiting.frame.append(chunk)
    const received = waiting.frame.length
    if (received < PREFIX_BYTES) return
    const frame = waiting.frame.view()
    const declared = frame.readInt32BE(0)
    if (declared < MIN_RESPONSE_BYTES) this.#nonsense(`a response of ${declared} bytes`)
    else if (declared > waiting.maxResponseBytes)
      this.#end(new ConnectionError('too-large', `a response of ${declared} bytes, above ${waiting.maxResponseBytes}`))
    else if (received > PREFIX_BYTES + declared) this.#nonsense('bytes came that nobody had asked for')
    else if (received === PREFIX_BYTES + declared) {
      this.#waiting = undefined
      waiting.resolve(frame.subarray(PREFIX_BYTES))
    }
  }

  /** One request on the wire at a time: later ones wait for their turn. */
  #exchange(what: string, request: () => Buffer, timeoutMs: number, maxResponseBytes: number): Promise<Buffer> {
    const turn = this.#queue.then(
      () =>
        new Promise<Buffer>((resolve, reject) => {
          if (this.#gone) return reject(this.#gone)
          const since = performance.now()
          const timer = setTimeout(
            () => this.#end(new ConnectionError('timeout', `no answer to ${what} within ${timeoutMs} ms`)),
            timeoutMs,
          )
          const settle =
            <T>(then: (value: T) => void) =>
            (value: T): void => {
              clearTimeout(timer)
              then(value)
            }
          this.#waiting = {
            since,
            maxResponseBytes,
            frame: new GrowingBuffer(),
            resolve: settle(resolve),
            reject: settle(reject),
          }
          this.#stream.write(request())
        }),
    )
    // a failure is the caller's; the queue just goes on
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  async #request(api: string, version: number, body: Message, options: CallOptions = {}): Promise<Buffer> {
    const timeoutMs = options.timeoutMs ?? this.#timeoutMs
    const most = Math.min(this.#maxResponseBytes, options.maxResponseBytes ?? this.#maxResponseBytes)
    const schema = this.#schemas.message(`${api}Request`)
    const codec = this.#schemas.codec(schema.name, version)
    const correlationId = this.#correlation++
    const header = { requestApiKey: schema.apiKey, requestApiVersion: version, correlationId, clientId: CLIENT_ID }
    const payload = Buffer.concat([
      encode(this.#schemas.codec('RequestHeader', codec.flexible ? 2 : 1), header),
      encode(codec, body),
    ])
    const frame = new Writer()
    frame.int32(payload.length)
    frame.raw(payload)
    const response = await this.#exchange(api, () => frame.finish(), timeoutMs, most)
    const answered = response.readInt32BE(0)
    if (answered !== correlationId) {
      this.#end(new ConnectionError('nonsense', `an answer to request ${answered}, not ${correlationId}`))
      throw await this.closed
    }
    return response
  }

  #decode(api: string, version: number, response: Buffer): Message {
    try {
      const codec = this.#schemas.codec(`${api}Response`, version)
      // so that a client can read it before it knows the versions, this response alone has the oldest header (KIP-511)
      const reader = new Reader(response)
      this.#schemas.codec('ResponseHeader', codec.flexible && api !== 'ApiVersions' ? 1 : 0).read(reader)
      return decode(codec, response, reader.position)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      const why = new ConnectionError('nonsense', `${api}: ${error.message}`, { cause: error })
      this.#end(why)
      throw why
    }
  }

  /** What the peer offers, by API key. Asked once a connection. @throws ConnectionError, KafkaError */
  apiVersions(options: { timeoutMs?: number } = {}): Promise<Map<number, Versions>> {
    this.#offered ??= this.#askVersions(options)
    return this.#offered
  }

  async #askVersions(options: { timeoutMs?: number }): Promise<Map<number, Versions>> {
    const known = this.#schemas.versions('ApiVersionsRequest').highest
    const software = { clientSoftwareName: CLIENT_ID, clientSoftwareVersion: '1' }
    const ask = (version: number): Promise<Buffer> =>
      this.#request('ApiVersions', version, version >= 3 ? software : {}, options)
    let version = known
    let response = await ask(version)
    // an older node answers in the oldest version, that it does not know ours (KIP-511)
    if (response.length >= 6 && response.readInt16BE(4) === UNSUPPORTED_VERSION) {
      version = 0
      response = await ask(version)
    }
    const body = this.#decode('ApiVersions', version, response)
    check(body.errorCode, 'ApiVersions')
    const offered = new Map<number, Versions>()
    for (const key of body.apiKeys) offered.set(key.apiKey, { lowest: key.minVersion, highest: key.maxVersion })
    return offered
  }

  /** The highest version that both sides and the caller know. @throws ConnectionError of kind `unsupported` */
  async version(api: string, options: CallOptions = {}): Promise<number> {
    const offered = await this.apiVersions(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs })
    const schema = this.#schemas.message(`${api}Request`)
    const ours = this.#schemas.versions(schema.name)
    const theirs = offered.get(Number(schema.apiKey))
    const highest = Math.min(ours.highest, theirs?.highest ?? -1, options.maxVersion ?? Number.POSITIVE_INFINITY)
    const lowest = Math.max(ours.lowest, theirs?.lowest ?? 0, options.minVersion ?? 0)
    if (!theirs || highest < lowest)
      throw new ConnectionError('unsupported', `the node offers no version of ${api} that serves here`)
    return highest
  }

  /**
   * Asks and decodes the answer. Error codes in it are the caller's to judge.
   * @throws ConnectionError
   */
  async call(api: string, body: Message | ((version: number) => Message), options: CallOptions = {}): Promise<Message> {
    const version = await this.version(api, options)
    const message = typeof body === 'function' ? body(version) : body
    const response = await this.#request(api, version, message, options)
    return this.#decode(api, version, response)
  }
}
