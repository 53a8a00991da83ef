import { describe, expect, test } from 'vitest'
import { type ClusterView, foldCluster, type News, NO_CLUSTER } from '#labs/engine/cluster.ts'
import { EventLog, eventsOf } from '#labs/engine/events.ts'
import type { MetadataRecord, Observation } from '#labs/protocol/observation.ts'

const AT = 1_000
const fold = (...seen: Observation[]): ClusterView =>
  seen.reduce((cluster, one) => foldCluster(cluster, one, AT), NO_CLUSTER)
let offset = 0
const records = (...all: [type: string, data: unknown][]): Observation => ({
  type: 'metadata',
  host: 'broker-1',
  records: all.map(
    ([type, data]): MetadataRecord => ({ offset: ++offset, epoch: 1, timestamp: 0, type, version: 0, data }),
  ),
})
const up = (clusterId: string): Observation => ({
  type: 'node-up',
  host: 'broker-1',
  node: 1,
  clusterId,
  listeners: [{ address: '0.0.0.0', port: 9092, kind: 'broker' }],
})
const orders = records(
  ['TOPIC_RECORD', { name: 'orders', topicId: 'T' }],
  ['PARTITION_RECORD', { partitionId: 0, topicId: 'T', replicas: [1, 2], isr: [1, 2], leader: 1, leaderEpoch: 0 }],
)

test('topics come, change and go with their records', () => {
  const created = fold(up('A'), orders)
  expect(created.topics.orders?.partitions[0]).toEqual({
    leader: 1,
    leaderEpoch: 0,
    replicas: [1, 2],
    isr: [1, 2],
    elr: [],
  })

  const moved = foldCluster(
    created,
    records(['PARTITION_CHANGE_RECORD', { topicId: 'T', partitionId: 0, leader: 2, isr: [2] }]),
    AT,
  )
  expect(moved.topics.orders?.partitions[0]).toMatchObject({ leader: 2, leaderEpoch: 1, isr: [2], replicas: [1, 2] })
  // A change that names no leader keeps it, with its epoch.
  const grown = foldCluster(
    moved,
    records(['PARTITION_CHANGE_RECORD', { topicId: 'T', partitionId: 0, isr: [2, 1] }]),
    AT,
  )
  expect(grown.topics.orders?.partitions[0]).toMatchObject({ leader: 2, leaderEpoch: 1, isr: [2, 1] })
  expect(created.topics.orders?.partitions[0]?.leader).toBe(1)

  expect(foldCluster(grown, records(['REMOVE_TOPIC_RECORD', { topicId: 'T' }]), AT).topics).toEqual({})
})

test('a broker is fenced until a record says otherwise', () => {
  const registered = fold(up('A'), records(['REGISTER_BROKER_RECORD', { brokerId: 1, brokerEpoch: 5, fenced: true }]))
  expect(registered.brokers[1]?.fenced).toBe(true)
  const change = (fenced: number) =>
    records(['BROKER_REGISTRATION_CHANGE_RECORD', { brokerId: 1, brokerEpoch: 5, fenced }])
  const unfenced = foldCluster(registered, change(-1), AT)
  expect(unfenced.brokers[1]?.fenced).toBe(false)
  expect(foldCluster(unfenced, change(0), AT).brokers[1]?.fenced).toBe(false)
  expect(foldCluster(unfenced, change(1), AT).brokers[1]?.fenced).toBe(true)
})

test('storage formatted anew is another cluster: nothing of the old one stays', () => {
  expect(fold(up('A'), orders, up('B'))).toMatchObject({ clusterId: 'B', topics: {}, brokers: {} })
  const again: Observation = {
    type: 'metadata',
    host: 'broker-1',
    records: [{ offset: 0, epoch: 1, timestamp: 0, type: 'LeaderChange', version: 0, data: {} }],
  }
  expect(fold(up('A'), orders, up('A'), again).topics).toEqual({})
})

test('a snapshot stands for the whole log before its end', () => {
  const snapshot = records(
    ['SnapshotHeader', {}],
    ['TOPIC_RECORD', { name: 'kept', topicId: 'K' }],
    ['SnapshotFooter', {}],
  )
  expect(Object.keys(fold(up('A'), orders, snapshot).topics)).toEqual(['kept'])
})

test('a node that stops keeps what it was, without a leader nobody vouches for', () => {
  const quorum: Observation = {
    type: 'quorum',
    host: 'broker-1',
    clusterId: 'A',
    leader: 1,
    epoch: 3,
    voters: [],
    observers: [],
  }
  const down = fold(up('A'), orders, quorum, { type: 'node-down', host: 'broker-1', why: 'it closed its port' })
  expect(down).toMatchObject({ leader: null, epoch: 3, nodes: { 'broker-1': { up: false, listeners: [] } } })
  expect(Object.keys(down.topics)).toEqual(['orders'])
})

const at = (host: string, node: number, clusterId = 'A'): Observation => ({
  type: 'node-up',
  host,
  node,
  clusterId,
  listeners: [],
})
const says = (host: string, leader: number | null, epoch: number, directory: string | null = null): Observation => ({
  type: 'quorum',
  host,
  clusterId: 'A',
  leader,
  epoch,
  voters: [{ node: 1, directory }],
  observers: directory ? [{ node: 9, directory: 'O' }] : [],
})

test('the leader is whoever says so of itself in the latest epoch, whichever node spoke last', () => {
  const led = fold(at('a', 1), at('b', 2), says('a', 1, 5, 'D'), says('b', 1, 5))
  // What a follower says of voters has no directories.
  expect(led).toMatchObject({
    leader: 1,
    epoch: 5,
    leaderSince: AT,
    voters: [{ node: 1, directory: 'D' }],
    observers: [{ node: 9 }],
  })
  expect(foldCluster(led, says('b', null, 6), AT)).toMatchObject({ leader: null, epoch: 6 })
  const other = [says('b', 2, 6), says('a', 1, 5)].reduce((cluster, seen) => foldCluster(cluster, seen, AT), led)
  expect(other).toMatchObject({ leader: 2, epoch: 6, nodes: { a: { quorum: { leader: 1, epoch: 5 } } } })
  // One that is paused says nothing.
  const paused = foldCluster(other, { type: 'process', host: 'b', state: 'paused', pid: 7 }, AT)
  expect(paused.leader).toBe(null)
  expect(foldCluster(paused, { type: 'process', host: 'b', state: 'running', pid: 7 }, AT).leader).toBe(2)
})

test('one that follows takes no directory from the voters, even before it is known who it is', () => {
  const unknown = { ...at('b', 2), node: null } as Observation
  const led = fold(at('a', 1), unknown, says('a', 1, 5, 'D'), says('b', 1, 5))
  expect(led).toMatchObject({ voters: [{ node: 1, directory: 'D' }], observers: [{ node: 9, directory: 'O' }] })
})

test('a high watermark is not known after an election, and only the leader tells it', () => {
  const sample = (host: string, highWatermark: number | null): Observation => ({
    type: 'metadata-log',
    host,
    highWatermark,
    logStart: 7,
    replicas: [{ node: 1, logEndOffset: 12, lagMs: 3 }],
  })
  const told = fold(at('a', 1), at('b', 2), says('a', 1, 5), sample('b', 3), sample('a', 10))
  expect(told).toMatchObject({ highWatermark: 10, logStart: 7, metadataEnds: { 1: 12 }, metadataLags: { 1: 3 } })
  expect(told.sampledAt).toBe(AT)
  const elected = foldCluster(told, says('b', 2, 6), AT)
  expect(elected).toMatchObject({ highWatermark: null, lastHighWatermark: 10, logStart: null })
  expect(foldCluster(elected, sample('a', 9), AT).highWatermark).toBe(null)
  expect(foldCluster(elected, sample('b', 11), AT).highWatermark).toBe(11)
})

test('one node that was formatted for itself is no news of the others', () => {
  const strange = fold(up('A'), at('b', 2), orders, at('b', 2, 'B'), says('b', 2, 40))
  expect(strange).toMatchObject({ clusterId: 'A', topics: { orders: {} }, leader: null, epoch: null })
})

test('ends of logs are kept by replica, as each node tells of its own', () => {
  const ends = (type: 'log-ends' | 'replica-ends', host: string, end: number): Observation => ({
    type,
    host,
    partitions: [{ topic: 'orders', partition: 0, end }],
  })
  const told = fold(up('A'), at('b', 2), orders, ends('log-ends', 'broker-1', 8), ends('replica-ends', 'b', 5))
  expect(told.logEnds).toEqual({ orders: { 0: 8 } })
  expect(told.replicaEnds).toEqual({ orders: { 0: { 1: 8, 2: 5 } } })
  // Only what its leader tells counts, and only what is news.
  expect(told.endsChangedAt).toEqual({ orders: AT })
  const later = foldCluster(told, ends('replica-ends', 'b', 8), AT + 1_000)
  expect(foldCluster(later, ends('log-ends', 'broker-1', 8), AT + 2_000).endsChangedAt).toEqual({ orders: AT })
  expect(foldCluster(later, ends('log-ends', 'broker-1', 9), AT + 2_000).endsChangedAt).toEqual({ orders: AT + 2_000 })
})

test('a topic may be called as an object has its own things', () => {
  const names = ['constructor', 'toString', '__proto__']
  const ends: Observation = {
    type: 'log-ends',
    host: 'broker-1',
    partitions: names.map((topic) => ({ topic, partition: 0, end: 4 })),
  }
  expect(fold(up('A'), ends).logEnds).toEqual({})
  const partition = { partitionId: 0, replicas: [1], isr: [1], leader: 1, leaderEpoch: 0 }
  const made = names.flatMap((name): [string, unknown][] => [
    ['TOPIC_RECORD', { name, topicId: name }],
    ['PARTITION_RECORD', { ...partition, topicId: name }],
  ])
  const told: News[] = []
  const cluster = [up('A'), records(...made), ends].reduce(
    (before, seen) => foldCluster(before, seen, AT, [], (news) => told.push(news)),
    NO_CLUSTER,
  )
  expect(Object.keys(cluster.topics)).toEqual(names)
  for (const name of names) expect(cluster.logEnds[name]?.[0]).toBe(4)
  expect(told.flatMap((news) => eventsOf(news, AT, '')).filter(({ type }) => type === 'topic')).toEqual(
    ['constructor', 'toString'].map((topic) => ({ type: 'topic', topic, is: 'created' })),
  )
  const gone = foldCluster(
    cluster,
    records(...names.map((topicId): [string, unknown] => ['REMOVE_TOPIC_RECORD', { topicId }])),
    AT,
  )
  expect([gone.topics, gone.logEnds, gone.held]).toEqual([{}, {}, 0])
})

describe('records by the thousand', () => {
  /** Folds them as the watcher sends them, with all that follows. @returns ms of the processor */
  const foldAll = (all: [type: string, data: unknown][]) => {
    const observations: Observation[] = []
    for (let from = 0; from < all.length; from += 500) observations.push(records(...all.slice(from, from + 500)))
    let cluster = fold(up('A'))
    let events = 0
    const { user, system } = process.cpuUsage()
    for (const seen of observations)
      cluster = foldCluster(cluster, seen, AT, [], (news) => {
        events += eventsOf(news, AT, '').length
      })
    const used = process.cpuUsage()
    return { cluster, events, ms: (used.user + used.system - user - system) / 1_000 }
  }
  const partition = (partitionId: number, topicId = 'T'): [string, unknown] => [
    'PARTITION_RECORD',
    { partitionId, topicId, replicas: [1, 2], isr: [1, 2], leader: 1, leaderEpoch: 0 },
  ]
  const many = <One>(count: number, make: (index: number) => One) => Array.from({ length: count }, (_, at) => make(at))

  test('a topic of 10,000 partitions is made, and moves, at once', () => {
    const moves = many(10_000, (partitionId): [string, unknown] => [
      'PARTITION_CHANGE_RECORD',
      { partitionId, topicId: 'T', leader: 2, isr: [2] },
    ])
    const topic: [string, unknown] = ['TOPIC_RECORD', { name: 'wide', topicId: 'T' }]
    const { cluster, events, ms } = foldAll([topic, ...many(10_000, (index) => partition(index)), ...moves])
    expect(Object.keys(cluster.topics.wide?.partitions ?? {})).toHaveLength(10_000)
    expect(events).toBe(10_001)
    expect(ms).toBeLessThan(2_000)
  })

  test('what a liar tells is bounded', () => {
    const topics = many(100_000, (index): [string, unknown] => [
      'TOPIC_RECORD',
      { name: `t${index}`, topicId: `T${index}` },
    ])
    const { cluster, events, ms } = foldAll(topics)
    expect([Object.keys(cluster.topics).length, events]).toEqual([5_000, 5_000])
    expect(ms).toBeLessThan(5_000)

    const wide = foldAll([
      ...many(5, (index): [string, unknown] => ['TOPIC_RECORD', { name: `t${index}`, topicId: `T${index}` }]),
      ...many(50_000, (index) => partition(Math.floor(index / 5), `T${index % 5}`)),
      partition(2 ** 31 - 1, 'T0'),
      ['TOPIC_RECORD', { name: 'n'.repeat(250), topicId: 'N' }],
      ...many(1_000, (brokerId): [string, unknown] => ['REGISTER_BROKER_RECORD', { brokerId, brokerEpoch: 1 }]),
      ['PARTITION_CHANGE_RECORD', { topicId: 'T0', partitionId: 0, isr: many(100_000, (index) => index) }],
    ]).cluster
    expect(wide.held).toBe(20_000)
    expect(Object.keys(wide.topics)).toHaveLength(5)
    expect(Object.keys(wide.brokers)).toHaveLength(64)
    expect(wide.topics.t0?.partitions[0]?.isr).toHaveLength(64)
  })
})

test('events are kept by the ten thousand, and what was dropped is known', () => {
  const log = new EventLog()
  for (let seq = 1; seq <= 30_000; seq++)
    log.add({ seq, at: AT, cluster: 'main', type: 'broker', broker: 1, is: 'fenced' })
  const kept = log.since('broker', 'main', 0)
  expect(kept.length).toBeLessThanOrEqual(20_000)
  expect(log.forgotten('broker')).toBe(kept[0]!.seq - 1)
  expect([log.forgotten(), log.forgotten('leader')]).toEqual([kept[0]!.seq - 1, 0])
})
