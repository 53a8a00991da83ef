/**
 * Random faults, one at a time, in a room of three real nodes: what Raft promises holds in all that the switch saw. A
 * hundred in the soak run, a sample else. KRAFTLAB_SEED repeats a run's choices.
 */
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { cluster, defineLab, passed, step } from '#labs/engine/define.ts'
import { LabSession } from '#labs/engine/lab-session.ts'
import { planRoom } from '#labs/engine/room-plan.ts'
import type { ClusterState } from '#labs/protocol/live.ts'
import type { Fault } from '#labs/protocol/observation.ts'
import { RaftPromises } from '../support/raft-promises.ts'
import { makePlace, OWNERS, planOf, start, type TestRoom, until } from '../support/room.ts'
import { SOAK } from '../support/soak.ts'

const FAULTS = SOAK ? 100 : 3
/** A killed broker is back when its old registration has ended (3 s here); a busy machine needs more. */
const REST_LIMIT_MS = 60_000
const HOLD_MS = { least: 300, most: 4_000 }

const lab = defineLab({
  slug: 'random-faults',
  title: 'Random faults',
  course: 'kraft',
  module: 'm',
  minutes: 1,
  clusters: {
    main: cluster({
      combined: 3,
      quorum: 'dynamic',
      running: true,
      properties: {
        'broker.session.timeout.ms': '3000',
        'broker.heartbeat.interval.ms': '500',
        // at rest nothing is written, so that two views of one moment can be equal
        'metadata.max.idle.interval.ms': '0',
      },
    }),
  },
  hosts: ['client'],
  probe: 'main',
  steps: [step('one', { title: 'One', ask: 'Well?', judge: () => passed('Yes.') })],
})
const nodes = lab.clusters.main!.nodes.map(({ host }) => host)

const seed = Number(process.env.KRAFTLAB_SEED ?? Date.now() % 1_000_000)
let state = seed
/** mulberry32, from 0 up to 1 */
function random(): number {
  state = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}
const oneOf = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!

/** A fault, and what takes it back. */
function randomFault(): [Fault, Fault | null] {
  const host = oneOf(nodes)
  const to = oneOf(nodes.filter((one) => one !== host))
  return oneOf<() => [Fault, Fault | null]>([
    () => [
      { action: 'kill', host },
      { action: 'start', host },
    ],
    () => [
      { action: 'stop', host },
      { action: 'start', host },
    ],
    () => [
      { action: 'pause', host },
      { action: 'resume', host },
    ],
    () => [{ action: 'restart', host }, null],
    () => [
      { action: 'isolate', host },
      { action: 'heal', host },
    ],
    () => [
      { action: 'cut', from: host, to },
      { action: 'heal', host: null },
    ],
    () => [
      { action: 'split', groups: [[host], nodes.filter((one) => one !== host)] },
      { action: 'heal', host: null },
    ],
  ])()
}

const place = makePlace(OWNERS[0])
afterAll(() => place.remove())

test(`${FAULTS} random faults, seed ${seed}`, { timeout: FAULTS * (REST_LIMIT_MS / 2) + 120_000 }, async () => {
  const room = await start(place, await planRoom(process.cwd(), lab, planOf().id))
  onTestFinished(() => room.room.end())
  const file = join(place.data, 'history.ndjson')
  const session = await LabSession.open({ id: 'soak', lab, learner: 'nobody', file })
  onTestFinished(() => session.close())
  room.room.on('message', (message) => {
    if (message.type === 'observed') session.observe(message)
  })
  for (const message of room.messages) if (message.type === 'observed') session.observe(message)
  session.on('stored', () => room.room.send({ type: 'seen', number: session.seen }))

  const now = (): ClusterState => session.view().clusters[0]!
  await atRest(now)
  const client = 'kafka-topics --bootstrap-server node-1:9092'
  const made = await room.run(`${client} --create --topic orders --partitions 3 --replication-factor 3`)
  expect(made.stdout, made.stderr).toContain('Created topic')

  const done: string[] = []
  for (let number = 1; number <= FAULTS; number++) {
    const [fault, undo] = randomFault()
    const begun = Date.now()
    await room.fault(fault)
    await pause(HOLD_MS.least + random() * (HOLD_MS.most - HOLD_MS.least))
    if (undo) await room.fault(undo)
    done.push(`${JSON.stringify(fault)}`)
    await atRest(now, `fault ${number}, ${done.at(-1)}`)
    console.info(`${number}: ${done.at(-1)}, at rest after ${Date.now() - begun} ms`)
    promised(room)
  }

  // The probe reads all back after an outage, so it has one of its own.
  const after = Date.now()
  await room.fault({ action: 'isolate', host: 'client' })
  await pause(2_000)
  await room.fault({ action: 'heal', host: 'client' })
  const probed = () => room.observed('probe').at(-1)
  await until(() => (probed()?.readBackAt ?? 0) > after, 'the probe to read everything back', REST_LIMIT_MS)
  expect(probed()).toMatchObject({ lost: [] })
  expect(probed()!.acknowledged).toBeGreaterThan(FAULTS)
  await equalToKafka(room, now)
})

/** One leader is known, all brokers serve, every replica is in sync, and all have the whole log. */
async function atRest(now: () => ClusterState, after = 'the start'): Promise<void> {
  const troubles = (): string[] => {
    const { leader, highWatermark, nodes, topics } = now()
    return [
      ...(leader === null ? ['no leader'] : []),
      ...(highWatermark === null ? ['no high watermark'] : []),
      ...nodes.filter(({ up, fenced }) => !up || fenced !== false).map(({ host }) => `${host} is not in service`),
      ...nodes.filter(({ view }) => view?.leader !== leader).map(({ host }) => `${host} follows another leader`),
      ...nodes
        .filter(({ metadataEnd }) => metadataEnd !== highWatermark)
        .map(({ host, metadataEnd }) => `${host} is at ${metadataEnd} of ${highWatermark}`),
      ...topics.flatMap(({ name, partitions }) =>
        partitions
          .filter(({ replicas }) => replicas.some(({ inSync }) => !inSync))
          .map(({ partition }) => `${name}-${partition} lacks replicas in sync`),
      ),
    ]
  }
  await until(
    () => troubles().length === 0,
    () => `the cluster to be at rest after ${after}: ${troubles().join(', ')}`,
    REST_LIMIT_MS,
  )
}

/** What Raft promises, in all that the switch saw; the model in `raft/` is held to the same. */
function promised(room: TestRoom): void {
  const idOf = (host: string) => lab.clusters.main!.nodes.find((node) => node.host === host)?.id
  const promises = new RaftPromises()
  for (const message of room.messages) {
    if (message.type !== 'observed') continue
    const { observation: seen } = message
    if (seen.type === 'quorum') promises.tells(seen.host, seen.epoch, seen.leader)
    if (seen.type === 'metadata-log' && seen.highWatermark !== null)
      promises.highWatermark(seen.host, seen.highWatermark)
    if (seen.type === 'metadata')
      for (const { offset, epoch, type, data } of seen.records)
        promises.commits(offset, epoch, `${type} ${JSON.stringify(data)}`, epoch)
    expect(seen.type, JSON.stringify(seen)).not.toBe('unobserved')
  }
  expect(promises.leadersSeen).toBeGreaterThan(0)
  expect(nodes.map(idOf)).not.toContain(undefined)
}

/** What the panel shows is what Kafka's own tool says. */
async function equalToKafka(room: TestRoom, now: () => ClusterState): Promise<void> {
  const tool = 'kafka-metadata-quorum --bootstrap-server node-1:9092 describe'
  const { stdout: status } = await room.run(`${tool} --status`)
  const { stdout: replication } = await room.run(`${tool} --replication`)
  const shown = now()
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(-?\\d+)`, 'm').exec(status)?.[1])
  expect({ leader: field('LeaderId'), epoch: field('LeaderEpoch'), highWatermark: field('HighWatermark') }).toEqual({
    leader: shown.leader,
    epoch: shown.epoch,
    highWatermark: shown.highWatermark,
  })
  const ends = replication
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([id]) => /^\d+$/.test(id ?? ''))
    .map(([node, directory, end]) => ({ node: Number(node), end: Number(directory?.length === 22 ? end : directory) }))
    .sort((a, b) => a.node - b.node)
  expect(ends).toEqual(shown.nodes.map(({ node, metadataEnd }) => ({ node, end: metadataEnd })))
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
