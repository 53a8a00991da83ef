import { afterAll, describe, expect, it } from 'vitest'
import type { Group, MetadataRecord, NeedResult } from '#labs/protocol/observation.ts'
import { observation } from '#labs/protocol/observation.ts'
import { dumpLog } from '../support/dump-log.ts'
import { KafkaNode } from '../support/kafka-node.ts'
import { establishedTo, watchLoopback } from '../support/loopback.ts'
import { SOAK } from '../support/soak.ts'

const nodes: KafkaNode[] = []
afterAll(() => Promise.all(nodes.map((node) => node.remove())))

const newNode = async (...options: Parameters<typeof KafkaNode.make>): Promise<KafkaNode> => {
  const node = await KafkaNode.make(...options)
  nodes.push(node)
  return node
}
const watchNode = (node: KafkaNode) => watchLoopback([node.controllerPort, node.brokerPort])
type Watched = ReturnType<typeof watchNode>

const metadata = (watched: Watched): MetadataRecord[] => watched.of('metadata').flatMap(({ records }) => records)
const results = (watched: Watched, name: string): NeedResult[] =>
  watched
    .of('need')
    .filter((need) => need.name === name)
    .map(({ result }) => result)
const latest = (watched: Watched, name: string): NeedResult | undefined => results(watched, name).at(-1)
const value = (watched: Watched, name: string) => {
  const result = latest(watched, name)
  return result?.state === 'fetched' ? result.value : undefined
}
const recordsIn = (watched: Watched, name: string) =>
  value(watched, name) as { records: { offset: number }[] } | undefined

/** A static one tells the same in fewer words. */
const QUORUMS = SOAK ? (['static', 'dynamic'] as const) : (['dynamic'] as const)

describe.each(QUORUMS)('one combined node with a %s quorum', { concurrent: true }, (quorum) => {
  it('is seen from its start through changes, a restart and a new format', async () => {
    const node = await newNode({ quorum })
    const watched = watchNode(node)
    const { watcher, until } = watched
    watcher.setNeeds([
      { kind: 'records', name: 'orders', topic: 'orders', max: 100 },
      { kind: 'records', name: 'capped', topic: 'orders', max: 2 },
      { kind: 'groups', name: 'groups' },
      { kind: 'file', name: 'file', host: 'kafka-1', path: '/etc/x', maxBytes: 100 },
    ])

    await until('the need fails without a node', () => latest(watched, 'orders')?.state === 'failed')
    expect(latest(watched, 'file')).toEqual({ state: 'fetched', value: null })
    expect(latest(watched, 'groups')).toEqual({ state: 'failed', why: 'no broker answers' })

    const clusterId = await node.format()
    const started = performance.now()
    await node.start()
    const up = await until('the node with both its listeners', () =>
      watched.of('node-up').find(({ listeners }) => listeners.length === 2),
    )
    console.log(
      `${quorum}: node-up ${Math.round(Number(watched.at[watched.seen.indexOf(up)]) - started)} ms after its start, told so ${Math.round(performance.now() - started)} ms after`,
    )
    expect(up).toMatchObject({ host: 'kafka-1', node: 1, clusterId })
    expect(up.listeners.map(({ kind }) => kind).sort()).toEqual(['broker', 'controller'])
    const seenQuorum = await until('the quorum', () => watched.of('quorum').at(-1))
    expect(seenQuorum).toMatchObject({ host: 'kafka-1', clusterId, leader: 1, epoch: 1, observers: [] })
    expect(seenQuorum.voters.map((voter) => voter.node)).toEqual([1])
    await until('no groups, which is not a failure', () => (value(watched, 'groups') as Group[])?.length === 0)
    expect(latest(watched, 'orders')).toEqual({ state: 'failed', why: 'there is no topic orders' })

    await node.tool('kafka-topics', [
      '--bootstrap-server',
      node.bootstrap,
      '--create',
      '--topic',
      'orders',
      '--partitions',
      '3',
    ])
    const created = performance.now()
    await until('the topic', () => metadata(watched).some(({ type }) => type === 'TOPIC_RECORD'))
    await until('it is empty, which is not a failure', () => recordsIn(watched, 'orders')?.records.length === 0)
    console.log(
      `${quorum}: topic and its need known ${Math.round(performance.now() - created)} ms after the tool ended`,
    )

    const lines = Array.from({ length: 12 }, (_, at) => `key-${at % 4}:größe ${at}`).join('\n')
    const producer = ['--bootstrap-server', node.bootstrap, '--topic', 'orders']
    // side by side: each waits most of its time
    const compressed = ['gzip', 'zstd', 'lz4', 'snappy'].map((compression) =>
      node.tool(
        'kafka-console-producer',
        [
          ...producer,
          '--property',
          'parse.key=true',
          '--property',
          'key.separator=:',
          '--compression-codec',
          compression,
        ],
        lines,
      ),
    )
    await Promise.all(compressed)
    const produced = performance.now()
    const all = await until('48 records', () => {
      const found = value(watched, 'orders') as { records: { key: string; value: string }[]; complete: boolean }
      return found?.records.length === 48 && found
    })
    console.log(`${quorum}: all records ${Math.round(performance.now() - produced)} ms after the last producer ended`)
    expect(all.complete).toBe(true)
    expect(new Set(all.records.map(({ key }) => key))).toEqual(new Set(['key-0', 'key-1', 'key-2', 'key-3']))
    expect(all.records.filter((record) => record.value === 'größe 11')).toHaveLength(4)
    // Each need is looked at in its own time.
    await until('two of them', () => recordsIn(watched, 'capped')?.records.length === 2)
    expect(value(watched, 'capped')).toMatchObject({ complete: false })
    await until('the log ends', () => {
      const ends = watched.of('log-ends').at(-1)?.partitions ?? []
      return ends.length === 3 && ends.reduce((sum, { end }) => sum + end, 0) === 48
    })

    await node.tool('kafka-console-consumer', [
      '--bootstrap-server',
      node.bootstrap,
      '--topic',
      'orders',
      '--group',
      'billing',
      '--from-beginning',
      '--max-messages',
      '48',
    ])
    const group = await until('the group with what it committed', () => {
      const found = (value(watched, 'groups') as Group[] | undefined)?.find(({ id }) => id === 'billing')
      return found && found.offsets.reduce((sum, { offset }) => sum + offset, 0) === 48 && found
    })
    expect(group).toMatchObject({ type: 'classic', state: 'Empty', members: [] })

    // as many kinds of records as one node without an authorizer writes
    const configs = (...args: string[]) =>
      node.tool('kafka-configs', ['--bootstrap-server', node.bootstrap, '--alter', ...args])
    const topics = (...args: string[]) => node.tool('kafka-topics', ['--bootstrap-server', node.bootstrap, ...args])
    await Promise.all([
      configs('--entity-type', 'topics', '--entity-name', 'orders', '--add-config', 'retention.ms=3600000'),
      configs(
        '--entity-type',
        'users',
        '--entity-name',
        'anna',
        '--add-config',
        'SCRAM-SHA-256=[iterations=8192,password=x]',
      ),
      configs('--entity-type', 'clients', '--entity-default', '--add-config', 'request_percentage=12.5'),
      topics('--alter', '--topic', 'orders', '--partitions', '4'),
      topics('--create', '--topic', 'gone'),
    ])
    await topics('--delete', '--topic', 'gone')
    await until('the removal', () => metadata(watched).some(({ type }) => type === 'REMOVE_TOPIC_RECORD'))

    await node.stop()
    await until('the node is down', () => watched.of('node-down').length === 1)
    await until('a need fails', () => latest(watched, 'groups')?.state === 'failed')
    const before = watched.of('node-up').length
    await node.start()
    await until('it is up again', () => watched.of('node-up').length > before)
    await until('in a later epoch', () => (watched.of('quorum').at(-1)?.epoch ?? 0) > 1)
    await until('records again', () => recordsIn(watched, 'orders')?.records.length === 48)
    await until('unfenced again', () => metadata(watched).filter(({ type }) => type === 'LeaderChange').length === 2)

    // killed, its connections end at once
    await node.kill()
    const killed = performance.now()
    await until('the node is down', () => watched.of('node-down').length === 2)
    console.log(`${quorum}: node-down ${Math.round(performance.now() - killed)} ms after kill -9`)

    const dumped = await dumpLog(node)
    const seen = metadata(watched)
    expect(seen.length).toBeGreaterThan(30)
    const compared = dumped.filter(({ offset }) => offset <= Number(seen.at(-1)?.offset))
    expect(seen.map(({ offset, timestamp, type, data }) => ({ offset, timestamp, type, data }))).toEqual(compared)
    const types = new Set(seen.map(({ type }) => type))
    console.log(`${quorum}: ${seen.length} records equal to kafka-dump-log, types: ${[...types].join(' ')}`)
    expect([...types]).toEqual(
      expect.arrayContaining([
        'LeaderChange',
        'PARTITION_RECORD',
        'CONFIG_RECORD',
        'USER_SCRAM_CREDENTIAL_RECORD',
        'CLIENT_QUOTA_RECORD',
      ]),
    )
    // nothing that was not asked for: what watching leaves behind would stand in this log
    const named = seen.filter(({ type }) => type === 'TOPIC_RECORD').map(({ data }) => (data as { name: string }).name)
    expect(named.sort()).toEqual(['__consumer_offsets', 'gone', 'orders'])

    // formatted anew: another cluster, told before anything of it
    node.wipe()
    const other = await node.format()
    const mark = watched.seen.length
    await node.start()
    await until('the new cluster', () => watched.of('node-up').at(-1)?.clusterId === other)
    await until('its log from the start', () => watched.seen.slice(mark).some(({ type }) => type === 'metadata'))
    const after = watched.seen.slice(mark).filter(({ type }) => type !== 'need')
    expect(after[0]).toMatchObject({ type: 'node-up', clusterId: other })
    const log = after.find((one) => one.type === 'metadata')
    expect(log?.records[0]).toMatchObject({ offset: 0, type: 'LeaderChange' })

    await watcher.close()
    const end = watched.seen.length
    for (const one of watched.seen) observation.parse(one)
    expect(watched.problems).toEqual([])
    await node.kill()
    expect(watched.seen.length).toBe(end)
  })
})

describe('a node that runs', () => {
  it('is asked little, answers new needs at once, is down while paused, and is read anew when wiped', async () => {
    const node = await newNode({ quorum: 'dynamic' })
    const clusterId = await node.format()
    await node.start()
    await node.tool('kafka-topics', ['--bootstrap-server', node.bootstrap, '--create', '--topic', 'orders'])
    const watched = watchNode(node)
    const { watcher, until } = watched
    await until('the topic', () => metadata(watched).some(({ type }) => type === 'TOPIC_RECORD'))
    await until('the broker', () => watched.of('log-ends').length > 0)

    const asked = performance.now()
    watcher.setNeeds([
      { kind: 'records', name: 'orders', topic: 'orders', max: 10 },
      { kind: 'groups', name: 'groups' },
    ])
    await until('both needs', () => value(watched, 'orders') && value(watched, 'groups'))
    expect(performance.now() - asked).toBeLessThan(300)
    watcher.setNeeds([])

    const connections = await until('two connections and no more', () => {
      const found = establishedTo([node.brokerPort, node.controllerPort])
      return found.length <= 2 && found
    })
    // the node's broker has connections of its own to its controller; these are this process's
    expect(connections).toHaveLength(2)

    const usage = process.cpuUsage()
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    const { user, system } = process.cpuUsage(usage)
    console.log(`watching an idle node: ${((user + system) / 30_000).toFixed(1)} % of a core`)

    node.signal('SIGSTOP')
    const paused = performance.now()
    const down = await until('down while paused', () => watched.of('node-down').at(0))
    console.log(`node-down ${Math.round(performance.now() - paused)} ms after SIGSTOP: ${down.why}`)
    const ups = watched.of('node-up').length
    node.signal('SIGCONT')
    await until('up again', () => watched.of('node-up').length > ups)
    await until('its quorum again', () =>
      watched.seen.slice(watched.seen.indexOf(down)).some(({ type }) => type === 'quorum'),
    )

    await node.kill()
    await until('down', () => watched.of('node-down').length === 2)
    node.wipe()
    await node.format(clusterId)
    const mark = watched.seen.length
    await node.start()
    const again = await until('its log from the start', () =>
      watched.seen.slice(mark).find((one) => one.type === 'metadata'),
    )
    expect(again.type === 'metadata' && again.records[0]).toMatchObject({ offset: 0, type: 'LeaderChange' })
    await watcher.close()
    expect(watched.problems).toEqual([])
  })
})
