/** Nodes as a lab declares them: their disks are what kafka-storage makes of them, and they become a cluster. */
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import type { RoomOptions } from '#labs/engine/cluster-declaration.ts'
import { cluster, defineLab, type Lab, passed, step } from '#labs/engine/define.ts'
import { planRoom } from '#labs/engine/room-plan.ts'
import { nodesReady } from '#labs/gateway/seen-room.ts'
import type { RoomPlan } from '#labs/protocol/room.ts'
import { makePlace, OWNERS, planOf, start, type TestRoom, until } from '../support/room.ts'
import { runScript } from '../support/sandbox.ts'

const lab = (room: RoomOptions): Lab =>
  defineLab({
    slug: 'nodes',
    title: 'Nodes',
    course: 'kraft',
    module: 'm',
    minutes: 1,
    steps: [step('one', { title: 'One', ask: 'Well?', judge: () => passed('Yes.') })],
    ...room,
  })

const DATA = '/var/lib/kafka/data'
const contents = (plan: RoomPlan, host: string, path: string): Buffer => {
  const file = plan.files.find((one) => one.host === host && one.path === path)
  if (!file) throw new Error(`${host} has no ${path}`)
  return Buffer.from(file.text, file.encoding)
}
const property = (text: string, key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1] ?? ''

/** What may differ between two formattings: ids that the tool thinks of itself, times, and what follows from those. */
const comparable = (dump: string): string =>
  dump
    .replace(/CreateTime: \d+/g, '')
    .replace(/"lastContainedLogTimestamp":\d{2,}/g, '')
    .replace(/crc: \d+/g, '')
    .replace(/^Dumping .*$/gm, '')
    .replace(/^#.*$/gm, '')
    .replace(/^directory\.id=[\w-]{22}$/gm, '')

describe.each(['dynamic', 'static'] as const)('disks of a %s quorum', (quorum) => {
  test('are as kafka-storage format leaves them', async () => {
    const plan = await planRoom(
      process.cwd(),
      lab({ clusters: { main: cluster({ controllers: 2, brokers: 1, quorum }) } }),
      'p',
    )
    const nodes = plan.nodes!.filter(({ host }) => host !== 'controller-2')
    const meta = (host: string) => contents(plan, host, `${DATA}/meta.properties`).toString()
    const clusterId = property(meta('controller-1'), 'cluster.id')
    const directory = (host: string) => property(meta(host), 'directory.id')
    const voters = [1, 2].map((n) => `${100 + n}@controller-${n}:9093:${directory(`controller-${n}`)}`)
    const put = (path: string, bytes: Buffer) =>
      `mkdir -p ${path.replace(/\/[^/]*$/, '')}; base64 -d > ${path} <<< ${bytes.toString('base64')}`
    const script = nodes.flatMap(({ host, properties }) => {
      const files = plan.files.filter((one) => one.host === host && one.path.startsWith(DATA))
      const kind = host === 'controller-1' ? `--initial-controllers ${voters.join(',')}` : '--no-initial-controllers'
      return [
        ...files.map(({ path }) => put(`/tmp/ours/${host}${path.slice(DATA.length)}`, contents(plan, host, path))),
        put(`/tmp/${host}.properties`, contents(plan, host, properties)),
        `sed -i 's#^log.dirs=.*#log.dirs=/tmp/theirs/${host}#' /tmp/${host}.properties`,
        `kafka-storage format --config /tmp/${host}.properties --cluster-id ${clusterId} ${quorum === 'dynamic' ? kind : ''} >/tmp/${host}.log 2>&1 &`,
      ]
    })
    const shown = (whose: string) => `
      cd /tmp/${whose}; find . -type f | sort
      for meta in */meta.properties; do cat $meta; done
      kafka-dump-log --cluster-metadata-decoder --files $(find . -name '*.checkpoint' | sort | paste -sd,)`
    const ran = await runScript(`${script.join('\n')}
      wait; cat /tmp/*.log >&2; (${shown('theirs')}); echo =====; (${shown('ours')})`)
    const [theirs = '', ours = ''] = ran.stdout.split('=====\n')
    expect(theirs, ran.stderr).toContain('node.id=1\n')
    expect(comparable(ours)).toBe(comparable(theirs))
    // the voter's is the one that the tool was told
    if (quorum === 'dynamic') expect(theirs).toContain(`directory.id=${directory('controller-1')}\n`)
    expect(ours.includes('KRaftVoters')).toBe(quorum === 'dynamic')
  }, 60_000)
})

/** The goal on two cores that do nothing else is 8 s; here several things run. */
const LIVE_LIMIT_MS = 30_000
const place = makePlace(OWNERS[0])
afterAll(() => place.remove())

async function live(declared: Lab): Promise<TestRoom> {
  const plan = await planRoom(process.cwd(), declared, planOf().id)
  const begun = performance.now()
  const room = await start(place, plan)
  onTestFinished(() => room.room.end())
  expect(await nodesReady(room.room, declared, LIVE_LIMIT_MS)).toEqual([])
  const running = plan.nodes?.filter((node) => node.running).length
  console.info(`${running} nodes ready ${Math.round(performance.now() - begun)} ms after the room's start`)
  return room
}

test('three controllers and two brokers of a dynamic quorum', async () => {
  const room = await live(
    lab({
      clusters: {
        main: cluster({ controllers: 3, brokers: 2, running: true, nodes: { 'broker-2': { 'broker.rack': 'b' } } }),
      },
      hosts: ['client'],
    }),
  )
  const asked = await room.run(
    'kafka-metadata-quorum --bootstrap-controller controller-2:9093 describe --status; kafka-topics --bootstrap-server broker-1:9092 --create --topic orders --partitions 2 --replication-factor 2',
    'client',
  )
  expect(asked.stdout, asked.stderr).toMatch(/CurrentVoters:.*"id": 101.*"id": 102.*"id": 103/)
  expect(asked.stdout).toContain('Created topic orders.')
  const file = await room.run('grep ^broker.rack ~/kafka/config/broker.properties', 'broker-2')
  expect(file.stdout).toBe('broker.rack=b\n')

  // Without a majority nobody leads; one that comes back says who it is all the same.
  const controllers = ['controller-1', 'controller-2', 'controller-3']
  await Promise.all(controllers.map((host) => room.fault({ action: 'kill', host })))
  await until(() => room.observed('node-down').length >= 3, 'the controllers to be down')
  const before = room.observed('node-up').length
  await room.fault({ action: 'start', host: 'controller-3' })
  const back = () => room.observed('node-up').slice(before)
  await until(
    () => back().some(({ host, node, clusterId }) => host === 'controller-3' && node === 103 && clusterId),
    'controller-3 to say who it is',
  )
}, 60_000)

test('two combined nodes and a broker of a static quorum, not all of them running', async () => {
  const room = await live(
    lab({ clusters: { main: cluster({ combined: 2, brokers: 1, quorum: 'static', running: ['node-1', 'node-2'] }) } }),
  )
  expect((await room.run('pgrep -f kafka[.]Kafka', 'broker-3')).stdout).toBe('')
  await room.run('kafka-server-start -daemon ~/kafka/config/broker.properties', 'broker-3')
  const joined = await room.run(
    'for try in $(seq 30); do kafka-broker-api-versions --bootstrap-server node-1:9092 2>&1 | grep -q broker-3:9092 && echo joined && break; done',
    'node-1',
  )
  expect(joined.stdout).toBe('joined\n')
}, 60_000)
