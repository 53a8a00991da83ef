/** The client against a tiny server that speaks ZooKeeper's protocol, or something else. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { ZooKeeperClient } from '#labs/kafka/zookeeper/client.ts'
import { readKafkaState } from '#labs/kafka/zookeeper/kafka-state.ts'

const close: (() => void)[] = []
afterEach(() => {
  for (const one of close.splice(0)) one()
})

const frame = (...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  return Buffer.concat([int(body.length), body])
}
const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
const long = (value: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(value))
  return bytes
}
const bytes = (text: string): Buffer => Buffer.concat([int(Buffer.byteLength(text)), Buffer.from(text)])
/** czxid, mzxid, ctime, mtime, version, cversion, aversion, ephemeralOwner, dataLength, numChildren, pzxid */
const stat = Buffer.concat([
  ...[1, 2, 1_700_000_000_000, 1_700_000_000_500].map(long),
  ...[7, 0, 0].map(int),
  long(0),
  ...[0, 0].map(int),
  long(2),
])
const GRANTED = frame(int(0), int(10_000), long(42), int(16), Buffer.alloc(16), Buffer.alloc(1))

/** @param tree path → data, or the names of its children */
function server(
  tree: Record<string, string | string[]>,
  write = (socket: Socket, answer: Buffer) => socket.write(answer),
) {
  return serve((socket) => {
    let greeted = false
    socket.on('data', (request: Buffer) => {
      if (!greeted) {
        greeted = true
        write(socket, GRANTED)
        return
      }
      const xid = request.readInt32BE(4)
      const path = request.subarray(16, 16 + request.readInt32BE(12)).toString()
      const found = tree[path]
      if (found === undefined) write(socket, frame(int(xid), long(9), int(-101)))
      else if (typeof found === 'string') write(socket, frame(int(xid), long(9), int(0), bytes(found), stat))
      else write(socket, frame(int(xid), long(9), int(0), int(found.length), ...found.map(bytes), stat))
    })
  })
}

async function serve(handle: (socket: Socket) => void) {
  const listening = createServer(handle)
  listening.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const socket = connect((listening.address() as AddressInfo).port, '127.0.0.1')
  close.push(() => {
    socket.destroy()
    listening.close()
  })
  await once(socket, 'connect')
  return () => ZooKeeperClient.connect(socket, { sessionMs: 10_000, timeoutMs: 300 })
}

const TREE = {
  '/cluster/id': '{"version":"1","id":"OR9b1xvzQoSFUZv8cY7NuQ"}',
  '/controller': '{"version":2,"brokerid":3,"timestamp":"1","kraftControllerEpoch":-1}',
  '/controller_epoch': '4',
  '/brokers/ids': ['3', '1', 'x'],
}

test('a node, its times, and one that is not there', async () => {
  const client = await (await server(TREE))()
  expect(await client.node('/controller_epoch')).toEqual({
    data: Buffer.from('4'),
    created: 1_700_000_000_000,
    modified: 1_700_000_000_500,
    version: 7,
  })
  expect(await client.node('/migration')).toBeNull()
  expect(await client.children('/nowhere')).toBeNull()
})

test('what Kafka keeps there, before a migration and in it', async () => {
  const before = await readKafkaState(await (await server(TREE))())
  expect(before).toEqual({
    clusterId: 'OR9b1xvzQoSFUZv8cY7NuQ',
    controller: { node: 3, epoch: 4, kraftEpoch: null, since: 1_700_000_000_000 },
    migration: null,
    brokers: [1, 3],
  })
  const tree = {
    ...TREE,
    '/controller': '{"version":2,"brokerid":101,"timestamp":"1","kraftControllerEpoch":2}',
    '/migration':
      '{"version":0,"kraft_metadata_offset":88,"kraft_controller_id":101,"kraft_metadata_epoch":2,"kraft_controller_epoch":2}',
  }
  expect(await readKafkaState(await (await server(tree))())).toMatchObject({
    controller: { node: 101, kraftEpoch: 2 },
    migration: { controller: 101, controllerEpoch: 2, offset: 88, epoch: 2 },
  })
  expect(await readKafkaState(await (await server({}))())).toEqual({
    clusterId: null,
    controller: null,
    migration: null,
    brokers: [],
  })
})

test('answers in pieces of one byte are put together', async () => {
  const drip = (socket: Socket, answer: Buffer) => {
    for (const byte of answer) socket.write(Buffer.from([byte]))
    return true
  }
  const client = await (await server(TREE, drip))()
  expect((await client.node('/controller_epoch'))?.data.toString()).toBe('4')
})

test.each([
  ['silence', () => undefined, /no answer within 300 ms/],
  ['another protocol', (socket: Socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'), /an answer of \d+ bytes/],
  [
    'a refused session',
    (socket: Socket) => socket.write(frame(int(0), int(0), long(0), int(0), Buffer.alloc(1))),
    /refused/,
  ],
  ['a closed door', (socket: Socket) => socket.destroy(), /closed|ECONNRESET/],
])('%s is an error, and soon', async (_, handle, says) => {
  const connecting = (await serve((socket) => void handle(socket)))()
  await expect(connecting).rejects.toThrow(says)
})

test('an answer to another question ends the connection', async () => {
  const client = await (
    await serve((socket) => {
      socket.once('data', () => {
        socket.write(GRANTED)
        socket.on('data', () => socket.write(frame(int(99), long(1), int(0))))
      })
    })
  )()
  await expect(client.node('/controller')).rejects.toThrow('an answer to question 99 instead of 1')
  expect(client.alive).toBe(false)
})

test('a length beyond the message is refused', async () => {
  const client = await (
    await serve((socket) => {
      socket.once('data', () => {
        socket.write(GRANTED)
        socket.on('data', () => socket.write(frame(int(1), long(1), int(0), int(1_000_000))))
      })
    })
  )()
  await expect(client.node('/controller')).rejects.toThrow(RangeError)
})
