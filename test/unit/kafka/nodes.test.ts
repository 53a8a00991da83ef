import { expect, test } from 'vitest'
import { readInstallation } from '#config/installation.ts'
import { readBatches } from '#labs/kafka/log/batch.ts'
import { metadataRecordsOf } from '#labs/kafka/metadata/records.ts'
import {
  type ClusterDescription,
  configuration,
  configurationPath,
  type NodeDescription,
} from '#labs/kafka/nodes/configuration.ts'
import { type FormattedFile, formatCluster, readTemplate } from '#labs/kafka/nodes/format.ts'
import { schemas } from '../../support/batches.ts'

const template = readTemplate(readInstallation(process.cwd()).kafka.home)
const node = (host: string, id: number, roles: NodeDescription['roles'], properties = {}): NodeDescription => ({
  host,
  id,
  roles,
  properties,
})
const controllers = [1, 2, 3].map((n) => node(`controller-${n}`, 100 + n, ['controller']))
const brokers = [1, 2].map((n) => node(`broker-${n}`, n, ['broker']))
const dynamic: ClusterDescription = { quorum: 'dynamic', nodes: [...controllers, ...brokers] }

/** As Kafka would read it, without escapes. */
const settings = (text: string): Map<string, string> =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )

test('a broker of a dynamic quorum', () => {
  const [broker] = brokers
  const text = configuration(broker!, dynamic)
  expect(configurationPath(broker!, dynamic)).toBe('/home/learner/kafka/config/broker.properties')
  expect(text).toMatch(/^# A broker alone\.\nprocess\.roles=broker\nnode\.id=1\n/)
  const all = settings(text)
  expect(all.get('controller.quorum.bootstrap.servers')).toBe('controller-1:9093,controller-2:9093,controller-3:9093')
  expect(all.get('listeners')).toBe('PLAINTEXT://:9092')
  expect(all.get('advertised.listeners')).toBe('PLAINTEXT://broker-1:9092')
  expect(all.get('offsets.topic.replication.factor')).toBe('2')
  expect(all.get('transaction.state.log.min.isr')).toBe('1')
  expect(all.has('controller.quorum.voters')).toBe(false)
})

test('a controller of a static quorum has nothing of a broker', () => {
  const all = settings(configuration(controllers[1]!, { ...dynamic, quorum: 'static' }))
  expect(all.get('controller.quorum.voters')).toBe('101@controller-1:9093,102@controller-2:9093,103@controller-3:9093')
  expect(all.get('advertised.listeners')).toBe('CONTROLLER://controller-2:9093')
  expect([...all.keys()].filter((key) => /topic|log\.retention|inter\.broker/.test(key))).toEqual([])
})

test('what a lab sets stands in its place, or at the end, and is read back as it was', () => {
  const own = { 'num.partitions': '6', 'some.password': ' back\\slash\nnext', 'log.dirs': '/tmp/a,/tmp/b' }
  const one = node('node-1', 1, ['controller', 'broker'], own)
  const text = configuration(one, { quorum: 'dynamic', nodes: [one] })
  expect(configurationPath(one, { nodes: [one] })).toBe('/home/learner/kafka/config/server.properties')
  expect(text.match(/^num\.partitions=/gm)).toHaveLength(1)
  expect(text).toContain('process.roles=broker,controller\n')
  expect(text).toContain('\nnum.partitions=6\n')
  expect(text).toContain('\nlog.dirs=/tmp/a,/tmp/b\n')
  expect(text.endsWith('# What this lab sets besides.\nsome.password=\\ back\\\\slash\\nnext\n')).toBe(true)
})

const on = (files: FormattedFile[], host: string) =>
  new Map(files.filter((one) => one.host === host).map(({ path, bytes }) => [path, bytes]))
const FIRST_SNAPSHOT = '/var/lib/kafka/data/__cluster_metadata-0/00000000000000000000-0000000000.checkpoint'

test('disks of one room have one cluster id and directories of their own, which the voters know', () => {
  const files = formatCluster(dynamic, template, schemas)
  const metas = dynamic.nodes.map(({ host }) =>
    settings(on(files, host).get('/var/lib/kafka/data/meta.properties')!.toString()),
  )
  expect(new Set(metas.map((meta) => meta.get('cluster.id'))).size).toBe(1)
  const directories = metas.map((meta) => meta.get('directory.id')!)
  expect(new Set(directories).size).toBe(5)
  for (const id of directories) expect(id).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/)
  expect(metas.map((meta) => meta.get('node.id'))).toEqual(['101', '102', '103', '1', '2'])

  const snapshot = on(files, 'controller-3').get(FIRST_SNAPSHOT)!
  const records = [...readBatches(snapshot)].flatMap((batch) => metadataRecordsOf(schemas, batch))
  expect(records.map(({ type }) => type)).toEqual(['SnapshotHeader', 'KRaftVersion', 'KRaftVoters', 'SnapshotFooter'])
  const { voters } = records[2]!.data as {
    voters: { voterId: number; voterDirectoryId: string; endpoints: object[] }[]
  }
  expect(voters.map(({ voterId, voterDirectoryId }) => [voterId, voterDirectoryId])).toEqual([
    [101, directories[0]],
    [102, directories[1]],
    [103, directories[2]],
  ])
  expect(voters[1]?.endpoints).toEqual([{ name: 'CONTROLLER', host: 'controller-2', port: 9093 }])
  expect([...on(files, 'broker-1').keys()].map((path) => path.split('/').at(-1)).sort()).toEqual([
    'bootstrap.checkpoint',
    'meta.properties',
  ])

  const [again] = formatCluster(dynamic, template, schemas)
  expect(again?.bytes.equals(files[0]!.bytes)).toBe(false)
})

test('a static quorum has no first snapshot; each of several log directories has an id of its own', () => {
  const one = node('node-1', 1, ['broker', 'controller'], { 'log.dirs': '/var/lib/kafka/a, /var/lib/kafka/b' })
  const files = on(formatCluster({ quorum: 'static', nodes: [one] }, template, schemas), 'node-1')
  expect([...files.keys()]).toEqual([
    '/var/lib/kafka/a/meta.properties',
    '/var/lib/kafka/a/bootstrap.checkpoint',
    '/var/lib/kafka/b/meta.properties',
    '/var/lib/kafka/b/bootstrap.checkpoint',
  ])
  const id = (path: string) => settings(files.get(path)!.toString()).get('directory.id')
  expect(id('/var/lib/kafka/a/meta.properties')).not.toBe(id('/var/lib/kafka/b/meta.properties'))
})

test('with ZooKeeper: its server, and a broker that knows nothing of a quorum', () => {
  const server = node('zookeeper-1', 1, ['zookeeper'])
  const broker = node('broker-1', 1, ['broker'])
  const cluster: ClusterDescription = { quorum: 'static', kafka: '3.9.2', nodes: [server, ...controllers, broker] }
  expect(configurationPath(server, cluster)).toBe('/home/learner/kafka/config/zookeeper.properties')
  expect(settings(configuration(server, cluster)).get('clientPort')).toBe('2181')
  expect(configurationPath(broker, cluster)).toBe('/home/learner/kafka/config/server.properties')
  const all = settings(configuration(broker, cluster))
  expect(all.get('zookeeper.connect')).toBe('zookeeper-1:2181')
  expect(all.get('broker.id')).toBe('1')
  expect(
    [...all.keys()].filter((key) => /process\.roles|node\.id|quorum|controller\.listener|share\./.test(key)),
  ).toEqual([])
})
