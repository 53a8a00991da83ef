/** The probe measures what real faults of a real cluster cost, and finds again what was acknowledged, or not. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cluster, defineLab, passed, step } from '#labs/engine/define.ts'
import { planRoom } from '#labs/engine/room-plan.ts'
import { readBatches, recordsOf } from '#labs/kafka/log/batch.ts'
import { Probe } from '#labs/probe/probe.ts'
import { type MetadataRecord, type Observation, PROBE_KINDS } from '#labs/protocol/observation.ts'
import { KafkaNode } from '../support/kafka-node.ts'
import { dial, schemas } from '../support/loopback.ts'
import { makePlace, type Place, planOf, start, type TestRoom, until } from '../support/room.ts'
import { SOAK } from '../support/soak.ts'

type Outage = Extract<Observation, { type: 'outage' }>
type Ended = Outage & { to: number }

const START_LIMIT_MS = 60_000
const FAULT_LIMIT_MS = 30_000
/** A broker that is killed is fenced when its session, since its last heartbeat, has expired: not much sooner. */
const SESSION_MS = 3_000
const HEARTBEAT_MS = 500
const SHORT_SESSION = {
  'broker.session.timeout.ms': String(SESSION_MS),
  'broker.heartbeat.interval.ms': String(HEARTBEAT_MS),
}
/** Room for a busy machine; the figures themselves are printed. */
const LONGEST_OUTAGE_MS = 15_000
const TOPIC = '__kraftlab-probe'

const lab = defineLab({
  slug: 'probed',
  title: 'Probed',
  course: 'kraft',
  module: 'm',
  minutes: 1,
  clusters: {
    main: cluster({ combined: 3, properties: SHORT_SESSION }),
  },
  hosts: ['client'],
  probe: 'main',
  steps: [step('one', { title: 'One', ask: 'Well?', judge: () => passed('Yes.') })],
})

describe('the probe of three combined nodes', () => {
  let place: Place
  let room: TestRoom

  beforeAll(async () => {
    place = makePlace('root')
    room = await start(place, await planRoom(process.cwd(), lab, planOf().id))
    await until(() => sample().acknowledged > 10 && sample().readBack > 10, 'the first writes', START_LIMIT_MS)
  })
  afterAll(async () => {
    await room.room.end()
    place.remove()
  })

  const sample = () => room.observed('probe').at(-1) ?? { acknowledged: 0, readBack: 0, lost: [], readBackAt: null }
  const outages = (kind: Outage['kind']): Outage[] => room.observed('outage').filter((one) => one.kind === kind)
  const records = (type: string): MetadataRecord['data'][] =>
    room.observed('metadata').flatMap((seen) => seen.records.filter((one) => one.type === type).map(({ data }) => data))

  /** Host of the broker that leads the probe's partition, by the metadata log. */
  function partitionLeader(): string {
    type Partition = { topicId: string; leader?: number | null }
    const topic = (records('TOPIC_RECORD') as { name: string; topicId: string }[]).find(({ name }) => name === TOPIC)
    const leaders = [...records('PARTITION_RECORD'), ...records('PARTITION_CHANGE_RECORD')] as Partition[]
    const last = leaders.findLast(({ topicId, leader }) => topicId === topic?.topicId && typeof leader === 'number')
    return `node-${last?.leader}`
  }
  const activeController = (): string => {
    const last = room.observed('quorum').reduce((best, seen) => (seen.epoch >= best.epoch && seen.leader ? seen : best))
    return `node-${last.leader}`
  }

  /** The outage that begins after what is done, once it is over. */
  async function outageOf(kind: Outage['kind'], broken: () => Promise<unknown>): Promise<Ended> {
    await until(() => PROBE_KINDS.every((one) => outages(one).at(-1)?.to !== null), 'all to work')
    const before = outages(kind).length
    const at = Date.now()
    await broken()
    await until(
      () => outages(kind)[before]?.to === null,
      () => `an outage of ${kind}; there were ${JSON.stringify(room.observed('outage'))}`,
      FAULT_LIMIT_MS,
    )
    const told = Date.now()
    const over = await until(
      () => outages(kind)[before + 1],
      () => `the end of an outage of ${kind}; there were ${JSON.stringify(room.observed('outage'))}`,
      FAULT_LIMIT_MS,
    )
    expect(over).toMatchObject({ cluster: 'main', kind, from: outages(kind)[before]?.from, to: expect.any(Number) })
    const { from, to, why } = over as Ended
    console.log(`${kind}: ${to - from} ms (told ${told - from} ms after it began): ${outages(kind)[before]?.why}`)
    expect(from).toBeLessThanOrEqual(told)
    expect(from).toBeGreaterThan(at - 2_000)
    return { ...over, to, why } as Ended
  }

  async function isWhole(after: number): Promise<void> {
    await until(
      () => (sample().readBackAt ?? 0) >= after,
      () => `all read back after ${after}; ${JSON.stringify(sample())}`,
    )
    // of what is written meanwhile some may not be read yet
    await until(
      () => sample().readBack > 0 && sample().acknowledged - sample().readBack <= 1,
      () => `the reader to be at the end; ${JSON.stringify(sample())}`,
    )
    expect(sample().lost).toEqual([])
  }
  const restart = async (host: string) => {
    const ups = room.observed('node-up').filter((seen) => seen.host === host).length
    await room.fault({ action: 'start', host })
    await until(
      () => room.observed('node-up').filter((seen) => seen.host === host).length > ups,
      `${host} to be back`,
      START_LIMIT_MS,
    )
  }

  test('writes and reads what it wrote, and sees nothing out', async () => {
    const { acknowledged } = sample()
    await until(() => sample().readBack >= acknowledged + 20, 'twenty more records read')
    expect(room.observed('outage')).toEqual([])
    expect(sample().lost).toEqual([])
    expect((records('TOPIC_RECORD') as { name: string }[]).map(({ name }) => name)).toEqual([TOPIC])
  })

  test('is out of a learner’s reach', async () => {
    const script = `nc -z -w1 192.0.2.9 9092 || echo refused; nc -z -w1 192.0.2.9 22 || echo refused; ps -e | grep -c 'cat$\\|nc$'`
    expect((await room.run(script, 'client')).stdout).toBe('refused\nrefused\n0\n')
  })

  test('what the leader of its partition did stops with it, and goes on elsewhere', async () => {
    const leader = partitionLeader()
    const kill = () => room.run('kill -9 $(pgrep -f kafka[.]Kafka)', leader)
    const { from, to } = await outageOf('write', kill)
    expect(to - from).toBeGreaterThan(SESSION_MS - 2 * HEARTBEAT_MS)
    expect(to - from).toBeLessThan(LONGEST_OUTAGE_MS)
    await until(() => outages('read').at(-1)?.to, 'reads again')
    await isWhole(to)
    await until(() => partitionLeader() !== leader, 'another leader in the metadata log')
    await restart(leader)
  })

  test('no active controller, no answer', async () => {
    const leader = activeController()
    const { from, to } = await outageOf('metadata', () => room.fault({ action: 'kill', host: leader }))
    expect(to - from).toBeLessThan(LONGEST_OUTAGE_MS)
    await until(() => activeController() !== leader, 'another active controller')
    await isWhole(to)
  })

  // half a minute of waiting; the cuts themselves are the faults' tests
  test.runIf(SOAK)('it is cut off with the client', async () => {
    const writes = sample().acknowledged
    const { to } = await outageOf('write', async () => {
      await room.fault({ action: 'isolate', host: 'client' })
      const isOut = (kind: Outage['kind']) => outages(kind).at(-1)?.to === null
      await until(() => isOut('write') && isOut('metadata'), 'an outage of both')
      await room.fault({ action: 'heal', host: null })
    })
    await until(() => outages('metadata').at(-1)?.to, 'an active controller again')
    await isWhole(to)
    expect(sample().acknowledged).toBeGreaterThan(writes)
  })
})

describe('the probe of a node that loses what it had', () => {
  let node: KafkaNode
  let probe: Probe
  const seen: Observation[] = []
  const sample = () =>
    seen.flatMap((one) => (one.type === 'probe' ? [one] : [])).at(-1) ?? { acknowledged: 0, readBack: 0, lost: [] }
  const outages = () => seen.flatMap((one) => (one.type === 'outage' ? [one] : []))

  beforeAll(async () => {
    node = await KafkaNode.make({ quorum: 'static', settings: SHORT_SESSION })
    probe = new Probe({
      cluster: 'main',
      brokers: [{ id: node.id, host: 'kafka-1' }],
      dial: (host, port) => dial(host, '127.0.0.1', port),
      schemas,
      emit: (observation) => seen.push(observation),
    })
    const listeners = [{ address: '127.0.0.1', port: node.brokerPort, kind: 'broker' as const }]
    probe.seen({ type: 'node-up', host: 'kafka-1', node: node.id, clusterId: null, listeners })
    await node.format()
    await node.start()
  })
  afterAll(async () => {
    probe.close()
    await node.remove()
  })

  test('begins with the cluster, and Kafka reads what it wrote', async () => {
    await until(() => sample().readBack >= 20, 'twenty records', START_LIMIT_MS)
    expect(outages()).toEqual([])
    const consumer = [
      '--bootstrap-server',
      node.bootstrap,
      '--topic',
      TOPIC,
      '--from-beginning',
      '--max-messages',
      '20',
    ]
    const numbers = (await node.tool('kafka-console-consumer', consumer)).trim().split('\n')
    expect(numbers.map((line) => line.split(' ')[1])).toEqual(Array.from({ length: 20 }, (_, at) => String(at + 1)))
  })

  test('says which of the acknowledged records are lost', async () => {
    await node.kill()
    await until(() => PROBE_KINDS.every((kind) => outages().some((one) => one.kind === kind)), 'outages of all kinds')
    const { acknowledged } = sample()
    const partition = join(node.logs, `${TOPIC}-0`)
    // a record whose acknowledgement was on its way when the node was killed lies there too
    const appended = [...readBatches(readFileSync(join(partition, `${'0'.repeat(20)}.log`)))]
      .flatMap((batch) => recordsOf(batch))
      .map(({ offset }) => offset)
    rmSync(partition, { recursive: true })
    await node.start()
    await until(
      () => PROBE_KINDS.every((kind) => outages().some((one) => one.kind === kind && one.to !== null)),
      'the ends of all three',
    )
    await until(() => sample().lost.length > 0, 'the loss')
    const { lost } = sample()
    expect(lost).toHaveLength(Math.min(acknowledged, 100))
    expect(appended).toEqual(expect.arrayContaining(lost))
    expect(appended.length - acknowledged).toBeLessThanOrEqual(1)
    await until(() => sample().readBack > 0 && sample().acknowledged > acknowledged, 'what was written since')
  })

  test('another cluster is another beginning, and what was lost stays lost', async () => {
    const { acknowledged, lost } = sample()
    await node.kill()
    node.wipe()
    await node.format()
    await node.start()
    await until(() => sample().acknowledged < acknowledged && sample().readBack > 0, 'a beginning', START_LIMIT_MS)
    expect(sample().lost).toEqual(lost)
  })
})
