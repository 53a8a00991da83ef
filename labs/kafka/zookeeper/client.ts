/**
 * A client that reads ZooKeeper and writes nothing but its own session: ZooKeeper's protocol (zookeeper.jute) over one
 * duplex stream, towards a peer that may be anything. One question at a time, in bounded memory, each with a limit of time.
 */
import type { Duplex } from 'node:stream'
import { GrowingBuffer } from '../codec/growing-buffer.ts'
import { Fields } from './fields.ts'

/** ZooKeeper itself refuses more (jute.maxbuffer). */
const MAX_RESPONSE_BYTES = 1 << 20
const PREFIX_BYTES = 4
const PASSWORD_BYTES = 16
const OPERATION = { getData: 4, ping: 11, getChildren2: 12, closeSession: -11 }
const NO_NODE = -101
const XID_OF_EVENTS = -1

export class ZooKeeperError extends Error {
  override readonly name = 'ZooKeeperError'
}

/** A node of the tree; times are ms since 1970. */
export type ZNode = { data: Buffer; created: number; modified: number; version: number }

type Options = {
  /** the session that ZooKeeper is asked for; it ends that long after the last question, ms */
  sessionMs: number
  /** for each answer, ms */
  timeoutMs: number
}
type Waiting = { resolve(frame: Buffer): void; reject(why: ZooKeeperError): void; limit: NodeJS.Timeout }

export class ZooKeeperClient {
  readonly #stream: Duplex
  readonly #timeoutMs: number
  #received = new GrowingBuffer()
  #waiting: Waiting | undefined
  #gone: ZooKeeperError | undefined
  #xid = 0

  private constructor(stream: Duplex, timeoutMs: number) {
    this.#stream = stream
    this.#timeoutMs = timeoutMs
    stream.on('data', (chunk: Buffer) => this.#receive(chunk))
    stream.on('error', (error) => this.#end(new ZooKeeperError(error.message)))
    stream.on('close', () => this.#end(new ZooKeeperError('the connection was closed')))
  }

  /** @throws ZooKeeperError where what answers is no ZooKeeper that serves */
  static async connect(stream: Duplex, { sessionMs, timeoutMs }: Options): Promise<ZooKeeperClient> {
    const client = new ZooKeeperClient(stream, timeoutMs)
    // protocol version, last zxid seen, session id, password, and whether a server that may only read will do
    const request = Buffer.alloc(4 + 8 + 4 + 8 + 4 + PASSWORD_BYTES + 1)
    request.writeInt32BE(sessionMs, 12)
    request.writeInt32BE(PASSWORD_BYTES, 24)
    const response = new Fields(await client.#ask(request))
    response.int()
    if (response.int() <= 0) throw client.#end(new ZooKeeperError('ZooKeeper refused the session'))
    return client
  }

  get alive(): boolean {
    return this.#gone === undefined
  }

  /** @returns null where there is no such node @throws ZooKeeperError */
  async node(path: string): Promise<ZNode | null> {
    const reply = await this.#read(OPERATION.getData, path)
    if (!reply) return null
    const data = reply.buffer()
    return { data, ...reply.stat() }
  }

  /** Names of its children. @returns null where there is no such node @throws ZooKeeperError */
  async children(path: string): Promise<string[] | null> {
    const reply = await this.#read(OPERATION.getChildren2, path)
    if (!reply) return null
    const count = reply.int()
    // each has at least its length
    if (count < 0 || count > MAX_RESPONSE_BYTES / 4) throw this.#end(new ZooKeeperError(`${count} children`))
    return Array.from({ length: count }, () => reply.buffer().toString('utf8'))
  }

  close(): void {
    if (this.#gone) return
    const request = Buffer.alloc(PREFIX_BYTES + 8)
    request.writeInt32BE(8)
    request.writeInt32BE(++this.#xid, 4)
    request.writeInt32BE(OPERATION.closeSession, 8)
    this.#stream.write(request)
    this.#end(new ZooKeeperError('closed by us'))
  }

  async #read(operation: number, path: string): Promise<Fields | null> {
    const name = Buffer.from(path)
    const request = Buffer.alloc(4 + 4 + 4 + name.length + 1)
    const xid = ++this.#xid
    request.writeInt32BE(xid)
    request.writeInt32BE(operation, 4)
    request.writeInt32BE(name.length, 8)
    name.copy(request, 12)
    const reply = new Fields(await this.#ask(request))
    const answers = reply.int()
    if (answers !== xid) throw this.#end(new ZooKeeperError(`an answer to question ${answers} instead of ${xid}`))
    reply.long()
    const error = reply.int()
    if (error === NO_NODE) return null
    if (error !== 0) throw new ZooKeeperError(`error ${error} for ${path}`)
    return reply
  }

  #ask(request: Buffer): Promise<Buffer> {
    if (this.#gone) return Promise.reject(this.#gone)
    if (this.#waiting) return Promise.reject(new ZooKeeperError('one question at a time'))
    return new Promise((resolve, reject) => {
      const late = () => this.#end(new ZooKeeperError(`no answer within ${this.#timeoutMs} ms`))
      this.#waiting = { resolve, reject, limit: setTimeout(late, this.#timeoutMs) }
      const frame = Buffer.alloc(PREFIX_BYTES + request.length)
      frame.writeInt32BE(request.length)
      request.copy(frame, PREFIX_BYTES)
      this.#stream.write(frame)
    })
  }

  #receive(chunk: Buffer): void {
    this.#received.append(chunk)
    while (this.#received.length >= PREFIX_BYTES) {
      const received = this.#received.view()
      const declared = received.readInt32BE(0)
      if (declared < 0 || declared > MAX_RESPONSE_BYTES || !this.#waiting) {
        this.#end(new ZooKeeperError(`an answer of ${declared} bytes`))
        return
      }
      if (received.length < PREFIX_BYTES + declared) return
      const frame = received.subarray(PREFIX_BYTES, PREFIX_BYTES + declared)
      // what follows is another message, or the beginning of one
      this.#received = new GrowingBuffer()
      this.#received.append(received.subarray(PREFIX_BYTES + declared))
      // no watch is ever set, but the end of a session may be told so
      if (declared >= 4 && frame.readInt32BE(0) === XID_OF_EVENTS) continue
      const { resolve, limit } = this.#waiting
      this.#waiting = undefined
      clearTimeout(limit)
      resolve(frame)
    }
  }

  #end(why: ZooKeeperError): ZooKeeperError {
    if (this.#gone) return this.#gone
    this.#gone = why
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting) {
      clearTimeout(waiting.limit)
      waiting.reject(why)
    }
    // what was written last may still go out
    this.#stream.end()
    setTimeout(() => this.#stream.destroy(), LAST_WORDS_MS).unref()
    return why
  }
}
const LAST_WORDS_MS = 200
