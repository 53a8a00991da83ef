/** A cluster with ZooKeeper, as the same folds show it, and its way to a quorum. */
import { expect, test } from 'vitest'
import { type ClusterView, epochOf, foldCluster, type News, NO_CLUSTER } from '#labs/engine/cluster.ts'
import { EventLog, eventsOf } from '#labs/engine/events.ts'
import type { LaidNode } from '#labs/engine/layout.ts'
import type { Observation, ToldTopic, ZooKeeperState } from '#labs/protocol/observation.ts'

const LAID: LaidNode[] = [
  { host: 'zookeeper-1', id: null, roles: ['zookeeper'] },
  ...[1, 2].map((id) => ({ host: `broker-${id}`, id, roles: ['broker' as const] })),
  { host: 'controller-1', id: 101, roles: ['controller'] },
]
const CLUSTER = 'OR9b1xvzQoSFUZv8cY7NuQ'
const up = (host: string, node: number | null): Observation => ({
  type: 'node-up',
  host,
  node,
  clusterId: CLUSTER,
  listeners: [],
})
const zookeeper = (state: Partial<ZooKeeperState>): Observation => ({
  type: 'zookeeper',
  host: 'zookeeper-1',
  controller: null,
  migration: null,
  brokers: [],
  ...state,
})
const holds = (node: number, epoch: number, kraftEpoch: number | null = null) => ({ node, epoch, kraftEpoch, since: 1 })
const topics = (leader: number, leaderEpoch: number, isr: number[], id = 'T'): Observation => ({
  type: 'topics',
  host: 'broker-1',
  topics: [
    { name: 'orders', id, partitions: [{ partition: 0, leader, leaderEpoch, replicas: [1, 2], isr }] },
  ] satisfies ToldTopic[],
})

function folded(...seen: Observation[]): { view: ClusterView; log: EventLog } {
  const log = new EventLog()
  let view = NO_CLUSTER
  for (const [at, one] of seen.entries()) {
    const news: News[] = []
    view = foldCluster(view, one, at, LAID, (told) => news.push(told))
    for (const event of news.flatMap((told) => eventsOf(told, at, '')))
      log.add({ seq: at, at, cluster: 'main', ...event })
  }
  return { view, log }
}
const START = [
  up('zookeeper-1', null),
  up('broker-1', 1),
  up('broker-2', 2),
  zookeeper({ controller: holds(1, 4), brokers: [1, 2] }),
  topics(1, 0, [1, 2]),
]

test('who holds /controller leads, in the epoch that ZooKeeper counts', () => {
  const { view } = folded(...START)
  expect(view).toMatchObject({ leader: 1, epoch: 4, clusterId: CLUSTER })
  expect(view.brokers).toMatchObject({ 1: { fenced: false }, 2: { fenced: false } })
  expect(view.topics.orders?.partitions[0]).toEqual({
    leader: 1,
    leaderEpoch: 0,
    replicas: [1, 2],
    isr: [1, 2],
    elr: [],
  })
})

test('a dead controller leads no more, though its node is still there; another one is elected', () => {
  const { view, log } = folded(
    ...START,
    { type: 'node-down', host: 'broker-1', why: 'gone' },
    zookeeper({ controller: null, brokers: [2] }),
    zookeeper({ controller: holds(2, 5), brokers: [2] }),
    topics(2, 1, [2]),
  )
  expect(view).toMatchObject({ leader: 2, epoch: 5 })
  expect(Object.keys(view.brokers)).toEqual(['2'])
  expect(log.since('leader', 'main', 4).map(({ leader, epoch, seq }) => [seq, leader, epoch])).toEqual([
    [5, null, 4],
    [7, 2, 5],
  ])
  expect(log.since('node', 'main', 4)).toMatchObject([{ host: 'broker-1', up: false, led: true }])
  expect(log.since('partition', 'main', 4)).toMatchObject([
    { topic: 'orders', leader: 2, isr: [2], before: { leader: 1, isr: [1, 2] } },
  ])
})

test('what is told again is no event; a topic with another id is another one', () => {
  const { log } = folded(...START, topics(1, 0, [1, 2]), topics(1, 0, [1, 2], 'U'), {
    type: 'topics',
    host: 'broker-1',
    topics: [],
  })
  expect(log.since('partition', 'main', 4)).toEqual([])
  expect(log.since('topic', 'main', 4).map(({ seq, is }) => [seq, is])).toEqual([
    [6, 'deleted'],
    [6, 'created'],
    [7, 'deleted'],
  ])
})

const QUORUM: Observation[] = [
  up('controller-1', 101),
  {
    type: 'quorum',
    host: 'controller-1',
    clusterId: CLUSTER,
    leader: 101,
    epoch: 1,
    voters: [{ node: 101, directory: null }],
    observers: [],
  },
]

test('once there is a quorum its leader and its epoch count, and ZooKeeper’s are told beside', () => {
  const { view } = folded(...START, ...QUORUM, zookeeper({ controller: holds(101, 5, 1), brokers: [] }))
  expect(view).toMatchObject({ leader: 101, epoch: 1 })
  expect(view.zookeeper?.controller).toEqual(holds(101, 5, 1))
  // the log of the quorum says who is registered
  expect(Object.keys(view.brokers)).toEqual(['1', '2'])
})

test('a quorum that only waits leaves it to ZooKeeper who is registered', () => {
  const { view } = folded(...START, ...QUORUM, zookeeper({ controller: holds(1, 4), brokers: [2] }))
  expect(view).toMatchObject({ leader: 101, epoch: 1 })
  expect(Object.keys(view.brokers)).toEqual(['2'])
})

test('the way back: the quorum is gone, and a broker holds /controller again', () => {
  const { view, log } = folded(
    ...START,
    ...QUORUM,
    zookeeper({ controller: holds(101, 5, 1), brokers: [1, 2] }),
    { type: 'node-down', host: 'controller-1', why: 'stopped' },
    zookeeper({ controller: null, brokers: [1, 2] }),
    zookeeper({ controller: holds(2, 6), brokers: [1, 2] }),
  )
  expect(view.leader).toBe(2)
  expect(epochOf(view)).toBe(6)
  expect(log.since('leader', 'main', 4).map(({ leader, epoch }) => [leader, epoch])).toEqual([
    [101, 1],
    [null, 1],
    [2, 6],
  ])
})
