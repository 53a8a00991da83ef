/** Several nodes that lie, or are of the past, beside ones that do not. */
import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { encode } from '#labs/kafka/codec/codec.ts'
import type { Observation } from '#labs/protocol/observation.ts'
import { encodeBatch, schemas } from '../../support/batches.ts'
import { type Behaviour, type FakeNode, fetched, leadingController } from '../../support/fake-node.ts'
import { dial } from '../../support/loopback.ts'
import { fake, watch } from '../../support/watching.ts'

const NOT_LEADER = 6
const VOTERS = [1, 2, 3]

const topicBatch = (name: string, baseOffset: number, epoch: number): Buffer => {
  const topic = { name, topicId: Buffer.from(name.padEnd(16)).toString('base64url') }
  const value = Buffer.concat([Buffer.from([1, 2, 0]), encode(schemas.codec('TopicRecord', 0), topic)])
  return encodeBatch([{ key: null, value }], { baseOffset, epoch })
}

/** A log whose records are topics, each with the epoch it was written in; the last ones may not be committed. */
type Log = { topics: [name: string, epoch: number][]; committed: number }

/** What a controller of a cluster of three would answer, which can change its mind. */
type State = { node: number; leader: number | null; epoch: number; log: Log; clusterId?: string; voters?: number[] }

function controller(state: State): Behaviour {
  return (asked) => {
    const { node, leader, epoch, log, clusterId = 'three', voters = VOTERS } = state
    const refused = {
      responses: [
        {
          topicId: 'AAAAAAAAAAAAAAAAAAAAAQ',
          partitions: [
            {
              partitionIndex: 0,
              errorCode: NOT_LEADER,
              highWatermark: -1,
              currentLeader: { leaderId: leader ?? -1, leaderEpoch: epoch },
            },
          ],
        },
      ],
    }
    if (asked.api === 'DescribeQuorum' && leader !== node)
      return {
        topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0, errorCode: NOT_LEADER }] }],
      }
    if (asked.api === 'DescribeConfigs')
      return {
        results: asked.body.resources.map(({ resourceName }: { resourceName: string }) => ({
          resourceType: 4,
          resourceName,
          errorCode: resourceName === String(node) ? 0 : 42,
          errorMessage: null,
          configs: [],
        })),
      }
    if (asked.api !== 'Fetch') return leadingController(() => null, { clusterId, node, epoch, voters })(asked)
    const { fetchOffset, currentLeaderEpoch, lastFetchedEpoch } = asked.body.topics[0].partitions[0]
    if (leader !== node || currentLeaderEpoch !== epoch) return refused
    const at = Number(fetchOffset)
    const more = { highWatermark: log.committed }
    if (at > 0 && log.topics[at - 1]?.[1] !== lastFetchedEpoch)
      return fetched(null, { ...more, divergingEpoch: { epoch: 1, endOffset: 0 } })
    const rest = log.topics.slice(at).map(([name, of], index) => topicBatch(name, at + index, of))
    if (rest.length > 0) return fetched(Buffer.concat(rest), more)
    setTimeout(
      () => asked.socket.writable && asked.socket.write(asked.frame(fetched(null, more))),
      asked.body.maxWaitMs,
    )
    return null
  }
}

const names = (seen: Observation[]): string[] =>
  seen.flatMap((one) => (one.type === 'metadata' ? one.records.map(({ data }) => (data as { name: string }).name) : []))

describe('the log of three controllers', () => {
  it('is not taken from an old leader that is cut off, even where it is the only one left', async () => {
    const log: Log = {
      topics: [
        ['a', 5],
        ['b', 5],
      ],
      committed: 2,
    }
    // the old one has written something since that nobody else has
    const old: State = { node: 1, leader: 1, epoch: 5, log: { topics: [...log.topics, ['never', 5]], committed: 2 } }
    const next: State = { node: 2, leader: 1, epoch: 5, log }
    const third: State = { node: 3, leader: 1, epoch: 5, log }
    const nodes = await Promise.all([old, next, third].map((state) => fake(controller(state))))
    const [, second, last] = nodes as [FakeNode, FakeNode, FakeNode]
    const watched = watch(Object.fromEntries(nodes.map(({ port }, at) => [`host-${at + 1}`, [port]])))
    await watched.until('what is committed', () => names(watched.seen).length === 2)

    const elected = performance.now()
    Object.assign(next, { leader: 2, epoch: 6, log: { topics: [...log.topics, ['c', 6]], committed: 3 } })
    Object.assign(third, { leader: 2, epoch: 6 })
    await watched.until('the new leader', () =>
      watched.of('quorum').some(({ leader, epoch }) => leader === 2 && epoch === 6),
    )
    expect(performance.now() - elected).toBeLessThan(1_200)
    await watched.until('its record', () => names(watched.seen).length === 3)
    const samples = watched.of('metadata-log').length
    // the new one and its voter die: what the old one says is of the past
    await Promise.all([second.stop(), last.stop()])
    await watched.until('both are down', () => watched.of('node-down').length === 2)
    Object.assign(old.log, { committed: 3 })
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(names(watched.seen)).toEqual(['a', 'b', 'c'])
    expect(
      watched
        .of('metadata-log')
        .slice(samples)
        .every(({ host }) => host !== 'host-3'),
    ).toBe(true)
    // it says of itself what it believes
    expect(watched.of('quorum').findLast(({ host }) => host === 'host-1')).toMatchObject({ leader: 1, epoch: 5 })
    expect(watched.problems).toEqual([])
  })

  it('has one end for a node whose disk is new: that of the replica that still fetches', async () => {
    const log: Log = { topics: [['a', 5]], committed: 1 }
    const replica = (replicaId: number, logEndOffset: number, lastCaughtUpTimestamp: number) => ({
      replicaId,
      replicaDirectoryId: 'AAAAAAAAAAAAAAAAAAAAqg',
      logEndOffset,
      lastCaughtUpTimestamp,
    })
    const leading = controller({ node: 1, leader: 1, epoch: 5, log })
    const { port } = await fake((asked) => {
      if (asked.api !== 'DescribeQuorum') return leading(asked)
      const quorum = { partitionIndex: 0, leaderId: 1, leaderEpoch: 5, highWatermark: 9 }
      const currentVoters = [replica(1, 9, 30), replica(2, 8, 30), replica(3, 4, 10)]
      const partitions = [{ ...quorum, currentVoters, observers: [replica(2, 5, 10), replica(3, 9, 30)] }]
      return { topics: [{ topicName: '__cluster_metadata', partitions }] }
    })
    const watched = watch({ 'host-1': [port] })
    await watched.until('a sample', () => watched.of('metadata-log').length > 0)
    expect(watched.of('metadata-log').at(-1)?.replicas).toEqual([
      { node: 1, logEndOffset: 9, lagMs: 0 },
      { node: 2, logEndOffset: 8, lagMs: 0 },
      { node: 3, logEndOffset: 9, lagMs: 0 },
    ])
  })

  it('is read while an old leader keeps the question waiting', async () => {
    const log: Log = { topics: [['a', 5]], committed: 1 }
    const states: State[] = [1, 2, 3].map((node) => ({ node, leader: 1, epoch: 5, log }))
    let hangs = false
    const nodes = await Promise.all(
      states.map((state) => fake((asked) => (hangs && state.node === 1 ? null : controller(state)(asked)))),
    )
    const watched = watch(Object.fromEntries(nodes.map(({ port }, at) => [`host-${at + 1}`, [port]])))
    await watched.until('the first', () => names(watched.seen).length === 1)
    await watched.until('all views', () => new Set(watched.of('quorum').map(({ host }) => host)).size === 3)
    hangs = true
    const began = performance.now()
    const after: Log = {
      topics: [
        ['a', 5],
        ['b', 6],
      ],
      committed: 2,
    }
    for (const state of states) Object.assign(state, { leader: 2, epoch: 6, log: after })
    await watched.until('the second', () => names(watched.seen).length === 2)
    expect(performance.now() - began).toBeLessThan(1_500)
    await watched.until('the old one is down', () => watched.of('node-down').length === 1)
    expect(performance.now() - began).toBeLessThan(4_000)
  })

  it('comes back whole when one is gone that claimed to lead it in the last of epochs', async () => {
    const log: Log = {
      topics: [
        ['a', 5],
        ['b', 5],
      ],
      committed: 2,
    }
    const states: State[] = [1, 2, 3].map((node) => ({ node, leader: 1, epoch: 5, log }))
    const nodes = await Promise.all(states.map((state) => fake(controller(state))))
    const lies: Log = {
      topics: [
        ['lie', 1],
        ['more', 2 ** 31 - 1],
        ['of', 2 ** 31 - 1],
      ],
      committed: 3,
    }
    const liar = await fake(controller({ node: 9, leader: 9, epoch: 2 ** 31 - 1, log: lies, voters: [9] }))
    const hosts = Object.fromEntries(nodes.map(({ port }, at) => [`host-${at + 1}`, [port]]))
    const watched = watch({ ...hosts, liar: [liar.port] })
    await watched.until('the truth', () => names(watched.seen).includes('b'))
    // nobody leads for a while: then only the liar claims to
    for (const state of states) Object.assign(state, { leader: null, epoch: 6 })
    await watched.until('the lie', () => names(watched.seen).includes('of'))
    const mark = watched.seen.length
    const after: Log = { topics: [...log.topics, ['c', 7]], committed: 3 }
    for (const state of states) Object.assign(state, { leader: 2, epoch: 7, log: after })
    await watched.until('the truth again', () => names(watched.seen.slice(mark)).includes('c'))
    expect(names(watched.seen.slice(mark))).toEqual(['a', 'b', 'c'])
    expect(watched.problems).toEqual([])
  })
})

describe('nodes that flood', () => {
  it('cost little memory, and delay nobody', async () => {
    const state: State = {
      node: 1,
      leader: 1,
      epoch: 5,
      log: { topics: [], committed: 0 },
      voters: [1],
      clusterId: 'good',
    }
    const good = await fake(controller(state))
    const flood = (socket: Socket): void => {
      if (socket.destroyed) return
      // some MB a second each: these share a process with what is tested
      socket.write(Buffer.alloc(1 << 16, 1), () => setTimeout(flood, 10, socket))
    }
    // says that 16 MB come, and never stops; asked for anything but its log it behaves
    const floods = await Promise.all(
      [0, 1, 2, 3, 4, 5].map((at) =>
        fake(
          leadingController(
            ({ socket }) => {
              socket.write(Buffer.from([0, 0xff, 0xff, 0xff]))
              flood(socket)
              return null
            },
            { clusterId: `flood-${at}` },
          ),
        ),
      ),
    )
    const hosts = Object.fromEntries(floods.map(({ port }, at) => [`flood-${at}`, [port]]))
    const before = process.memoryUsage().rss
    const watched = watch({ ...hosts, good: [good.port] })
    await watched.until('all of them', () => watched.of('quorum').length >= 7, 5_000)
    let most = 0
    for (let at = 0; at < 5; at++) {
      state.log.topics.push([`topic-${at}`, 5])
      state.log.committed++
      const written = performance.now()
      await watched.until('a topic', () => names(watched.seen).includes(`topic-${at}`))
      expect(performance.now() - written).toBeLessThan(1_500)
      await new Promise((resolve) => setTimeout(resolve, 200))
      most = Math.max(most, process.memoryUsage().rss - before)
    }
    expect(most).toBeLessThan(400 << 20)
    expect(watched.problems).toEqual([])
  }, 30_000)
})

describe('programs that are not Kafka', () => {
  it('are never asked where it is known what they are', async () => {
    const state: State = { node: 1, leader: 1, epoch: 5, log: { topics: [['a', 5]], committed: 1 }, voters: [1] }
    const node = await fake(controller(state))
    const listening = await fake(() => null)
    const watched = watch(
      {},
      {
        hosts: ['host-1'],
        sockets: async () => [
          ...Array.from({ length: 100 }, () => ({ address: '127.0.0.1', port: listening.port, owner: 'nc' })),
          { address: '127.0.0.1', port: node.port, owner: 'java' },
        ],
        dial,
      },
    )
    await watched.until('the node', () => names(watched.seen).length === 1)
    expect(listening.connections).toBe(0)
  })
})
