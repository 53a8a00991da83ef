/** What labs about a broker's inside ask for, of a real node: logs of replicas, batches, groups, transactions, requests. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type {
  ActiveProducer,
  AnswerTimes,
  Group,
  Need,
  ReplicaLog,
  RequestMetrics,
  TopicBatch,
  Transaction,
} from '#labs/protocol/observation.ts'
import { freePort } from '#supervisor/process.ts'
import { installation, installedKafka, KafkaNode } from '../support/kafka-node.ts'
import { watchLoopback } from '../support/loopback.ts'

const TOPIC = 'orders'
const RECORDS = 600
/** One transaction, open for as long as the producer runs. */
const THROUGHPUT = 300
const HELD_MS = 60_000

let node: KafkaNode
let watched: ReturnType<typeof watchLoopback>
const running: Promise<unknown>[] = []

const NEEDS = {
  replicas: { kind: 'replicas', topic: TOPIC },
  batches: { kind: 'batches', topic: TOPIC, max: 500 },
  groups: { kind: 'groups' },
  transactions: { kind: 'transactions', topic: TOPIC },
} as const
type Values = {
  replicas: { replicas: ReplicaLog[] }
  batches: { batches: TopicBatch[]; complete: boolean }
  groups: Group[]
  transactions: { transactions: Transaction[]; producers: ActiveProducer[] }
  requests: RequestMetrics
  answers: AnswerTimes
}
const latest = <Name extends keyof Values>(name: Name): Values[Name] | undefined => {
  const result = watched.of('need').findLast((need) => need.name === name)?.result
  return result?.state === 'fetched' ? (result.value as Values[Name]) : undefined
}

beforeAll(async () => {
  const port = await freePort()
  const agent = join(installation.kafka.home, 'plugins/jolokia-agent-jvm-javaagent.jar')
  const options = [...(installedKafka.options ?? []), `-javaagent:${agent}=host=127.0.0.1,port=${port}`]
  node = await KafkaNode.make({
    quorum: 'dynamic',
    program: { ...installedKafka, options },
    settings: {
      'offsets.topic.replication.factor': '1',
      'transaction.state.log.replication.factor': '1',
      'transaction.state.log.min.isr': '1',
      'share.coordinator.state.topic.replication.factor': '1',
      'share.coordinator.state.topic.min.isr': '1',
      'group.initial.rebalance.delay.ms': '0',
    },
  })
  await node.format()
  await node.start()
  watched = watchLoopback([node.controllerPort, node.brokerPort])
  const needs: Need[] = [
    ...Object.entries(NEEDS).map(([name, need]) => ({ name, ...need })),
    { kind: 'request-metrics', name: 'requests', host: 'kafka-1', port },
    { kind: 'answer-times', name: 'answers', host: 'kafka-1' },
  ]
  watched.watcher.setNeeds(needs)
  await node.tool('kafka-topics', ['--bootstrap-server', node.bootstrap, '--create', '--topic', TOPIC])
})
afterAll(async () => {
  await Promise.allSettled(running)
  await watched?.watcher.close()
  await node?.remove()
})

it('a transaction while it is open, and its marker', { timeout: 90_000 }, async () => {
  const producing = node.tool('kafka-producer-perf-test', [
    ...['--bootstrap-server', node.bootstrap, '--topic', TOPIC, '--num-records', String(RECORDS)],
    ...['--record-size', '100', '--throughput', String(THROUGHPUT)],
    ...['--transactional-id', 'till', '--transaction-duration-ms', String(HELD_MS)],
  ])
  running.push(producing)
  const open = await watched.until('an open transaction', () => {
    const said = latest('transactions')
    const till = said?.transactions.find((one) => one.transactionalId === 'till' && one.state === 'Ongoing')
    const producer = said?.producers.find(({ transactionStart }) => transactionStart >= 0)
    return till && producer && { till, producer }
  })
  expect(open.till.partitions).toEqual([{ topic: TOPIC, partition: 0 }])
  expect(open.till.startedAt).toBeGreaterThan(Date.now() - HELD_MS)
  expect(open.producer).toMatchObject({ partition: 0, producerId: open.till.producerId, transactionStart: 0 })
  // Readers of committed records wait before the transaction, however far the log goes.
  const held = await watched.until('records behind the last stable offset', () =>
    latest('replicas')?.replicas.find(({ end, lastStable }) => end > 0 && lastStable === 0),
  )
  expect(held).toMatchObject({ partition: 0, broker: 1, logStart: 0 })
  await producing
  const done = await watched.until('the transaction done', () =>
    latest('transactions')?.transactions.find(({ state }) => state === 'CompleteCommit'),
  )
  expect(done).toMatchObject({ transactionalId: 'till', partitions: [] })
  const all = await watched.until('the marker', () => {
    const said = latest('batches')
    return said?.batches.at(-1)?.control === 'commit' ? said : undefined
  })
  expect(all.complete).toBe(true)
  expect(all.batches.reduce((sum, { count, control }) => sum + (control ? 0 : count), 0)).toBe(RECORDS)
  expect(all.batches.at(-1)).toMatchObject({ lastOffset: RECORDS, count: 1, transactional: true })
  expect(all.batches[0]).toMatchObject({ baseOffset: 0, baseSequence: 0, transactional: true, control: null })
  const end = RECORDS + 1
  await watched.until('nothing held back', () =>
    latest('replicas')?.replicas.find((one) => one.end === end && one.highWatermark === end && one.lastStable === end),
  )
})

it('groups of all three kinds, with who has what', { timeout: 90_000 }, async () => {
  const consume = (tool: string, group: string, ...more: string[]) =>
    running.push(
      node.tool(tool, [
        ...['--bootstrap-server', node.bootstrap, '--topic', TOPIC, '--group', group, '--timeout-ms', '15000', ...more],
      ]),
    )
  consume('kafka-console-consumer', 'new', '--from-beginning', '--command-property', 'group.protocol=consumer')
  consume('kafka-console-consumer', 'old', '--from-beginning', '--command-property', 'group.instance.id=till-1')
  consume('kafka-console-share-consumer', 'shared')
  const place = [{ topic: TOPIC, partition: 0 }]
  const groupOf = (id: string) => latest('groups')?.find((group) => group.id === id && group.members.length > 0)
  const assigned = await watched.until(
    'all three with their partition',
    () => {
      const found = ['new', 'old', 'shared'].map(groupOf)
      return found.every((group) => group?.members.some((one) => one.assigned.length > 0)) ? found : undefined
    },
    40_000,
  )
  const [fresh, old, shared] = assigned as [Group, Group, Group]
  expect(fresh).toMatchObject({ type: 'consumer', state: 'Stable', protocol: 'uniform' })
  expect(fresh.epoch).toBeGreaterThan(0)
  expect(fresh.members).toMatchObject([{ epoch: fresh.epoch, instance: null, assigned: place, target: place }])
  expect(old).toMatchObject({ type: 'classic', state: 'Stable', protocol: 'range', epoch: null })
  expect(old.members).toMatchObject([{ instance: 'till-1', epoch: null, assigned: place, target: null }])
  expect(shared).toMatchObject({ type: 'share', members: [{ assigned: place }] })
  await watched.until(
    'all read and committed',
    () => latest('groups')?.find(({ id, offsets }) => id === 'new' && offsets[0]?.offset === RECORDS + 1),
    20_000,
  )
})

it('what the node says of its requests, between one look and the next', async () => {
  const said = await watched.until('two looks', () => {
    const requests = latest('requests')
    const asked = requests?.requests.find(({ kind }) => kind === 'FetchConsumer')
    return requests?.overMs && asked && asked.count > 0 ? requests : undefined
  })
  const produced = said.requests.find(({ kind }) => kind === 'Produce')
  expect(produced?.count).toBeGreaterThan(0)
  expect(said.queues.request).toBeGreaterThanOrEqual(0)
  expect(said.idle.network).toBeGreaterThan(0)
  expect(said.idle.handlers).toBeGreaterThan(0)
  expect(said.purgatory.fetch).toBeGreaterThanOrEqual(0)
  const measured = watched.of('need').flatMap(({ name, result }) => {
    if (name !== 'requests' || result.state !== 'fetched') return []
    return (result.value as RequestMetrics).requests.filter(({ since }) => since > 0)
  })
  expect(measured.some(({ kind }) => kind === 'Produce')).toBe(true)
  for (const { stages } of measured) expect(stages.Total).toBeGreaterThanOrEqual(stages.Local ?? 0)
})

it('how long it takes to answer what costs nothing', async () => {
  const { answerMs } = await watched.until('five answers', () => {
    const answers = latest('answers')
    return answers?.answerMs.length === 5 ? answers : undefined
  })
  // A node at rest; a busy machine is let have its time.
  expect(Math.min(...answerMs)).toBeLessThan(500)
})

it('what a share group was given and gave back', { timeout: 60_000 }, async () => {
  const from = ['--bootstrap-server', node.bootstrap]
  const config = ['--entity-type', 'groups', '--entity-name', 'givers', '--alter']
  await node.tool('kafka-configs', [...from, ...config, '--add-config', 'share.auto.offset.reset=earliest'])
  const take = ['--topic', TOPIC, '--group', 'givers', '--release', '--max-messages', '1', '--timeout-ms', '20000']
  running.push(node.tool('kafka-console-share-consumer', [...from, ...take]))
  const back = await watched.until(
    'a record given back',
    () => latest('groups')?.find(({ id, delivered }) => id === 'givers' && delivered.length > 0)?.delivered[0],
    40_000,
  )
  expect(back).toMatchObject({ topic: TOPIC, partition: 0, first: 0, state: 'available', count: 1 })
})
