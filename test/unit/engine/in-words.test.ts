import { expect, test } from 'vitest'
import { inWords } from '#labs/engine/in-words.ts'
import { MetadataImage } from '#labs/kafka/metadata/image.ts'
import { schemas } from '#test/support/batches.ts'
import { broker, config, imageOf, partition, partitionChange, recordsFrom, topic } from '#test/support/metadata-log.ts'

type Given = Parameters<typeof imageOf>
const before = () =>
  imageOf(
    ['FEATURE_LEVEL_RECORD', { name: 'metadata.version', featureLevel: 25 }],
    ['KRaftVoters', { voters: [{ voterId: 101 }] }],
    broker(1),
    topic('payments'),
    ...[0, 1, 2, 3].map((index) => partition('payments', index, [1, 2])),
    [
      'ACCESS_CONTROL_ENTRY_RECORD',
      {
        id: 'A',
        resourceType: 2,
        resourceName: 'pay',
        patternType: 4,
        principal: 'User:ada',
        host: '192.0.2.1',
        operation: 3,
        permissionType: 2,
      },
    ],
    ['DELEGATION_TOKEN_RECORD', { tokenId: 'T', owner: 'User:ada', expirationTimestamp: 5 }],
  )
const words = (...given: Given) =>
  inWords(recordsFrom(20, ...given), before(), (node) => (node < 100 ? `broker-${node}` : null))

test('a topic in one line, with its partitions', () => {
  expect(
    words(
      topic('orders'),
      config(2, 'orders', 'retention.ms', '1000'),
      config(2, 'orders', 'cleanup.policy', 'delete'),
      ['CLEAR_ELR_RECORD', { topicName: 'orders' }],
      ...[0, 1, 2].map((index) => partition('orders', index, index === 1 ? [3, 2] : [2, 3])),
    ),
  ).toEqual([
    'Topic orders was created: 3 partitions, 2 replicas each, led by broker-2, broker-3.',
    'Topic orders: retention.ms = 1000, cleanup.policy = delete.',
  ])
  expect(words(['REMOVE_TOPIC_RECORD', { topicId: 'id of payments' }])).toEqual([
    'Topic payments was deleted, with 4 partitions.',
  ])
  expect(words(partition('payments', 4, [2, 1]), partition('payments', 5, [2, 1]))).toEqual([
    'payments (partitions 4, 5): was added, led by broker-2, replicas [2,1].',
  ])
})

test('partitions that change alike are told together, others apart', () => {
  expect(
    words(
      ...[0, 1, 2].map((index) =>
        partitionChange('payments', index, { leader: 2, isr: [2], eligibleLeaderReplicas: [1] }),
      ),
      partitionChange('payments', 3, { isr: [1] }),
      partitionChange('payments', 3, { leader: 1 }),
      partitionChange('payments', 3, { leader: -1, leaderRecoveryState: 1 }),
      partitionChange('payments', 3, { replicas: [2, 1], addingReplicas: [3] }),
      partitionChange('payments', 3, {}),
    ),
  ).toEqual([
    'payments (partitions 0–2): leader broker-1 → broker-2, ISR [1,2] → [2], ELR [] → [1].',
    'payments-3: ISR [1,2] → [1].',
    'payments-3: leader broker-1 again, leader epoch 0 → 1.',
    'payments-3: leader broker-1 → none, recovering.',
    'payments-3: replicas [1,2] → [2,1], adding [] → [3].',
    'payments-3: only its epoch rose.',
  ])
})

test('brokers, controllers and the quorum', () => {
  const change = (data: object): Given[number] => [
    'BROKER_REGISTRATION_CHANGE_RECORD',
    { brokerId: 1, brokerEpoch: 10, ...data },
  ]
  expect(
    words(
      change({ fenced: 1 }),
      change({ fenced: -1, cordonedLogDirs: [] }),
      change({ inControlledShutdown: 1 }),
      change({ logDirs: ['a', 'b'] }),
      change({ cordonedLogDirs: ['a'] }),
      broker(1, { brokerEpoch: 30 }),
      broker(7, { fenced: false }),
      ['UNREGISTER_BROKER_RECORD', { brokerId: 7 }],
      ['FENCE_BROKER_RECORD', { id: 1 }],
      ['UNFENCE_BROKER_RECORD', { id: 1 }],
      ['REGISTER_CONTROLLER_RECORD', { controllerId: 101 }],
      ['LeaderChange', { leaderId: 101 }],
      ['KRaftVersion', { kRaftVersion: 1 }],
      ['KRaftVoters', { voters: [{ voterId: 101 }, { voterId: 102 }] }],
    ),
  ).toEqual([
    'broker-1 was fenced (2 times).',
    'broker-1 was unfenced (2 times).',
    'broker-1: no log directory is cordoned.',
    'broker-1 is shutting down in order.',
    'broker-1: 2 log directories in use.',
    'broker-1: 1 log directory cordoned.',
    'broker-1 registered again, broker epoch 30, fenced.',
    'broker-7 registered, broker epoch 10.',
    'broker-7 was unregistered.',
    'Controller 101 registered as a controller.',
    'Node 101 leads the quorum in epoch 1.',
    'Feature kraft.version: 1.',
    'Voters: [101] → [101,102].',
  ])
})

test('settings, features, quotas, rights, users, tokens, producer ids', () => {
  const quota = (key: string, value: number, remove = false): Given[number] => [
    'CLIENT_QUOTA_RECORD',
    { entity: [{ entityType: 'user', entityName: 'ada' }], key, value, remove },
  ]
  expect(
    words(
      config(4, '', 'min.insync.replicas', '2'),
      config(4, '1', 'log.cleaner.threads', null),
      config(32, 'billing', 'x', 'y'.repeat(200)),
      ['FEATURE_LEVEL_RECORD', { name: 'metadata.version', featureLevel: 27 }],
      ['FEATURE_LEVEL_RECORD', { name: 'group.version', featureLevel: 1 }],
      ['FEATURE_LEVEL_RECORD', { name: 'group.version', featureLevel: 0 }],
      quota('producer_byte_rate', 1024),
      quota('request_percentage', 0, true),
      [
        'ACCESS_CONTROL_ENTRY_RECORD',
        {
          id: 'B',
          resourceType: 2,
          resourceName: 'orders',
          patternType: 3,
          principal: 'User:bob',
          host: '*',
          operation: 4,
          permissionType: 3,
        },
      ],
      ['REMOVE_ACCESS_CONTROL_ENTRY_RECORD', { id: 'A' }],
      [
        'USER_SCRAM_CREDENTIAL_RECORD',
        { name: 'ada', mechanism: 1, iterations: 4096, salt: '', storedKey: 'c2VjcmV0', serverKey: 'c2VjcmV0' },
      ],
      ['REMOVE_USER_SCRAM_CREDENTIAL_RECORD', { name: 'ada', mechanism: 2 }],
      ['DELEGATION_TOKEN_RECORD', { tokenId: 'U', owner: 'User:bob', expirationTimestamp: 86_400_000 }],
      ['DELEGATION_TOKEN_RECORD', { tokenId: 'T', owner: 'User:ada', expirationTimestamp: 86_400_000 }],
      ['REMOVE_DELEGATION_TOKEN_RECORD', { tokenId: 'T' }],
      ['PRODUCER_IDS_RECORD', { brokerId: 1, nextProducerId: 1000 }],
      ['CLEAR_ELR_RECORD', { topicName: '' }],
      ['CLEAR_ELR_RECORD', { topicName: 'payments' }],
      ['ZK_MIGRATION_STATE_RECORD', { zkMigrationState: 1 }],
    ),
  ).toEqual([
    'All brokers: min.insync.replicas = 2.',
    'Broker 1: log.cleaner.threads is no longer set.',
    `Group billing: x = ${'y'.repeat(80)}….`,
    'Feature metadata.version: 25 → 27.',
    'Feature group.version: 1.',
    'Feature group.version was taken back (before: 1).',
    'Quota of user ada: producer_byte_rate = 1024, request_percentage is no longer set.',
    'ACL added: User:bob may write topic orders.',
    'ACL removed: User:ada may not read topic pay (prefix) from 192.0.2.1.',
    'User ada can sign in with SCRAM-SHA-256 (4096 iterations).',
    'User ada can no longer sign in with SCRAM-SHA-512.',
    'Delegation token of User:bob: issued, valid until 1970-01-02 00:00:00 UTC.',
    'Delegation token of User:ada: now valid until 1970-01-02 00:00:00 UTC.',
    'Delegation token of User:ada is gone.',
    'broker-1 got producer ids; the next are from 1000 on.',
    'The ELR of all topics was cleared.',
    'Topic payments: the ELR was cleared.',
    'The state of the migration from ZooKeeper is 1.',
  ])
})

test('transactions', () => {
  const [begin, end, abort] = [
    ['BEGIN_TRANSACTION_RECORD', { name: 'Bootstrap records' }],
    ['END_TRANSACTION_RECORD'],
    ['ABORT_TRANSACTION_RECORD', {}],
  ] as Given
  expect(words(begin!, config(4, '', 'a', 'b'), ['NO_OP_RECORD'], end!)).toEqual([
    'All brokers: a = b.',
    'A transaction (Bootstrap records) of 2 records was committed.',
  ])
  expect(words(begin!, topic('x'), abort!).at(-1)).toBe(
    'A transaction (Bootstrap records) of 1 record was aborted: they count for nothing.',
  )
  expect(words(begin!)).toEqual(['A transaction (Bootstrap records) was begun.'])
})

test('every type of record has words, also with fields that it cannot have; the state before is left as it is', () => {
  const image = before()
  const tree = JSON.stringify(image.tree())
  const types = [
    ...schemas.records().map(({ type }) => type),
    'LeaderChange',
    'KRaftVersion',
    'KRaftVoters',
    'SnapshotHeader',
  ]
  for (const type of types) {
    if (['NO_OP_RECORD', 'BEGIN_TRANSACTION_RECORD', 'BROKER_REGISTRATION_CHANGE_RECORD'].includes(type)) continue
    for (const data of [
      {},
      null,
      7,
      {
        topicId: {},
        brokerId: 'x',
        partitionId: [],
        entity: 5,
        replicas: 'no',
        expirationTimestamp: 1e300,
        cordonedLogDirs: 7,
        name: 'x'.repeat(1e6),
      },
    ]) {
      const lines = inWords(recordsFrom(50, [type, data]), image, () => null)
      expect(lines, type).toHaveLength(1)
      expect(lines[0]!.length, type).toBeLessThan(500)
      expect(lines[0], type).not.toMatch(/which Kraftlab does not know|NaN/)
    }
  }
  expect(JSON.stringify(image.tree())).toBe(tree)
  expect(inWords(recordsFrom(0, ['UNKNOWN', {}], ['UNKNOWN', {}]), new MetadataImage(), () => null)).toEqual([
    '2 records of type UNKNOWN, which Kraftlab does not know.',
  ])
})

test('of many things a hundred are told', () => {
  const lines = words(...Array.from({ length: 20_000 }, (_, at) => topic(`t${at}`)))
  expect(lines).toHaveLength(101)
  expect(lines.at(-1)).toMatch(/^And [\d,]+ more lines\.$/)
})
