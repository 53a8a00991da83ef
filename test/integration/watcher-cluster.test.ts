/** Rooms of several nodes as the watcher sees them: real Kafka processes on this machine's loopback, a host each. */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { describeQuorum, isNotLeader, type Quorum } from '#labs/kafka/client/cluster.ts'
import type { Group, MetadataRecord, NeedResult, Observation } from '#labs/protocol/observation.ts'
import { observation } from '#labs/protocol/observation.ts'
import { dumpLog } from '../support/dump-log.ts'
import { fetched, leadingController } from '../support/fake-node.ts'
import { ask, KafkaCluster } from '../support/kafka-cluster.ts'
import type { KafkaNode } from '../support/kafka-node.ts'
import { SOAK } from '../support/soak.ts'
import { fake, watch } from '../support/watching.ts'

async function newCluster(...options: Parameters<typeof KafkaCluster.make>): Promise<KafkaCluster> {
  const cluster = await KafkaCluster.make(...options)
  onTestFinished(() => cluster.remove())
  return cluster
}
type Watched = ReturnType<typeof watch>

const hostOf = (cluster: string, node: KafkaNode): string => `${cluster}-${node.id}`
const portsOf = (name: string, cluster: KafkaCluster): Record<string, number[]> =>
  Object.fromEntries(cluster.nodes.map((node) => [hostOf(name, node), node.ports]))

const ofHost = <T extends { host: string }>(list: T[], host: string): T[] => list.filter((one) => one.host === host)
const last = <T extends Observation['type']>(watched: Watched, type: T, host: string) =>
  watched.of(type).findLast((one) => 'host' in one && one.host === host)
const seenAt = (watched: Watched, one: Observation): number => Number(watched.at[watched.seen.indexOf(one)])
const need = (watched: Watched, name: string): NeedResult | undefined =>
  watched.of('need').findLast((one) => one.name === name)?.result
const recordsOf = (watched: Watched, hosts: string[]): MetadataRecord[] =>
  watched.of('metadata').flatMap(({ host, records }) => (hosts.includes(host) ? records : []))
const namesIn = (records: MetadataRecord[]): string[] =>
  records.flatMap(({ type, data }) => (type === 'TOPIC_RECORD' ? [(data as { name: string }).name] : []))

type Partition = { topicId: string; partitionId: number; leader: number }
const partitionsOf = (records: MetadataRecord[]): Partition[] =>
  records.flatMap(({ type, data }) => (type === 'PARTITION_RECORD' ? [data as Partition] : []))

/** All of these agree on one leader, in an epoch after that. */
function agreed(watched: Watched, hosts: string[], after = 0): number | false {
  const views = hosts.map((host) => last(watched, 'quorum', host))
  const [first] = views
  const same = views.every((view) => view && view.epoch === first?.epoch && view.leader === first.leader)
  if (!same || !first || first.epoch <= after) return false
  return first.leader ?? false
}

describe('three combined nodes, another cluster, and one that lies', () => {
  it('are followed through failovers and pauses, each record once', async () => {
    const main = await newCluster({ quorum: 'dynamic', combined: 3 })
    const other = await newCluster({ quorum: 'static', combined: 1 })
    const hosts = main.nodes.map((node) => hostOf('main', node))
    const otherHost = 'other-1'

    // it claims to lead the main cluster, in the latest epoch there is, and that it is node 1
    let lie = 0
    const liar = await fake((asked) => {
      if (asked.api === 'DescribeQuorum' && ++lie % 3 === 0) return Buffer.from([0x7f, 0xff, 0xff, 0xff, 1, 2, 3])
      if (asked.api === 'Fetch' && lie % 2 === 0) return Buffer.alloc(300_000, 7)
      return leadingController(() => fetched(Buffer.alloc(90_000, lie)), {
        clusterId: main.clusterId,
        node: 1,
        epoch: 2 ** 31 - 1,
      })(asked)
    })

    const watched = watch({ ...portsOf('main', main), ...portsOf('other', other), liar: [liar.port] })
    const { watcher, until } = watched
    watcher.setNeeds([
      { kind: 'records', name: 'orders', topic: 'orders', max: 100 },
      { kind: 'groups', name: 'groups' },
    ])
    await Promise.all([main.start(), other.start()])
    const first = await until('one leader in all views', () => agreed(watched, hosts))
    await until('the other cluster', () => last(watched, 'quorum', otherHost)?.leader === 1)
    // a follower may know its cluster before it knows which of the voters it is
    await until('the ids of all', () => hosts.every((host) => typeof last(watched, 'node-up', host)?.node === 'number'))
    for (const node of main.nodes)
      expect(last(watched, 'node-up', hostOf('main', node))).toMatchObject({ node: node.id, clusterId: main.clusterId })
    expect(last(watched, 'node-up', otherHost)).toMatchObject({ node: 1, clusterId: other.clusterId })
    const told = last(watched, 'quorum', hostOf('main', main.node(first)))
    expect(told?.voters.map(({ node }) => node).sort()).toEqual([1, 2, 3])
    expect(told?.voters.every(({ directory }) => directory !== null)).toBe(true)
    const followed = last(watched, 'quorum', hosts.find((host) => host !== hostOf('main', main.node(first))) ?? '')
    expect(followed?.voters).toEqual(expect.arrayContaining([1, 2, 3].map((node) => ({ node, directory: null }))))

    await main.createTopic(main.node(first), 'orders', 3, 3)
    await other.createTopic(other.node(1), 'elsewhere', 1, 1)
    await until('the topics', () => namesIn(recordsOf(watched, hosts)).includes('orders'))
    await until('the other topic', () => namesIn(recordsOf(watched, [otherHost])).includes('elsewhere'))
    for (const [at, { topicId, partitionId, leader }] of partitionsOf(recordsOf(watched, hosts)).entries())
      await main.produce(main.node(leader), { topic: 'orders', topicId, partition: partitionId }, `record ${at}`)
    const total = (type: 'log-ends' | 'replica-ends'): number =>
      hosts.flatMap((host) => last(watched, type, host)?.partitions ?? []).reduce((sum, { end }) => sum + end, 0)
    await until('the ends at the leaders', () => total('log-ends') === 3)
    await until('the ends at the followers', () => total('replica-ends') === 6)
    await until('the records', () => {
      const result = need(watched, 'orders')
      return (
        result?.state === 'fetched' && result.value && 'records' in result.value && result.value.records.length === 3
      )
    })

    // paused: told so soon, and it delays nobody
    const paused = main.nodes.find(({ id }) => id !== first) as KafkaNode
    const pausedHost = hostOf('main', paused)
    const pausedAt = performance.now()
    paused.signal('SIGSTOP')
    watcher.setNeeds([
      { kind: 'records', name: 'again', topic: 'orders', max: 100 },
      { kind: 'groups', name: 'groups again' },
    ])
    await until('the records all the same', () => {
      const result = need(watched, 'again')
      return (
        result?.state === 'fetched' && result.value && 'records' in result.value && result.value.records.length === 3
      )
    })
    console.log(
      `records ${Math.round(performance.now() - pausedAt)} ms after a pause: ${JSON.stringify(need(watched, 'again')).slice(-160)}`,
    )
    await until('groups all the same', () => need(watched, 'groups again')?.state === 'fetched')
    // at a follower, or at the latest at the next leader, which a session's end of 3 s makes
    expect(performance.now() - pausedAt).toBeLessThan(8_000)
    expect((need(watched, 'groups again') as { value: Group[] }).value).toEqual([])
    const down = await until('down', () => ofHost(watched.of('node-down'), pausedHost).at(-1))
    console.log(`node-down ${Math.round(seenAt(watched, down) - pausedAt)} ms after SIGSTOP: ${down.why}`)
    expect(seenAt(watched, down) - pausedAt).toBeLessThan(4_000)
    const began = performance.now()
    await main.createTopic(main.node(first), 'meanwhile', 1, 1)
    await until('a topic meanwhile', () => namesIn(recordsOf(watched, hosts)).includes('meanwhile'))
    expect(performance.now() - began).toBeLessThan(3_000)
    paused.signal('SIGCONT')
    const resumed = performance.now()
    await until(
      'up again',
      () =>
        (last(watched, 'node-up', pausedHost) as Observation) !== undefined &&
        watched.seen.lastIndexOf(last(watched, 'node-up', pausedHost) as Observation) > watched.seen.indexOf(down),
    )
    console.log(`node-up ${Math.round(performance.now() - resumed)} ms after SIGCONT`)

    // killed: the next one is seen at once, and read on from
    let leader = first
    for (const round of ['first', 'second']) {
      const epoch = Number(last(watched, 'quorum', hostOf('main', main.node(leader)))?.epoch)
      const mark = watched.seen.length
      const victim = main.node(leader)
      const killed = performance.now()
      await victim.kill()
      await until('down', () =>
        watched.seen.slice(mark).some((one) => one.type === 'node-down' && one.host === hostOf('main', victim)),
      )
      const downAfter = performance.now() - killed
      const others = hosts.filter((host) => host !== hostOf('main', victim))
      leader = await until('the next leader', () => agreed(watched, others, epoch))
      const change = await until('its first record', () =>
        recordsOf(watched, hosts).findLast((record) => record.type === 'LeaderChange' && record.epoch > epoch),
      )
      const quorum = watched.seen
        .slice(mark)
        .find((one) => one.type === 'quorum' && one.leader === leader && one.epoch > epoch) as Observation
      const elected = change.timestamp - (Date.now() - performance.now())
      console.log(
        `${round} failover: down ${Math.round(downAfter)} ms after kill -9, elected after ${Math.round(elected - killed)} ms, seen ${Math.round(seenAt(watched, quorum) - elected)} ms later`,
      )
      expect(downAfter).toBeLessThan(1_500)
      expect(seenAt(watched, quorum) - elected).toBeLessThan(1_200)
      if (round === 'second') break
      await victim.start()
      await until('it follows', () => agreed(watched, hosts, epoch))
    }

    await main.createTopic(main.node(leader), 'last', 1, 1)
    await until('the last topic', () => namesIn(recordsOf(watched, hosts)).includes('last'))
    const seen = recordsOf(watched, hosts)
    const dumped = (await dumpLog(main.node(leader))).filter(({ offset }) => offset <= Number(seen.at(-1)?.offset))
    expect(seen.map(({ offset, timestamp, type, data }) => ({ offset, timestamp, type, data }))).toEqual(dumped)
    expect(namesIn(recordsOf(watched, [otherHost]))).toEqual(['elsewhere'])
    expect(recordsOf(watched, ['liar'])).toEqual([])
    // no alarm but those for a cause: one pause and two kills
    expect(watched.of('node-down').filter(({ host }) => host !== 'liar')).toHaveLength(3)
    // it got no more than others get
    expect(liar.most).toBeLessThanOrEqual(2)
    for (const one of watched.seen) observation.parse(one)
    expect(watched.problems).toEqual([])
  })
})

/** end offset of the latest */
const lastSnapshot = (node: KafkaNode): number =>
  Math.max(
    -1,
    ...readdirSync(node.metadataFolder).flatMap((name) =>
      name.endsWith('.checkpoint') ? [Number.parseInt(name, 10)] : [],
    ),
  )

/** As the one of them tells that leads. */
async function quorumOf(controllers: KafkaNode[]): Promise<Quorum> {
  for (const node of controllers) {
    const quorum = await ask(node.controllerPort, describeQuorum).catch((error) => {
      if (isNotLeader(error)) return null
      throw error
    })
    if (quorum) return quorum
  }
  throw new Error('none of them leads')
}

describe('three controllers and two brokers whose log begins with a snapshot', () => {
  it.runIf(SOAK)('are seen whole, idle cheaply, and after a failover', async () => {
    const cluster = await newCluster({
      quorum: 'static',
      controllers: 3,
      brokers: 2,
      settings: { 'metadata.max.idle.interval.ms': '0', 'metadata.log.max.snapshot.interval.ms': '1' },
    })
    const hosts = cluster.nodes.map((node) => hostOf('node', node))
    const [broker] = cluster.brokers as [KafkaNode]
    const early = [...cluster.controllers.slice(0, 2), broker]
    await Promise.all(early.map((node) => node.start()))
    await cluster.createTopic(broker, 'old', 2, 1)
    const { highWatermark } = await quorumOf(cluster.controllers.slice(0, 2))
    // each that is written makes one more
    for (let at = 0; !early.every((node) => lastSnapshot(node) >= highWatermark); at++) {
      if (at === 20) throw new Error('no snapshot after 20 topics')
      await cluster.createTopic(broker, `filler-${at}`, 1, 1)
    }
    await Promise.all(early.map((node) => node.kill()))
    // what the cleaner does in minutes: the log before the snapshot goes
    for (const node of early)
      for (const name of readdirSync(node.metadataFolder))
        if (/\.(log|index|timeindex|txnindex|snapshot)$/.test(name)) rmSync(join(node.metadataFolder, name))

    const watched = watch(portsOf('node', cluster))
    await cluster.start()
    const controllers = cluster.controllers.map((node) => hostOf('node', node))
    const leader = await watched.until('a leader', () => agreed(watched, controllers))
    await watched.until('the old topic', () => namesIn(recordsOf(watched, hosts)).includes('old'))
    expect(recordsOf(watched, hosts)[0]).toMatchObject({ type: 'SnapshotHeader' })
    for (const node of cluster.nodes)
      await watched.until(`node ${node.id}`, () => last(watched, 'node-up', hostOf('node', node))?.node === node.id)
    await watched.until('all replicas in its sample', () => {
      const sample = last(watched, 'metadata-log', hostOf('node', cluster.node(leader)))
      return sample?.replicas.length === 5 && sample.replicas.every((one) => one.logEndOffset === sample.highWatermark)
    })
    expect(watched.of('quorum').every(({ host }) => controllers.includes(host))).toBe(true)

    // alone: what starting costs is over
    const usage = process.cpuUsage()
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    const { user, system } = process.cpuUsage(usage)
    console.log(`watching five idle nodes: ${((user + system) / 30_000).toFixed(1)} % of a core`)

    const before = recordsOf(watched, hosts)
    const epoch = Number(last(watched, 'quorum', hostOf('node', cluster.node(leader)))?.epoch)
    await cluster.node(leader).kill()
    const others = controllers.filter((host) => host !== hostOf('node', cluster.node(leader)))
    await watched.until('the next leader', () => agreed(watched, others, epoch))
    await cluster.createTopic(broker, 'new', 1, 2)
    await watched.until('the new topic', () => namesIn(recordsOf(watched, hosts)).includes('new'))
    const after = recordsOf(watched, hosts).slice(before.length)
    expect(after.some(({ type }) => type === 'SnapshotHeader')).toBe(false)
    const offsets = after.map(({ offset }) => offset)
    expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b))
    for (const one of watched.seen) observation.parse(one)
    expect(watched.problems).toEqual([])
  })
})
