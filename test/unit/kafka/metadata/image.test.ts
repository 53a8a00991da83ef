import { expect, test } from 'vitest'
import brokerFailure from '#labs/catalog/broker-failure/lab.ts'
import { type ImageRecord, MetadataImage } from '#labs/kafka/metadata/image.ts'
import { schemas } from '#test/support/batches.ts'
import { broker, config, imageOf, partition, partitionChange, recordsFrom, topic } from '#test/support/metadata-log.ts'
import { Recorded } from '#test/support/recorded.ts'

const ORDERS = [topic('orders'), partition('orders', 0, [1, 2, 3])] as const
const partitionOf = (image: MetadataImage, name = 'orders', index = 0) =>
  image.look('topics', name, 'partitions', `${index}`)

test('a new partition is as its record says, a change changes what it names and counts', () => {
  const image = imageOf(...ORDERS)
  const first = {
    leader: 1,
    leaderEpoch: 0,
    partitionEpoch: 0,
    replicas: [1, 2, 3],
    isr: [1, 2, 3],
    elr: [],
    lastKnownElr: [],
    addingReplicas: [],
    removingReplicas: [],
    leaderRecoveryState: 'recovered',
    directories: ['D1', 'D2', 'D3'],
  }
  expect(partitionOf(image)).toEqual(first)
  const apply = (change: object) => {
    const [record] = recordsFrom(image.endOffset, partitionChange('orders', 0, change))
    image.apply(record!)
    return partitionOf(image)
  }
  expect(apply({ isr: [2, 3], leader: 2, eligibleLeaderReplicas: [1], lastKnownElr: [] })).toEqual({
    ...first,
    leader: 2,
    leaderEpoch: 1,
    partitionEpoch: 1,
    isr: [2, 3],
    elr: [1],
  })
  // the same leader named again is an election, too; one that is left out is none
  expect(apply({ leader: 2 })).toMatchObject({ leader: 2, leaderEpoch: 2, partitionEpoch: 2, elr: [1] })
  expect(apply({ isr: [2] })).toMatchObject({ leader: 2, leaderEpoch: 2, partitionEpoch: 3, isr: [2] })
  expect(apply({ leader: -1, leaderRecoveryState: 1 })).toMatchObject({
    leader: -1,
    leaderEpoch: 3,
    leaderRecoveryState: 'recovering',
  })
  expect(
    apply({
      replicas: [2, 3, 4],
      addingReplicas: [4],
      removingReplicas: [1],
      directories: ['D2', 'D3', 'AAAAAAAAAAAAAAAAAAAAAQ'],
    }),
  ).toMatchObject({
    replicas: [2, 3, 4],
    addingReplicas: [4],
    removingReplicas: [1],
    directories: ['D2', 'D3', 'unassigned'],
    leaderRecoveryState: 'recovering',
    partitionEpoch: 5,
  })
})

test('a partition of before directories were told has migrating ones', () => {
  const image = imageOf(topic('old'), partition('old', 0, [1, 2], { directories: undefined }))
  expect(partitionOf(image, 'old')).toMatchObject({ directories: ['migrating', 'migrating'] })
})

test('a topic goes with its partitions and its configuration', () => {
  const image = imageOf(
    ...ORDERS,
    config(2, 'orders', 'retention.ms', '1000'),
    config(4, '', 'min.insync.replicas', '1'),
    ['REMOVE_TOPIC_RECORD', { topicId: 'id of orders' }],
  )
  expect(image.tree()).toMatchObject({ topics: {}, configs: { 'broker <default>': { 'min.insync.replicas': '1' } } })
  expect(image.look('configs', 'topic orders')).toBeUndefined()
  expect(image.look('topics', 'orders')).toBeUndefined()
})

test('a setting is set and taken back; what has none left is gone', () => {
  const image = imageOf(config(4, '1', 'log.cleaner.threads', '2'), config(4, '1', 'x', 'y'), config(4, '1', 'x', null))
  expect(image.look('configs')).toEqual({ 'broker 1': { 'log.cleaner.threads': '2' } })
  for (const record of recordsFrom(
    3,
    config(4, '1', 'log.cleaner.threads', null),
    config(32, 'billing', 'a', 'b'),
    config(16, 'm', 'a', 'b'),
  ))
    image.apply(record)
  expect(image.look('configs')).toEqual({ 'group billing': { a: 'b' }, 'client-metrics m': { a: 'b' } })
})

test('a broker registers, is unfenced, shuts down, comes again, and leaves', () => {
  const image = imageOf(broker(1))
  expect(image.look('brokers', '1')).toEqual({
    epoch: 10,
    incarnationId: 'I1',
    fenced: true,
    inControlledShutdown: false,
    rack: null,
    endpoints: { PLAINTEXT: 'PLAINTEXT://broker-1:9092' },
    features: { 'metadata.version': [7, 30] },
    logDirs: ['D1'],
    cordonedLogDirs: [],
  })
  const apply = (change: object) => {
    const [record] = recordsFrom(image.endOffset, [
      'BROKER_REGISTRATION_CHANGE_RECORD',
      { brokerId: 1, brokerEpoch: 10, ...change },
    ])
    image.apply(record!)
    return image.look('brokers', '1')
  }
  expect(apply({ fenced: -1 })).toMatchObject({ fenced: false, logDirs: ['D1'] })
  expect(apply({ cordonedLogDirs: ['D1'] })).toMatchObject({ fenced: false, cordonedLogDirs: ['D1'] })
  expect(apply({ logDirs: ['D7', 'D1'] })).toMatchObject({ logDirs: ['D1', 'D7'], cordonedLogDirs: ['D1'] })
  expect(apply({ logDirs: [], cordonedLogDirs: [] })).toMatchObject({ logDirs: ['D1', 'D7'], cordonedLogDirs: [] })
  expect(apply({ inControlledShutdown: 1 })).toMatchObject({ fenced: false, inControlledShutdown: true })
  expect(apply({ fenced: 1 })).toMatchObject({ fenced: true, inControlledShutdown: true })
  expect(apply({ brokerEpoch: 9, fenced: -1 }), 'of a registration that is over').toMatchObject({ fenced: true })
  expect(image.says).toContain('1 records')
  for (const record of recordsFrom(20, ['UNFENCE_BROKER_RECORD', { id: 1, epoch: 10 }])) image.apply(record)
  expect(image.look('brokers', '1', 'fenced')).toBe(false)
  for (const record of recordsFrom(21, ['FENCE_BROKER_RECORD', { id: 1, epoch: 10 }], broker(1, { brokerEpoch: 21 })))
    image.apply(record)
  expect(image.look('brokers', '1')).toMatchObject({ epoch: 21, fenced: true, inControlledShutdown: false })
  for (const record of recordsFrom(23, ['UNREGISTER_BROKER_RECORD', { brokerId: 1, brokerEpoch: 21 }]))
    image.apply(record)
  expect(image.look('brokers')).toEqual({})
})

test('controllers, voters and features', () => {
  const image = imageOf(
    ['LeaderChange', { version: 0, leaderId: 101, voters: [{ voterId: 101 }] }],
    ['KRaftVersion', { version: 0, kRaftVersion: 1 }],
    [
      'KRaftVoters',
      {
        version: 0,
        voters: [
          {
            voterId: 101,
            voterDirectoryId: 'V101',
            endpoints: [{ name: 'CONTROLLER', host: 'controller-1', port: 9093 }],
            kRaftVersionFeature: { minSupportedVersion: 0, maxSupportedVersion: 1 },
          },
        ],
      },
    ],
    [
      'REGISTER_CONTROLLER_RECORD',
      {
        controllerId: 101,
        incarnationId: 'I',
        zkMigrationReady: false,
        endPoints: [{ name: 'CONTROLLER', host: 'controller-1', port: 9093, securityProtocol: 1 }],
        features: [],
      },
    ],
    ['FEATURE_LEVEL_RECORD', { name: 'metadata.version', featureLevel: 30 }],
    ['FEATURE_LEVEL_RECORD', { name: 'group.version', featureLevel: 1 }],
    ['FEATURE_LEVEL_RECORD', { name: 'group.version', featureLevel: 0 }],
    ['FEATURE_LEVEL_RECORD', { name: 'kraft.version', featureLevel: 7 }],
    ['ZK_MIGRATION_STATE_RECORD', { zkMigrationState: 0 }],
    ['PRODUCER_IDS_RECORD', { brokerId: 1, brokerEpoch: 3, nextProducerId: 1000 }],
  )
  expect(image.tree()).toMatchObject({
    features: { 'kraft.version': 1, 'metadata.version': 30 },
    voters: { '101': { directory: 'V101', endpoints: { CONTROLLER: 'controller-1:9093' }, 'kraft.version': [0, 1] } },
    controllers: {
      '101': { incarnationId: 'I', zkMigrationReady: false, endpoints: { CONTROLLER: 'SSL://controller-1:9093' } },
    },
    'producer ids': { next: 1000 },
  })
  expect(image.look('features')).toEqual({ 'kraft.version': 1, 'metadata.version': 30 })
  for (const record of recordsFrom(10, ['KRaftVoters', { version: 0, voters: [] }])) image.apply(record)
  expect(image.look('voters')).toEqual({})
})

test('quotas, access control entries, delegation tokens and SCRAM credentials; no key is shown', () => {
  const quota = (value: number, remove: boolean, ...entity: [string, string | null][]) =>
    [
      'CLIENT_QUOTA_RECORD',
      {
        entity: entity.map(([entityType, entityName]) => ({ entityType, entityName })),
        key: 'producer_byte_rate',
        value,
        remove,
      },
    ] satisfies [string, object]
  const key = Buffer.alloc(32, 7).toString('base64')
  const image = imageOf(
    quota(1024, false, ['client-id', null], ['user', 'ada']),
    quota(2048, false, ['ip', '192.0.2.9']),
    quota(0, true, ['ip', '192.0.2.9']),
    [
      'ACCESS_CONTROL_ENTRY_RECORD',
      {
        id: 'A',
        resourceType: 2,
        resourceName: 'orders',
        patternType: 3,
        principal: 'User:ada',
        host: '*',
        operation: 3,
        permissionType: 3,
      },
    ],
    [
      'ACCESS_CONTROL_ENTRY_RECORD',
      {
        id: 'B',
        resourceType: 4,
        resourceName: 'kafka-cluster',
        patternType: 4,
        principal: 'User:bob',
        host: '*',
        operation: 15,
        permissionType: 2,
      },
    ],
    [
      'USER_SCRAM_CREDENTIAL_RECORD',
      { name: 'ada', mechanism: 1, salt: 'c2FsdA==', storedKey: key, serverKey: key, iterations: 4096 },
    ],
    [
      'USER_SCRAM_CREDENTIAL_RECORD',
      { name: 'bob', mechanism: 2, salt: 'c2FsdA==', storedKey: key, serverKey: key, iterations: 8192 },
    ],
    ['REMOVE_USER_SCRAM_CREDENTIAL_RECORD', { name: 'bob', mechanism: 2 }],
    [
      'DELEGATION_TOKEN_RECORD',
      {
        owner: 'User:ada',
        requester: 'User:ada',
        renewers: ['User:bob'],
        issueTimestamp: 1,
        maxTimestamp: 9,
        expirationTimestamp: 5,
        tokenId: 'T',
      },
    ],
  )
  expect(image.tree()).toMatchObject({
    'client quotas': { 'user ada, client-id <default>': { producer_byte_rate: 1024 } },
    acls: {
      A: {
        principal: 'User:ada',
        permission: 'allow',
        operation: 'read',
        resource: 'topic orders',
        pattern: 'literal',
        host: '*',
      },
      B: { permission: 'deny', operation: 'two-phase-commit', resource: 'cluster kafka-cluster', pattern: 'prefixed' },
    },
    'delegation tokens': {
      T: { owner: 'User:ada', renewers: ['User:bob'], issueTimestamp: 1, expirationTimestamp: 5, maxTimestamp: 9 },
    },
  })
  expect(image.look('client quotas', 'ip 192.0.2.9')).toBeUndefined()
  expect(image.look('scram')).toEqual({
    ada: { 'SCRAM-SHA-256': { iterations: 4096, salt: 'c2FsdA==', storedKey: '32 bytes', serverKey: '32 bytes' } },
  })
  expect(JSON.stringify(image.tree())).not.toContain(key)
  for (const record of recordsFrom(
    20,
    ['REMOVE_ACCESS_CONTROL_ENTRY_RECORD', { id: 'A' }],
    ['REMOVE_DELEGATION_TOKEN_RECORD', { tokenId: 'T' }],
  ))
    image.apply(record)
  expect([Object.keys(image.look('acls')!), image.look('delegation tokens')]).toEqual([['B'], {}])
})

test('the ELR is cleared of one topic or of all, and only where there is one', () => {
  const elr = { eligibleLeaderReplicas: [2], lastKnownElr: [3] }
  const image = imageOf(
    ...['a', 'b', 'c'].flatMap((name) => [topic(name), partition(name, 0, [1, 2, 3])]),
    partitionChange('a', 0, elr),
    partitionChange('b', 0, elr),
  )
  const elrs = () =>
    ['a', 'b', 'c'].map((name) => {
      const found = partitionOf(image, name) as { elr: number[]; partitionEpoch: number }
      return `${found.elr} ${found.partitionEpoch}`
    })
  expect(elrs()).toEqual(['2 1', '2 1', ' 0'])
  image.apply(recordsFrom(10, ['CLEAR_ELR_RECORD', { topicName: 'a' }])[0]!)
  expect(elrs()).toEqual([' 2', '2 1', ' 0'])
  image.apply(recordsFrom(11, partitionChange('c', 0, elr))[0]!)
  image.apply(recordsFrom(12, ['CLEAR_ELR_RECORD', { topicName: '' }])[0]!)
  expect(elrs()).toEqual([' 2', ' 2', ' 2'])
})

test('a transaction counts when it ends, and not where it is aborted', () => {
  const image = imageOf(
    topic('before'),
    ['BEGIN_TRANSACTION_RECORD', { name: 'x' }],
    topic('within'),
    partition('within', 0, [1]),
  )
  expect(Object.keys(image.tree().topics!)).toEqual(['before'])
  expect(image.topicName('id of within')).toBe('within')
  // it goes on where the image is taken up again
  const later = new MetadataImage(image.state())
  image.apply(recordsFrom(4, ['END_TRANSACTION_RECORD'])[0]!)
  expect(Object.keys(image.tree().topics!)).toEqual(['before', 'within'])
  for (const record of recordsFrom(
    4,
    partitionChange('within', 0, { isr: [] }),
    ['ABORT_TRANSACTION_RECORD', { reason: 'why' }],
    topic('after'),
  ))
    later.apply(record)
  expect(Object.keys(later.tree().topics!)).toEqual(['after', 'before'])
  expect([later.endOffset, later.records, later.says]).toEqual([7, 7, ''])
})

test('a snapshot is all there is, and so is a log that begins again', () => {
  const image = imageOf(topic('old'), topic('older'))
  const snapshot = [
    ['SnapshotHeader', { version: 0, lastContainedLogTimestamp: 77 }],
    topic('new'),
    ['SnapshotFooter', { version: 0 }],
  ] as const
  for (const [type, data] of snapshot) image.apply({ offset: 41, epoch: 3, timestamp: 99, type, data })
  expect([
    Object.keys(image.tree().topics!),
    image.endOffset,
    image.epoch,
    image.timestamp,
    image.records,
    image.says,
  ]).toEqual([['new'], 42, 3, 77, 3, ''])
  image.apply(recordsFrom(0, topic('anew'))[0]!)
  expect([Object.keys(image.tree().topics!), image.endOffset, image.records]).toEqual([['anew'], 1, 1])
  for (const [type, data] of snapshot.slice(0, 2)) image.apply({ offset: 41, epoch: 3, timestamp: 99, type, data })
  expect(image.says).toBe('The snapshot has no end.')
})

test('what a tree or a state gave does not change any more, and shares what is the same', () => {
  const image = imageOf(...ORDERS, topic('payments'), broker(1))
  const [before, state] = [image.tree(), image.state()]
  const text = JSON.stringify(before)
  for (const record of recordsFrom(10, partitionChange('orders', 0, { isr: [1] }), config(2, 'orders', 'a', 'b'), [
    'UNREGISTER_BROKER_RECORD',
    { brokerId: 1 },
  ]))
    image.apply(record)
  const after = image.tree()
  expect(JSON.stringify(before)).toBe(text)
  expect(JSON.stringify(new MetadataImage(state).tree())).toBe(text)
  expect(after.topics).not.toBe(before.topics)
  const payments = (tree: typeof before) => (tree.topics as typeof before).payments
  expect(payments(after)).toBe(payments(before))
  expect(after.acls).toBe(before.acls)
})

test('names are sorted, numbers by their value, whatever they are called', () => {
  const image = imageOf(
    topic('b'),
    topic('__proto__'),
    topic('constructor'),
    topic('a'),
    broker(10),
    broker(9),
    partition('__proto__', 0, [1]),
  )
  const { topics, brokers } = image.tree() as Record<string, Record<string, unknown>>
  expect(Object.keys(topics!)).toEqual(['__proto__', 'a', 'b', 'constructor'])
  expect(Object.keys(brokers!)).toEqual(['9', '10'])
  expect(image.look('topics', '__proto__', 'partitions', '0', 'leader')).toBe(1)
  expect(image.look('topics', 'toString')).toBeUndefined()
  expect(({} as Record<string, unknown>).partitions).toBeUndefined()
  image.apply(recordsFrom(10, ['REMOVE_TOPIC_RECORD', { topicId: 'id of __proto__' }])[0]!)
  expect(image.look('topics', '__proto__')).toBeUndefined()
})

test('of two topics that claim a name or an id the newer has it', () => {
  const image = imageOf(topic('a'), partition('a', 0, [1]), ['TOPIC_RECORD', { name: 'b', topicId: 'id of a' }])
  expect(image.look('topics')).toEqual({ b: { id: 'id of a', partitions: {} } })
  for (const record of recordsFrom(
    3,
    ['TOPIC_RECORD', { name: 'b', topicId: 'other' }],
    ['REMOVE_TOPIC_RECORD', { topicId: 'id of a' }],
  ))
    image.apply(record)
  expect(image.look('topics')).toEqual({ b: { id: 'other', partitions: {} } })
  expect(image.says).toContain('1 records')
})

test('records that lack everything, or have what they cannot have, change nothing else', () => {
  const types = schemas.records().map(({ type }) => type)
  expect(types.length).toBeGreaterThan(20)
  const image = imageOf(...ORDERS, topic('victim'), broker(1))
  const nonsense: unknown[] = [
    undefined,
    null,
    7,
    'text',
    [],
    {},
    { tooLarge: 1e9 },
    {
      brokerId: 'x',
      topicId: 5,
      name: {},
      partitionId: null,
      replicas: 'no',
      isr: [null, {}],
      entity: [null, 3],
      features: [[]],
      endPoints: 7,
      voters: [7],
      value: [],
      remove: 'x',
      salt: 7,
      level: {},
      resourceType: 'constructor',
    },
    {
      brokerId: 2n ** 63n,
      brokerEpoch: 2n ** 63n,
      topicId: 'id of victim',
      name: 'x'.repeat(1e6),
      replicas: Array(1e5).fill(1),
      isr: Array(1e5).fill(1),
      partitionId: -5,
      renewers: Array(1e5).fill('y'.repeat(1e5)),
    },
  ]
  let offset = 10
  for (const type of [...types, 'KRaftVoters', 'KRaftVersion', 'LeaderChange', 'UNKNOWN', '__proto__', 'constructor'])
    for (const data of nonsense)
      image.apply({ offset: offset++, epoch: 1, timestamp: 0, type, data } satisfies ImageRecord)
  expect(() => JSON.stringify(image.tree())).not.toThrow()
  expect(JSON.stringify(image.tree()).length).toBeLessThan(4_000_000)
  expect(partitionOf(image)).toMatchObject({ replicas: [1, 2, 3] })
})

test('a node that names millions of things is bounded, in memory and in time', () => {
  const image = new MetadataImage()
  const began = performance.now()
  let offset = 0
  const apply = (type: string, data: object) => image.apply({ offset: offset++, epoch: 1, timestamp: 0, type, data })
  for (let at = 0; at < 20_000; at++) apply('TOPIC_RECORD', { name: `t${at}`, topicId: `${at}` })
  for (let at = 0; at < 20_000; at++)
    apply('PARTITION_RECORD', {
      topicId: '1',
      partitionId: at,
      replicas: [1, 2, 3],
      isr: [1],
      eligibleLeaderReplicas: [2],
    })
  for (let at = 0; at < 20_000; at++)
    apply('CONFIG_RECORD', { resourceType: 2, resourceName: `t${at}`, name: 'n', value: 'v'.repeat(4_000) })
  for (let at = 0; at < 20_000; at++) apply('CLEAR_ELR_RECORD', { topicName: '' })
  for (let at = 0; at < 5_000; at++) {
    apply('BEGIN_TRANSACTION_RECORD', {})
    apply('PARTITION_CHANGE_RECORD', { topicId: '1', partitionId: at % 100, isr: [at] })
    apply(at % 2 === 0 ? 'ABORT_TRANSACTION_RECORD' : 'END_TRANSACTION_RECORD', {})
  }
  const tree = image.tree()
  const ms = performance.now() - began
  expect(Object.keys(tree.topics!)).toHaveLength(5_000)
  expect(JSON.stringify(tree).length).toBeLessThan(4_000_000)
  expect(image.says).toMatch(/things are left out/)
  expect(ms, 'for 115,000 records').toBeLessThan(30_000)
})

test('a recorded cluster: what it was when its broker was down', async () => {
  const { entries } = await Recorded.of(brokerFailure)
  const image = new MetadataImage()
  let whenFenced: unknown
  for (const { body } of entries) {
    if (body.type !== 'observed' || body.observation.type !== 'metadata') continue
    for (const record of body.observation.records) {
      image.apply(record)
      if (record.offset === 67) whenFenced = image.tree()
    }
  }
  expect(whenFenced).toMatchObject({
    brokers: { '1': { fenced: false }, '2': { fenced: true }, '3': { fenced: false } },
    topics: { orders: { partitions: { '2': { leader: 3, isr: [3, 1], leaderEpoch: 1 } } } },
    configs: { 'topic orders': { 'min.insync.replicas': '2' } },
  })
  expect(image.tree()).toMatchObject({
    brokers: { '2': { fenced: false } },
    topics: { orders: { partitions: { '2': { leader: 2, isr: [1, 2, 3], leaderEpoch: 2 } } } },
  })
  expect(image.says).toBe('')
})
