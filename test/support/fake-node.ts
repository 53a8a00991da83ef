/** A node that answers as it is told to: rightly, wrongly, or not at all. */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { encode, type Message } from '#labs/kafka/codec/codec.ts'
import { Reader } from '#labs/kafka/codec/reader.ts'
import { schemas } from './batches.ts'

const API_NAMES = new Map(
  schemas
    .names()
    .filter((name) => name.endsWith('Request'))
    .map((name) => [schemas.message(name).apiKey, name.slice(0, -'Request'.length)]),
)

export type Asked = {
  api: string
  version: number
  correlationId: number
  body: Message
  socket: Socket
  /** the frame of a right answer */
  frame(message: Message): Buffer
}

/** @returns what to send: bytes as they are, a message to be encoded, or null for silence */
export type Behaviour = (asked: Asked) => Buffer | Message | null

export class FakeNode {
  readonly asked: string[] = []
  readonly sockets = new Set<Socket>()
  most = 0
  connections = 0
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  /** @param onConnect may write, or end, before anything is asked */
  static async start(behave: Behaviour, onConnect: (socket: Socket) => void = () => {}): Promise<FakeNode> {
    const server = createServer()
    const node = new FakeNode(server)
    server.on('connection', (socket) => {
      node.connections++
      node.sockets.add(socket)
      node.most = Math.max(node.most, node.sockets.size)
      socket.on('close', () => node.sockets.delete(socket))
      socket.on('error', () => undefined)
      onConnect(socket)
      let received = Buffer.alloc(0)
      socket.on('data', (chunk) => {
        received = Buffer.concat([received, chunk])
        while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
          const end = 4 + received.readInt32BE(0)
          node.#answer(received.subarray(4, end), socket, behave)
          received = received.subarray(end)
        }
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return node
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  #answer(request: Buffer, socket: Socket, behave: Behaviour): void {
    const api = String(API_NAMES.get(request.readInt16BE(0)))
    const version = request.readInt16BE(2)
    const { flexible } = schemas.codec(`${api}Request`, version)
    const reader = new Reader(request)
    const header = schemas.codec('RequestHeader', flexible ? 2 : 1).read(reader)
    const body = schemas.codec(`${api}Request`, version).read(reader)
    this.asked.push(api)
    const frame = (message: Message): Buffer => frameOf(api, version, header.correlationId, message)
    const answer = behave({ api, version, correlationId: header.correlationId, body, socket, frame })
    if (answer !== null) socket.write(Buffer.isBuffer(answer) ? answer : frame(answer))
  }

  /** Again: nothing. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.sockets) socket.destroy()
    await closed
  }
}

export function frameOf(api: string, version: number, correlationId: number, message: Message): Buffer {
  const codec = schemas.codec(`${api}Response`, version)
  const header = schemas.codec('ResponseHeader', codec.flexible && api !== 'ApiVersions' ? 1 : 0)
  const payload = Buffer.concat([encode(header, { correlationId }), encode(codec, message)])
  const length = Buffer.alloc(4)
  length.writeInt32BE(payload.length)
  return Buffer.concat([length, payload])
}

/** Offers every API in every version, as a controller (no Produce) or a broker would. */
export function apiVersions(kind: 'broker' | 'controller'): Message {
  const apiKeys = [...API_NAMES].flatMap(([apiKey, name]) => {
    const { lowest, highest } = schemas.versions(`${name}Request`)
    if (highest < lowest || (kind === 'controller' && apiKey === 0)) return []
    return [{ apiKey, minVersion: lowest, maxVersion: highest }]
  })
  return { apiKeys }
}

/** A controller that leads its quorum of one, with the given answer to each Fetch. */
export function leadingController(
  fetch: Behaviour,
  {
    clusterId = 'fake',
    node = 7,
    epoch = 3,
    voters = [node],
  }: { clusterId?: string; node?: number; epoch?: number; voters?: number[] } = {},
): Behaviour {
  const replica = (replicaId: number): Message => ({
    replicaId,
    replicaDirectoryId: 'AAAAAAAAAAAAAAAAAAAAqg',
    logEndOffset: 5,
    lastCaughtUpTimestamp: 9,
  })
  const quorum = {
    partitionIndex: 0,
    leaderId: node,
    leaderEpoch: epoch,
    highWatermark: 5,
    currentVoters: voters.map(replica),
    observers: [],
  }
  return (asked) => {
    switch (asked.api) {
      case 'ApiVersions':
        return apiVersions('controller')
      case 'DescribeCluster':
        return { endpointType: 2, clusterId, controllerId: node, brokers: [{ brokerId: node, host: 'x', port: 1 }] }
      case 'DescribeConfigs':
        return {
          results: asked.body.resources.map(({ resourceName }: Message) => ({
            resourceType: 4,
            resourceName,
            errorCode: 0,
            errorMessage: null,
            configs: [],
          })),
        }
      case 'DescribeQuorum':
        return { topics: [{ topicName: '__cluster_metadata', partitions: [quorum] }] }
      default:
        return fetch(asked)
    }
  }
}

export const fetched = (records: Buffer | null, more: Message = {}): Message => ({
  responses: [
    {
      topicId: 'AAAAAAAAAAAAAAAAAAAAAQ',
      partitions: [{ partitionIndex: 0, errorCode: 0, highWatermark: 5, logStartOffset: 0, records, ...more }],
    },
  ],
})
