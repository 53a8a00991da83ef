import { expect, test } from 'vitest'
import { cluster, defineLab, passed, step } from '#labs/engine/define.ts'
import { planRoom } from '#labs/engine/room-plan.ts'
import { roomPlan } from '#labs/protocol/room.ts'

const lab = defineLab({
  slug: 'planned',
  title: 'Planned',
  course: 'kraft',
  module: 'm',
  minutes: 1,
  clusters: { main: cluster({ controllers: 1, brokers: 1, running: ['controller-1'] }) },
  hosts: ['client'],
  probe: 'main',
  files: [
    { host: 'client', path: '/home/learner/note', text: 'hello' },
    { host: 'broker-1', path: '/home/learner/kafka/config/broker.properties', text: 'broken=yes\n' },
  ],
  steps: [step('one', { title: 'One', ask: 'Well?', judge: () => passed('Yes.') })],
})

test('a room has the nodes, their configuration and disks, and what the lab lays over them', async () => {
  const plan = roomPlan.parse(await planRoom(process.cwd(), lab, 'r1'))
  expect(plan).toMatchObject({ id: 'r1', probe: 'main', hosts: lab.hosts })
  expect(plan.nodes).toEqual([
    {
      host: 'controller-1',
      cluster: 'main',
      id: 101,
      roles: ['controller'],
      properties: '/home/learner/kafka/config/controller.properties',
      logDirectories: ['/var/lib/kafka/data'],
      running: true,
    },
    {
      host: 'broker-1',
      cluster: 'main',
      id: 1,
      roles: ['broker'],
      properties: '/home/learner/kafka/config/broker.properties',
      logDirectories: ['/var/lib/kafka/data'],
      running: false,
    },
  ])
  expect(plan.files.filter(({ host }) => host === 'client').map(({ path }) => path)).toEqual(['/home/learner/note'])
  // the last one laid counts
  expect(plan.files.findLast(({ path }) => path.endsWith('broker.properties'))?.text).toBe('broken=yes\n')
  expect(plan.welcome).toBe(
    'Cluster main:\n  --bootstrap-server broker-1:9092\n  --bootstrap-controller controller-1:9093',
  )
})

test('ids are new for each room, and there are none where the learner formats', async () => {
  const meta = async (one = lab) =>
    (await planRoom(process.cwd(), one, 'r')).files.find(({ path }) => path.endsWith('meta.properties'))?.text
  expect(await meta()).not.toBe(await meta())
  const { nodes, ...rest } = lab.clusters.main!
  expect(await meta({ ...lab, clusters: { main: { ...rest, nodes, formatted: false } } })).toBeUndefined()
})
