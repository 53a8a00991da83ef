import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { describeQuorum, listenerKind } from '#labs/kafka/client/cluster.ts'
import { Connection } from '#labs/kafka/client/connection.ts'
import { ConnectionError, KafkaError } from '#labs/kafka/client/errors.ts'
import { fetchMetadata, fetchSnapshot } from '#labs/kafka/client/metadata-log.ts'
import { schemas } from '../../support/batches.ts'
import { apiVersions, type Behaviour, FakeNode, fetched, frameOf } from '../../support/fake-node.ts'

const open: { stop(): Promise<void> }[] = []
afterEach(() => Promise.all(open.splice(0).map((one) => one.stop())))

async function to(behave: Behaviour, onConnect?: (socket: Socket) => void, options = {}) {
  const node = await FakeNode.start(behave, onConnect)
  const socket = connect(node.port, '127.0.0.1')
  await once(socket, 'connect')
  const connection = new Connection(socket, { schemas, timeoutMs: 300, maxResponseBytes: 1 << 16, ...options })
  open.push({
    stop: async () => {
      connection.close()
      await node.stop()
    },
  })
  return { node, connection }
}

const raw = (...bytes: number[]): Behaviour => {
  return () => Buffer.from(bytes)
}
const offer: Behaviour = ({ api }) => (api === 'ApiVersions' ? apiVersions('controller') : null)

async function failure(asking: Promise<unknown>): Promise<ConnectionError> {
  const error = await asking.then(
    () => new Error('it answered'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ConnectionError)
  return error as ConnectionError
}

describe('a peer that is not what it should be', () => {
  it.each([
    ['says nothing', () => null, 'timeout'],
    ['declares a huge frame', raw(0x7f, 0xff, 0xff, 0xff), 'too-large'],
    ['declares a negative frame', raw(0xff, 0xff, 0xff, 0xff), 'nonsense'],
    ['declares an empty frame', raw(0, 0, 0, 0), 'nonsense'],
    ['answers another request', raw(0, 0, 0, 6, 0, 0, 0, 9, 0, 0), 'nonsense'],
    ['speaks HTTP', () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'too-large'],
    ['sends less than it declares', raw(0, 0, 0, 20, 0, 0), 'timeout'],
    ['sends more than it declares', raw(0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 1), 'nonsense'],
    ['claims elements it does not send', raw(0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f), 'nonsense'],
  ] as [string, Behaviour, string][])('%s', async (_what, behave, kind) => {
    const { connection } = await to(behave)
    expect((await failure(connection.apiVersions())).kind).toBe(kind)
    // whatever follows on it would mean nothing
    expect(connection.alive).toBe(false)
    expect((await failure(connection.call('DescribeQuorum', {}))).kind).toBe(kind)
  })

  it('closes', async () => {
    const { connection } = await to((asked) => {
      asked.socket.destroy()
      return null
    })
    expect((await failure(connection.apiVersions())).kind).toBe('closed')
  })

  it('talks unasked, without end', async () => {
    const { connection } = await to(offer, (socket) => {
      const flood = (): void => {
        while (socket.writable && socket.write(Buffer.alloc(65_536, 1)));
      }
      socket.on('drain', flood)
      flood()
    })
    expect((await connection.closed).kind).toBe('nonsense')
  })

  it('answers a byte at a time, too slowly', async () => {
    const { connection } = await to(({ socket }) => {
      const frame = Buffer.alloc(1_000)
      frame.writeInt32BE(996)
      let at = 0
      const drip = setInterval(() => socket.write(frame.subarray(at, ++at)), 5)
      socket.on('close', () => clearInterval(drip))
      return null
    })
    const started = performance.now()
    expect((await failure(connection.apiVersions())).kind).toBe('timeout')
    expect(performance.now() - started).toBeLessThan(1_500)
  })

  it('holds no more memory than it sent', async () => {
    const before = process.memoryUsage().rss
    const { connection } = await to(raw(0x0f, 0xff, 0xff, 0xff, 0, 0), undefined, { maxResponseBytes: 1 << 28 })
    expect((await failure(connection.apiVersions())).kind).toBe('timeout')
    expect(process.memoryUsage().rss - before).toBeLessThan(100 << 20)
  })
})

describe('a connection', () => {
  it('asks one thing at a time, in order', async () => {
    let outstanding = 0
    let most = 0
    const { node, connection } = await to((asked) => {
      if (asked.api === 'ApiVersions') return apiVersions('controller')
      most = Math.max(most, ++outstanding)
      setTimeout(() => {
        outstanding--
        asked.socket.write(asked.frame({ errorCode: 0, clusterId: String(asked.correlationId) }))
      }, 10)
      return null
    })
    const answers = await Promise.all(Array.from({ length: 5 }, () => connection.call('DescribeCluster', {})))
    expect(answers.map(({ clusterId }) => Number(clusterId))).toEqual([1, 2, 3, 4, 5])
    expect(most).toBe(1)
    expect(node.connections).toBe(1)
  })

  it('meets an older node in a version that both know', async () => {
    const asked: string[] = []
    const { connection } = await to((request) => {
      asked.push(`${request.api} ${request.version}`)
      if (request.api === 'ApiVersions') {
        if (request.version > 0) return frameOf('ApiVersions', 0, request.correlationId, { errorCode: 35 })
        return { apiKeys: [{ apiKey: 60, minVersion: 0, maxVersion: 1 }] }
      }
      return { clusterId: 'old' }
    })
    expect((await connection.call('DescribeCluster', {})).clusterId).toBe('old')
    expect(asked).toEqual(['ApiVersions 4', 'ApiVersions 0', 'DescribeCluster 1'])
    expect((await failure(connection.call('Fetch', {}))).kind).toBe('unsupported')
  })

  it('tells Kafka’s errors by name', async () => {
    const { connection } = await to(({ api }) =>
      api === 'ApiVersions'
        ? apiVersions('controller')
        : { topics: [{ topicName: 'x', partitions: [{ partitionIndex: 0, errorCode: 6, errorMessage: 'not me' }] }] },
    )
    const error = await describeQuorum(connection).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(KafkaError)
    expect((error as KafkaError).codeName).toBe('NOT_LEADER_OR_FOLLOWER')
    expect((error as KafkaError).message).toBe('DescribeQuorum: NOT_LEADER_OR_FOLLOWER (not me)')
    expect(connection.alive).toBe(true)
    expect(await listenerKind(connection)).toBe('controller')
  })

  it('reads a snapshot in parts, and none without end', async () => {
    const whole = Buffer.from('0123456789')
    const part = (size: number, bytes: (position: number) => Buffer): Behaviour => {
      return ({ api, body }) => {
        if (api === 'ApiVersions') return apiVersions('controller')
        const position = Number(body.topics[0].partitions[0].position)
        const snapshotId = { endOffset: 9, epoch: 2 }
        const partition = { index: 0, errorCode: 0, snapshotId, size, position, unalignedRecords: bytes(position) }
        return { topics: [{ name: '__cluster_metadata', partitions: [partition] }] }
      }
    }
    const id = { endOffset: 9, epoch: 2 }
    const good = await to(part(10, (position) => whole.subarray(position, position + 4)))
    expect(await fetchSnapshot(good.connection, 2, id)).toEqual(whole)
    const empty = await to(part(10, () => Buffer.alloc(0)))
    expect((await failure(fetchSnapshot(empty.connection, 2, id))).message).toBe('a snapshot that does not end')
    const huge = await to(part(2 ** 40, () => whole))
    expect((await failure(fetchSnapshot(huge.connection, 2, id))).kind).toBe('too-large')
  })

  it('tells refusals, divergence and snapshots of the metadata log apart', async () => {
    const at = { leaderEpoch: 3, offset: 10, lastFetchedEpoch: 2 }
    const answer = async (more: object) => {
      const { connection } = await to(({ api }) =>
        api === 'ApiVersions' ? apiVersions('controller') : fetched(null, more),
      )
      return fetchMetadata(connection, at, 0)
    }
    expect(await answer({ errorCode: 6, currentLeader: { leaderId: 2, leaderEpoch: 8 } })).toEqual({
      kind: 'refused',
      view: { leader: 2, epoch: 8 },
      error: 6,
    })
    expect(await answer({ snapshotId: { endOffset: 4, epoch: 1 } })).toEqual({
      kind: 'snapshot',
      snapshot: { endOffset: 4, epoch: 1 },
    })
    expect(await answer({ divergingEpoch: { endOffset: 4, epoch: 1 } })).toMatchObject({
      kind: 'diverging',
      endOffset: 4,
    })
    expect(await answer({ highWatermark: -1 })).toMatchObject({ kind: 'records', highWatermark: -1 })
  })
})
