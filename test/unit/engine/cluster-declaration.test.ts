import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type ClusterOptions, cluster, HEAP_MIB, type RoomOptions } from '#labs/engine/cluster-declaration.ts'
import { defineLab, file, passed, step } from '#labs/engine/define.ts'

const lab = (room: RoomOptions, facts = {}) =>
  defineLab({
    slug: 'a-lab',
    title: 'A lab',
    course: 'kraft',
    module: 'm',
    minutes: 1,
    ...room,
    steps: [step('one', { title: 'One', facts, ask: 'Well?', judge: () => passed('Yes.') })],
  })

const main = (options: ClusterOptions) => ({ clusters: { main: cluster(options) } })

test('dedicated nodes: names, ids, addresses by order, and then the other hosts', () => {
  const { clusters, hosts, probe } = lab({
    ...main({
      controllers: 3,
      brokers: 2,
      properties: { 'num.partitions': 2 },
      nodes: { 'broker-2': { 'broker.rack': 'b', 'num.partitions': 3 } },
      running: ['controller-1'],
    }),
    hosts: ['client'],
    probe: 'main',
  })
  expect(hosts).toEqual([
    { name: 'controller-1', address: 11 },
    { name: 'controller-2', address: 12 },
    { name: 'controller-3', address: 13 },
    { name: 'broker-1', address: 14 },
    { name: 'broker-2', address: 15 },
    { name: 'client', address: 16 },
  ])
  expect(probe).toBe('main')
  expect(clusters.main).toMatchObject({ quorum: 'dynamic', formatted: true })
  expect(clusters.main?.nodes.map(({ host, id, roles, running }) => [host, id, roles.join(), running])).toEqual([
    ['controller-1', 101, 'controller', true],
    ['controller-2', 102, 'controller', false],
    ['controller-3', 103, 'controller', false],
    ['broker-1', 1, 'broker', false],
    ['broker-2', 2, 'broker', false],
  ])
  expect(clusters.main?.nodes.at(-1)?.properties).toEqual({ 'num.partitions': '3', 'broker.rack': 'b' })
})

test('combined nodes have the first numbers, brokers beside them the next', () => {
  const { clusters } = lab(main({ combined: 2, brokers: 1, formatted: false, quorum: 'static' }))
  expect(clusters.main).toMatchObject({ quorum: 'static', formatted: false })
  expect(clusters.main?.nodes.map(({ host, id, running }) => [host, id, running])).toEqual([
    ['node-1', 1, false],
    ['node-2', 2, false],
    ['broker-3', 3, false],
  ])
})

test('hosts of two clusters are named after theirs', () => {
  const { hosts } = lab({
    clusters: { east: cluster({ combined: 1 }), west: cluster({ combined: 1, firstAddress: 31 }) },
    hosts: ['client', { name: 'mirror', address: 50 }],
  })
  expect(hosts.map(({ name, address }) => `${name} ${address}`)).toEqual([
    'east-node-1 11',
    'west-node-1 31',
    'client 32',
    'mirror 50',
  ])
})

const FACTS = { note: file('broker-7', '/tmp/note') }
test.each<[string, RoomOptions | Record<string, unknown>, object?]>([
  ['hosts', {}],
  ['hosts', { hosts: Array.from({ length: 9 }, (_, at) => `host-${at}`) }],
  ['clusters', main({ controllers: 3, brokers: 6 })],
  ['clusters.main.brokers', main({ controllers: 1, brokers: 9 })],
  ['clusters.main.brokers', main({ controllers: 1, brokers: -1 })],
  ['clusters.main.controllers', main({ brokers: 1 })],
  ['clusters.main.quorum', main({ combined: 1, quorum: 'elastic' as 'static' })],
  ['clusters.main.observers', { clusters: { main: { combined: 1, observers: 2 } } }],
  ['clusters.main.firstAddress', main({ combined: 1, firstAddress: 1 })],
  ['clusters.main', main({ combined: 3, firstAddress: 8 })],
  ['hosts.1.address', { hosts: ['a', { name: 'b', address: 251 }] }],
  ['hosts.0', { ...main({ combined: 1 }), hosts: [{ name: 'client', address: 11 }] }],
  ['hosts.0', { ...main({ combined: 1 }), hosts: ['node-1'] }],
  ['hosts.1', { hosts: ['client', 'client'] }],
  ['clusters.main.nodes.broker-2', main({ controllers: 1, brokers: 1, nodes: { 'broker-2': {} } })],
  ['clusters.main.running.0', main({ combined: 1, running: ['broker-1'] })],
  ['clusters.main.running', main({ combined: 1, running: true, formatted: false })],
  ['clusters.main.properties.node.id', main({ combined: 1, properties: { 'node.id': 7 } })],
  [
    'clusters.main.nodes.node-1.process.roles',
    main({ combined: 1, nodes: { 'node-1': { 'process.roles': 'broker' } } }),
  ],
  [
    'clusters.main.nodes.node-1.listeners',
    main({ combined: 1, nodes: { 'node-1': { listeners: 'PLAINTEXT://:9092' } } }),
  ],
  ['clusters.main.properties.log.dirs', main({ combined: 1, properties: { 'log.dirs': '/var/lib/kafka/../../etc' } })],
  [
    'clusters.main.properties.log.cleaner.dedupe.buffer.size',
    main({ combined: 1, properties: { 'log.cleaner.dedupe.buffer.size': 1_000_000_000 } }),
  ],
  ['probe', { ...main({ combined: 1 }), probe: 'other' }],
  ['files.0.host', { hosts: ['a'], files: [{ host: 'b', path: '/tmp/x', text: '' }] }],
  ['files.0.path', { hosts: ['a'], files: [{ host: 'a', path: '/etc/passwd', text: '' }] }],
  ['steps.0.facts.note', main({ combined: 1 }), FACTS],
])('refused with its field: %s', (field, room, facts) => {
  try {
    lab(room as RoomOptions, facts)
    expect.unreachable('the mistake was not seen')
  } catch (error) {
    const issues = (error as { issues?: { path: PropertyKey[]; message: string }[] }).issues
    expect(issues?.[0]?.path.join('.'), String(error)).toBe(field)
    expect(issues?.[0]?.message).not.toBe('')
  }
})

test('the heap that a lab may ask of is the one that nodes get', () => {
  const tools = readFileSync('labs/kafka/distribution/4.3.1/tools', 'utf8')
  expect(/^kafka-server-start .* -Xmx(\d+)m /m.exec(tools)?.[1]).toBe(String(HEAP_MIB))
})

test('with ZooKeeper: its servers, brokers of its own, and controllers that wait', () => {
  const { clusters, hosts } = lab({
    ...main({ zookeeper: 1, brokers: 2, controllers: 1, kafka: '3.9.2' }),
    hosts: [{ name: 'client', kafka: ['4.1.2', '3.9.2'] }],
  })
  expect(clusters.main?.kafka).toBe('3.9.2')
  expect(clusters.main?.nodes.map(({ host, id, roles, running }) => [host, id, roles.join(), running])).toEqual([
    ['zookeeper-1', 1, 'zookeeper', true],
    ['controller-1', 101, 'controller', false],
    ['broker-1', 1, 'broker', true],
    ['broker-2', 2, 'broker', true],
  ])
  expect(hosts.map(({ name, kafka }) => [name, kafka])).toEqual([
    ['zookeeper-1', ['3.9.2']],
    ['controller-1', ['3.9.2']],
    ['broker-1', ['3.9.2']],
    ['broker-2', ['3.9.2']],
    ['client', ['4.1.2', '3.9.2']],
  ])
})

test.each<[string, ClusterOptions, RegExp]>([
  ['a Kafka without it', { zookeeper: 1, brokers: 1 }, /before 4\.0/],
  ['no broker', { zookeeper: 1, kafka: '3.9.2' }, /needs a broker/],
  ['a combined node', { zookeeper: 1, brokers: 1, combined: 1, kafka: '3.9.2' }, /no controller of a quorum/],
  [
    'a controller that runs',
    { zookeeper: 1, brokers: 1, controllers: 1, kafka: '3.9.2', running: ['controller-1'] },
    /not formatted/,
  ],
  ['a version that is none', { brokers: 1, controllers: 1, kafka: '4' }, /a version, as 3\.9\.2/],
])('with ZooKeeper, not: %s', (_, options, says) => {
  expect(() => lab(main(options))).toThrow(says)
})
