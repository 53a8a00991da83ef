import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { encode } from '#labs/kafka/codec/codec.ts'
import type { Observation } from '#labs/protocol/observation.ts'
import { encodeBatch, schemas } from '../../support/batches.ts'
import { type Behaviour, FakeNode, fetched, leadingController } from '../../support/fake-node.ts'
import { fake, watch } from '../../support/watching.ts'

/** A value of the metadata log: frame 1, TopicRecord (api key 2), version 0. */
const topicRecord = (name: string): Buffer =>
  Buffer.concat([
    Buffer.from([1, 2, 0]),
    encode(schemas.codec('TopicRecord', 0), { name, topicId: 'AAAAAAAAAAAAAAAAAAAAbb' }),
  ])
const topicBatch = (name: string, baseOffset: number): Buffer =>
  encodeBatch([{ key: null, value: topicRecord(name) }], { baseOffset, epoch: 3 })

/** Holds a fetch at the end of its log, as a node does. */
const long = (asked: Parameters<Behaviour>[0], answer: ReturnType<typeof fetched>): null => {
  setTimeout(() => asked.socket.writable && asked.socket.write(asked.frame(answer)), asked.body.maxWaitMs)
  return null
}
const offsetOf = (asked: Parameters<Behaviour>[0]): number => Number(asked.body.topics[0].partitions[0].fetchOffset)

const hangUp: Behaviour = ({ socket }) => {
  socket.destroy()
  return null
}

/** Five topics, then silence. */
const wellBehaved = leadingController((asked) => {
  const offset = offsetOf(asked)
  return offset < 5 ? fetched(topicBatch(`topic-${offset}`, offset)) : long(asked, fetched(null))
})

const names = (seen: Observation[]): string[] =>
  seen.flatMap((one) => (one.type === 'metadata' ? one.records.map(({ data }) => (data as { name: string }).name) : []))

describe('a watcher among nodes that lie', () => {
  it('sees a good one beside ports that are silent, closed, chatty or nonsense', async () => {
    const good = await fake(wellBehaved)
    const silent = await fake(() => null)
    const rude = await fake(
      () => null,
      (socket) => socket.destroy(),
    )
    const web = await fake(() => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const chatty = await fake(
      () => null,
      (socket) => socket.write('220 mail\r\n'),
    )
    const all = [silent, rude, web, chatty, good]
    const started = performance.now()
    const watched = watch(all.map(({ port }) => port))
    const up = await watched.until('the good one', () => watched.of('node-up').at(0), 3_000)
    expect(performance.now() - started).toBeLessThan(1_000)
    expect(up).toEqual({
      type: 'node-up',
      host: 'kafka-1',
      node: 7,
      clusterId: 'fake',
      listeners: [{ address: '127.0.0.1', port: good.port, kind: 'controller' }],
    })
    await watched.until('its records', () => names(watched.seen).length === 5)
    expect(names(watched.seen)).toEqual(['topic-0', 'topic-1', 'topic-2', 'topic-3', 'topic-4'])
    expect(watched.of('quorum')).toEqual([
      {
        type: 'quorum',
        host: 'kafka-1',
        clusterId: 'fake',
        leader: 7,
        epoch: 3,
        voters: [{ node: 7, directory: 'AAAAAAAAAAAAAAAAAAAAqg' }],
        observers: [],
      },
    ])
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    // those that are something else are asked once; the silent ones again, since a node that starts is silent too
    expect([web.connections, chatty.connections]).toEqual([1, 1])
    expect(silent.connections).toBeLessThan(5)
    expect(good.most).toBeLessThanOrEqual(2)
    expect(watched.problems).toEqual([])
  })

  it('asks a port again when it has closed and opened', async () => {
    const web = await FakeNode.start(() => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const { port } = web
    const watched = watch([port])
    await vi.waitFor(() => expect(web.connections).toBe(1))
    await web.stop()
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    let asked = 0
    const again = createServer((socket) => {
      asked++
      socket.destroy()
    }).listen(port, '127.0.0.1')
    onTestFinished(() => new Promise<void>((resolve) => again.close(() => resolve())))
    await watched.until('a new question', () => asked > 0)
  })

  it.each([
    ['a huge frame', () => Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 0])],
    ['a batch with a wrong CRC', () => fetched(topicBatch('x', 0).fill(0xee, 60))],
    ['a batch of another offset', () => fetched(topicBatch('x', 3))],
    [
      'a batch that says it is 2 GB',
      () => fetched(Buffer.concat([Buffer.alloc(8), Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0])])),
    ],
    ['a record that is no record', () => fetched(encodeBatch([{ key: null, value: Buffer.from([1, 2, 0, 9, 9]) }]))],
    ['a record without a value', () => fetched(encodeBatch([{ key: null, value: null }]))],
    [
      'a control record without a key',
      () => fetched(encodeBatch([{ key: null, value: Buffer.alloc(9) }], { control: true })),
    ],
    ['a closed door', hangUp],
    ['an error', () => fetched(null, { errorCode: -1 })],
    ['a snapshot that is not there', () => fetched(null, { snapshotId: { endOffset: 3, epoch: 1 } })],
  ] as [string, Behaviour][])('goes on after %s', async (_what, bad) => {
    let failures = 2
    const node = await fake((asked) => {
      if (asked.api === 'FetchSnapshot') return { errorCode: 98 }
      return leadingController((fetch) => (failures-- > 0 ? bad(fetch) : wellBehaved(fetch)))(asked)
    })
    const watched = watch([node.port])
    await watched.until('all records', () => names(watched.seen).length === 5, 5_000)
    expect(names(watched.seen)).toEqual(['topic-0', 'topic-1', 'topic-2', 'topic-3', 'topic-4'])
    expect(watched.problems).toEqual([])
    expect(watched.of('node-up')).toHaveLength(1)
  })

  it('tells nothing before it is committed', async () => {
    let highWatermark = 1
    const two = Buffer.concat([topicBatch('first', 0), topicBatch('second', 1)])
    const node = await fake(
      leadingController((asked) =>
        offsetOf(asked) >= 2 ? long(asked, fetched(null)) : fetched(two, { highWatermark }),
      ),
    )
    const watched = watch([node.port])
    await watched.until('the first', () => names(watched.seen).length > 0)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(names(watched.seen)).toEqual(['first'])
    // asked again and again, but not as fast as it can
    expect(node.asked.filter((api) => api === 'Fetch').length).toBeLessThan(20)
    highWatermark = 2
    await watched.until('the second', () => names(watched.seen).length === 2)
  })

  it('reads a snapshot where the log before it is gone', async () => {
    const header = { key: Buffer.from([0, 0, 0, 3]), value: Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0]) }
    const footer = { key: Buffer.from([0, 0, 0, 4]), value: Buffer.from([0, 0, 0]) }
    const bytes = Buffer.concat([
      encodeBatch([header], { control: true }),
      topicBatch('kept', 1),
      encodeBatch([footer], { control: true, baseOffset: 2 }),
    ])
    const lead = leadingController((asked) => {
      const offset = offsetOf(asked)
      if (offset < 4) return fetched(null, { snapshotId: { endOffset: 4, epoch: 2 } })
      return offset === 4 ? fetched(topicBatch('new', 4)) : long(asked, fetched(null))
    })
    const node = await fake((asked) => {
      if (asked.api !== 'FetchSnapshot') return lead(asked)
      const { snapshotId, position } = asked.body.topics[0].partitions[0]
      const unalignedRecords = bytes.subarray(position, position + 50)
      const partition = { index: 0, snapshotId, size: bytes.length, position, unalignedRecords }
      return { topics: [{ name: '__cluster_metadata', partitions: [partition] }] }
    })
    const watched = watch([node.port])
    await watched.until('what came after', () => names(watched.seen).includes('new'))
    const records = watched.of('metadata').flatMap((one) => one.records)
    expect(records.map(({ offset, epoch, type }) => [offset, epoch, type])).toEqual([
      [3, 2, 'SnapshotHeader'],
      [3, 2, 'TOPIC_RECORD'],
      [3, 2, 'SnapshotFooter'],
      [4, 3, 'TOPIC_RECORD'],
    ])
    expect(watched.problems).toEqual([])
  })

  it('begins again where the log is not the one that was read', async () => {
    let anew = false
    const node = await fake(
      leadingController((asked) => {
        const offset = offsetOf(asked)
        if (anew && offset > 1) return fetched(null, { divergingEpoch: { epoch: 1, endOffset: 1 } })
        if (anew && offset === 1) return long(asked, fetched(null, { highWatermark: 1 }))
        if (anew) return fetched(topicBatch('new', 0), { highWatermark: 1 })
        return wellBehaved(asked) as ReturnType<Behaviour>
      }),
    )
    const watched = watch([node.port])
    await watched.until('the old log', () => names(watched.seen).length === 5)
    anew = true
    await watched.until('the new log', () => names(watched.seen).length === 6)
    expect(watched.of('metadata').at(-1)?.records[0]).toMatchObject({ offset: 0, data: { name: 'new' } })
  })

  it('is not kept busy by one that answers at once without end', async () => {
    let offset = 0
    const endless = await fake(
      leadingController((asked) => {
        offset = offsetOf(asked)
        return fetched(topicBatch(`t${offset}`, offset), { highWatermark: offset + 1 })
      }),
    )
    const empty = await fake(leadingController(() => fetched(null), { clusterId: 'other' }))
    const first = watch([endless.port])
    const second = watch([empty.port])
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    expect(first.of('metadata').length).toBeGreaterThan(20)
    expect(first.of('metadata').length).toBeLessThan(250)
    expect(empty.asked.filter((api) => api === 'Fetch').length).toBeLessThan(60)
    expect(second.problems).toEqual([])
  })

  it('says that a node is down which answers no more, and up when it does', async () => {
    let paused = false
    const node = await fake((asked) => (paused ? null : wellBehaved(asked)))
    const watched = watch([node.port])
    await watched.until('all records', () => names(watched.seen).length === 5)
    paused = true
    const down = await watched.until('down', () => watched.of('node-down').at(0), 12_000)
    expect(down.why).toMatch(/no answer for/)
    paused = false
    await watched.until('up again', () => watched.of('node-up').length === 2)
    expect(names(watched.seen)).toHaveLength(5)
  }, 30_000)

  it('stops at once when closed', async () => {
    const node = await fake(wellBehaved)
    const watched = watch([node.port])
    watched.watcher.setNeeds([{ kind: 'groups', name: 'groups' }])
    await watched.until('up', () => watched.of('node-up').length === 1)
    const started = performance.now()
    await watched.watcher.close()
    expect(performance.now() - started).toBeLessThan(500)
    await vi.waitFor(() => expect(node.sockets.size).toBe(0))
    const count = watched.seen.length
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(watched.seen).toHaveLength(count)
  })
})

describe('needs', () => {
  it('are told when they change, and those dropped are left alone', async () => {
    let size = 1
    let reads = 0
    const watched = watch([], {
      files: async (_host, wanted) => {
        reads++
        return wanted.map(({ path }) =>
          path === '/bad' ? { failed: 'no such folder' } : { path, size, modified: 0, text: 'x'.repeat(size) },
        )
      },
    })
    const file = (name: string, path: string) => ({ kind: 'file', name, host: 'kafka-1', path, maxBytes: 9 }) as const
    watched.watcher.setNeeds([file('one', '/one'), file('bad', '/bad')])
    await watched.until('both', () => watched.of('need').length === 2, 300)
    expect(watched.of('need').at(1)).toEqual({
      type: 'need',
      name: 'bad',
      result: { state: 'failed', why: 'no such folder' },
      begins: true,
    })
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    expect(watched.of('need')).toHaveLength(2)
    size = 2
    await watched.until('the change', () => watched.of('need').length === 3)
    watched.watcher.setNeeds([file('two', '/two')])
    await watched.until('the new one', () => watched.of('need').at(-1)?.name === 'two', 300)
    const before = reads
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(reads - before).toBeLessThanOrEqual(2)
  })

  it('that hang or fail are told so', async () => {
    const watched = watch([], {
      files: (_host, [wanted]) =>
        wanted?.path === '/hangs' ? new Promise(() => {}) : Promise.reject(new Error('gone')),
    })
    watched.watcher.setNeeds([
      { kind: 'file', name: 'hangs', host: 'kafka-1', path: '/hangs', maxBytes: 9 },
      { kind: 'file', name: 'fails', host: 'kafka-1', path: '/fails', maxBytes: 9 },
      { kind: 'records', name: 'records', topic: 'x', max: 5 },
    ])
    await watched.until('all three', () => watched.of('need').length === 3)
    expect(Object.fromEntries(watched.of('need').map(({ name, result }) => [name, result]))).toEqual({
      fails: { state: 'failed', why: 'gone' },
      records: { state: 'failed', why: 'no broker answers' },
      hangs: { state: 'failed', why: 'reading /hangs on kafka-1 took more than 3000 ms' },
    })
  })
})
