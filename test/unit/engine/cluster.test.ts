import { expect, test } from 'vitest'
import { type ClusterView, foldCluster, NO_CLUSTER } from '#labs/engine/cluster.ts'
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
