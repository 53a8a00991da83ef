/** Temporal checks: true after what they are about, and false before it, beside it and over what was not seen. */
import { expect, test } from 'vitest'
import { Told } from '../../support/told.ts'

const FAILOVER: Parameters<typeof Told.open>[0] = {
  died: ({ history }) => history.nodeDown({ wasLeader: true }),
  elected: ({ history }) => history.newLeader({ after: 'died' }),
  back: ({ history }) => history.nodeUp({ after: 'died' }),
  epochs: ({ history }) => history.leadersByEpoch({ after: 'died' }),
  watermark: ({ history }) => history.highWatermarkNeverFell({ since: 'died' }),
  nobody: ({ history }) => history.noLeaderBetween('died', 'back'),
}

test('a failover: the leader dies, another leads in a later epoch, the first comes back', async () => {
  const told = await Told.open(FAILOVER)
  await told.cluster()
  for (const id of Object.keys(FAILOVER)) expect(told.says(id)).toMatchObject({ passed: false })
  await told.down(103)
  expect(told.says('died')).toEqual({
    passed: false,
    says: 'controller-3 (node 103) went down, but it was not the active controller.',
  })
  await told.up(103)
  expect(told.passes('back')).toBe(false)

  await told.down(101)
  expect(told.says('died')).toEqual({
    passed: true,
    says: 'controller-1 (node 101), the active controller, went down.',
  })
  expect(told.says('elected')).toEqual({ passed: false, says: 'No leader is known yet; node 101 led in epoch 5.' })
  expect(told.passes('epochs')).toBe(false)
  expect(told.passes('watermark')).toBe(false)

  // A candidate is not a leader.
  await told.quorum(103, null, 6)
  expect(told.passes('elected')).toBe(false)
  await told.quorum(102, 102, 7)
  await told.quorum(103, 102, 7)
  expect(told.says('elected')).toEqual({
    passed: true,
    says: 'Node 102 leads in epoch 7; before, node 101 led in epoch 5.',
  })
  expect(told.says('epochs')).toMatchObject({ passed: true, says: expect.stringContaining('epoch 7: node 102') })
  await told.sample(102, null)
  expect(told.passes('watermark')).toBe(false)
  await told.sample(102, 104)
  expect(told.says('watermark')).toMatchObject({ passed: true, says: expect.stringContaining('104') })

  expect(told.passes('back')).toBe(false)
  await told.up(101)
  expect(told.says('back')).toEqual({ passed: true, says: 'controller-1 (node 101) is back.' })
  expect(told.says('nobody')).toMatchObject({ passed: false, says: 'Node 102 led in epoch 7 in between.' })
})

test('a leader that shuts down in order hands over first: it led all the same', async () => {
  const told = await Told.open(FAILOVER)
  await told.cluster()
  await told.quorum(101, null, 5)
  await told.quorum(102, 102, 6)
  await told.down(101)
  expect(told.passes('died')).toBe(true)
  expect(told.says('elected')).toMatchObject({ passed: true, says: expect.stringContaining('node 101 led in epoch 5') })
})

test('the same node elected again, or two in one epoch, is not what was asked', async () => {
  const told = await Told.open({
    ...FAILOVER,
    down: ({ history }) => history.nodeDown({ host: 'controller-3' }),
    other: ({ history }) => history.newLeader({ after: 'down' }),
    one: ({ history }) => history.leadersByEpoch({ after: 'down' }),
  })
  await told.cluster()
  await told.down(103)
  await told.quorum(101, 101, 6)
  expect(told.says('other')).toEqual({
    passed: false,
    says: 'Node 101 leads again, in epoch 6. Another one should.',
  })
  expect(told.passes('one')).toBe(true)
  await told.quorum(102, 102, 6)
  expect(told.says('one')).toEqual({ passed: false, says: 'Nodes 101 and 102 both led in epoch 6.' })
})

test('a high watermark that falls is seen, one that is not known for a while is not a fall', async () => {
  const told = await Told.open(FAILOVER)
  await told.cluster()
  await told.down(101)
  await told.quorum(102, 102, 7)
  await told.sample(102, null)
  await told.sample(102, 99)
  expect(told.says('watermark')).toEqual({ passed: false, says: 'The high watermark fell from 100 to 99.' })
})

test('over what was not seen, no "never" holds', async () => {
  const told = await Told.open(FAILOVER)
  await told.cluster()
  await told.down(101)
  await told.gap()
  await told.quorum(102, 102, 7)
  await told.sample(102, 104)
  await told.up(101)
  expect(told.passes('elected')).toBe(true)
  for (const id of ['epochs', 'watermark', 'nobody'])
    expect(told.says(id)).toMatchObject({ passed: false, says: expect.stringContaining('missed') })
})

test('without a majority nobody leads until one is back', async () => {
  const told = await Told.open({
    ...FAILOVER,
    second: ({ history }) => history.nodeDown({ host: 'controller-2', after: 'died' }),
    back: ({ history }) => history.nodeUp({ after: 'second' }),
    nobody: ({ history }) => history.noLeaderBetween('second', 'back'),
  })
  await told.cluster()
  await told.down(101)
  await told.quorum(102, 102, 7)
  expect(told.passes('nobody')).toBe(false)
  await told.down(102)
  await told.quorum(103, null, 8)
  expect(told.passes('nobody')).toBe(false)
  expect(told.cluster0).toMatchObject({ leader: null, leaderSince: expect.any(Number), epoch: 8 })
  await told.up(102)
  expect(told.says('nobody')).toMatchObject({ passed: true, says: 'Nobody led for 2.0 s.' })
})

test('a partition: the old leader keeps its view until it is healed, the cluster has another', async () => {
  const told = await Told.open({
    cut: ({ history }) => history.isolated({ wasLeader: true }),
    elected: ({ history }) => history.newLeader({ after: 'cut' }),
    stepped: ({ history }) => history.steppedDown({ after: 'cut' }),
    healed: ({ history }) => history.healed({ after: 'cut' }),
    one: ({ history }) => history.leadersByEpoch({ after: 'cut' }),
    links: ({ history }) => {
      const links = history.cutsBetween('cut')
      return { passed: links.length > 0, says: String(links.length), evidence: { says: String(links.length) } }
    },
  })
  await told.cluster()
  const both = (one: string, other: string): [string, string][] => [
    [one, other],
    [other, one],
  ]
  const from2 = ['controller-1', 'controller-3'].flatMap((other) => both('controller-2', other))
  await told.network(...from2, ...[1, 2, 3].flatMap((broker) => both('controller-2', `broker-${broker}`)))
  expect(told.says('cut')).toMatchObject({ passed: false })
  await told.network()
  expect(told.passes('healed')).toBe(false)

  const others = ['controller-2', 'controller-3', 'broker-1', 'broker-2', 'broker-3']
  await told.network(...others.flatMap((other) => both('controller-1', other)))
  expect(told.says('cut')).toEqual({ passed: true, says: 'controller-1 is cut off from all others.' })
  await told.quorum(102, 102, 6)
  await told.quorum(103, 102, 6)
  expect(told.passes('elected')).toBe(true)
  expect(told.passes('stepped')).toBe(false)
  expect(told.cluster0.leader).toBe(102)
  expect(told.cluster0.nodes[0]).toMatchObject({ leads: false, view: { leader: 101, epoch: 5 } })
  // What it still tells as a leader is its own past.
  await told.sample(101, 90)
  expect(told.cluster0.highWatermark).toBe(null)

  await told.network()
  await told.quorum(101, 102, 6)
  expect(told.says('stepped')).toEqual({
    passed: true,
    says: 'Node 101 stepped down: it names node 102 as the leader now, in epoch 6.',
  })
  for (const id of ['healed', 'one', 'links']) expect(told.passes(id)).toBe(true)
  expect(told.session.timeline.map(({ says }) => says)).toContain(
    'controller-1 stepped down: it names controller-2, epoch 6',
  )
})

test('a broker dies: leaders move, the ISR shrinks and grows again', async () => {
  const told = await Told.open({
    shrank: ({ history }) => history.isrShrank({ topic: 'orders', node: 1 }),
    moved: ({ history }) => history.partitionLeaderMoved({ topic: 'orders', from: 1 }),
    grew: ({ history }) => history.isrGrew({ topic: 'orders', node: 1, after: 'shrank' }),
  })
  const change = (data: object) => told.records(['PARTITION_CHANGE_RECORD', { topicId: 'T', partitionId: 0, ...data }])
  await told.cluster()
  await change({ isr: [1, 2] })
  for (const id of ['shrank', 'moved', 'grew']) expect(told.passes(id)).toBe(false)
  await change({ isr: [1, 2, 3] })
  expect(told.passes('grew')).toBe(false)
  await change({ leader: -1, isr: [2, 3] })
  expect(told.passes('shrank')).toBe(true)
  expect(told.passes('moved')).toBe(false)
  await change({ leader: 2 })
  expect(told.says('moved')).toMatchObject({
    passed: true,
    says: 'Partition orders-0 is led by broker 2 now, no longer by 1.',
  })
  await change({ isr: [2, 3, 1] })
  expect(told.says('grew')).toMatchObject({
    passed: true,
    says: 'Broker 1 joined the ISR of orders-0: [2,3] → [2,3,1].',
  })
  expect(told.session.timeline.filter(({ kind }) => kind === 'isr').map(({ says }) => says)).toEqual([
    'orders-0: broker-3 left the ISR [1,2,3] → [1,2]',
    'orders-0: broker-3 joined the ISR [1,2] → [1,2,3]',
    'orders-0: no leader (before: broker-1); broker-1 left the ISR [1,2,3] → [2,3]',
    'orders-0: broker-1 joined the ISR [2,3] → [2,3,1]',
  ])
})

test('an outage counts when it is over, acknowledged records when they were read back after', async () => {
  const told = await Told.open({
    died: ({ history }) => history.nodeDown({ wasLeader: true }),
    measured: ({ history }) => history.outageMeasured({ kind: 'write', after: 'died' }),
    found: ({ history }) => history.acknowledgedAllFound({ since: 'died' }),
  })
  const probe = (lost: number[], readBackAt: number | null) =>
    told.see({ type: 'probe', cluster: 'main', acknowledged: 1_000, readBack: 1_000, lost, readBackAt })
  const outage = (to: number | null) =>
    told.see({ type: 'outage', cluster: 'main', kind: 'write', from: 1_010_000, to, why: 'no leader' })
  await told.cluster()
  await probe([], told.now)
  expect(told.passes('found')).toBe(false)
  await told.down(101)
  expect(told.passes('found')).toBe(false)
  await outage(null)
  expect(told.says('measured')).toEqual({ passed: false, says: 'It still lasts.' })
  expect(told.cluster0.probe).toMatchObject({ outages: [{ kind: 'write', from: 1_010_000 }] })
  const [lasting] = told.session.timeline.filter(({ kind }) => kind === 'outage')
  expect(lasting).toMatchObject({ says: 'Writes unavailable', until: null })
  await outage(1_012_310)
  expect(told.says('measured')).toEqual({ passed: true, says: 'No write was acknowledged for 2,310 ms.' })
  expect(told.session.timeline.filter(({ kind }) => kind === 'outage')).toEqual([
    { ...lasting, says: 'Writes unavailable for 2,310 ms', until: 1_012_310 },
  ])
  await probe([7], told.now)
  expect(told.says('found')).toMatchObject({ passed: false, says: expect.stringContaining('the first at offset 7') })
  // What was lost once is not found by looking again.
  await probe([], told.now)
  expect(told.says('found')).toMatchObject({ passed: false, says: expect.stringContaining('1 acknowledged') })
})

test('acknowledged records are all found, unless the probe has begun anew since', async () => {
  const told = await Told.open({
    died: ({ history }) => history.nodeDown({ wasLeader: true }),
    found: ({ history }) => history.acknowledgedAllFound({ since: 'died' }),
  })
  const probe = (acknowledged: number) =>
    told.see({ type: 'probe', cluster: 'main', acknowledged, readBack: acknowledged, lost: [], readBackAt: told.now })
  await told.cluster()
  await probe(900)
  await probe(10)
  await told.down(101)
  await probe(1_000)
  await probe(1_000)
  expect(told.says('found')).toEqual({ passed: true, says: 'All 1,000 acknowledged records were found.' })
  await probe(5)
  await probe(2_000)
  expect(told.says('found')).toMatchObject({ passed: false, says: expect.stringContaining('began anew') })
})

test('a leader that is only paused has not died', async () => {
  const told = await Told.open(FAILOVER)
  await told.cluster()
  await told.see({ type: 'process', host: 'controller-1', state: 'paused', pid: 7 })
  await told.down(101)
  expect(told.says('died')).toEqual({ passed: false, says: 'controller-1 (node 101) is only paused.' })
  await told.see({ type: 'process', host: 'controller-1', state: 'running', pid: 7 })
  await told.up(101)
  await told.quorum(101, 101, 6)
  await told.see({ type: 'process', host: 'controller-1', state: 'none', pid: null })
  await told.down(101)
  expect(told.passes('died')).toBe(true)
})

test('one that was killed and started again has not stepped down, and what is cut again is not healed', async () => {
  const told = await Told.open({
    cut: ({ history }) => history.isolated({ wasLeader: true }),
    stepped: ({ history }) => history.steppedDown({ after: 'cut' }),
    healed: ({ history }) => history.healed({ after: 'cut' }),
  })
  await told.cluster()
  const others = ['controller-2', 'controller-3', 'broker-1', 'broker-2', 'broker-3']
  const links = others.flatMap((one): [string, string][] => [
    ['controller-1', one],
    [one, 'controller-1'],
  ])
  await told.network(...links)
  await told.quorum(102, 102, 6)
  await told.down(101)
  await told.up(101)
  await told.quorum(101, null, 6)
  expect(told.says('stepped')).toEqual({
    passed: false,
    says: 'controller-1 (node 101) went down before it said that it stepped down.',
  })
  expect(told.passes('healed')).toBe(false)
  await told.network()
  expect(told.passes('healed')).toBe(true)
  await told.network(...links.slice(0, 1))
  expect(told.says('healed')).toEqual({ passed: false, says: '1 links are still cut.' })
})

test('epochs count from the last gap on', async () => {
  const told = await Told.open(FAILOVER)
  await told.cluster()
  await told.gap()
  await told.down(101)
  await told.quorum(102, 102, 7)
  expect(told.says('epochs')).toEqual({ passed: true, says: 'Each epoch had one leader (epoch 7: node 102).' })
})

test('who answers as a node elsewhere than the lab laid it is not believed', async () => {
  const told = await Told.open({
    ...FAILOVER,
    stepped: ({ history }) => history.steppedDown({ after: history.events('node')[0] ?? 'died' }),
  })
  await told.cluster()
  const liar = { host: 'client', clusterId: 'C' }
  await told.see({ type: 'node-up', ...liar, node: 102, listeners: [] })
  const says = (leader: number | null, epoch: number) =>
    told.see({ type: 'quorum', ...liar, leader, epoch, voters: [], observers: [] })
  await says(102, 2 ** 31 - 1)
  expect(told.cluster0).toMatchObject({ leader: 101, epoch: 5 })
  await told.see({ type: 'node-up', ...liar, node: 101, listeners: [] })
  await says(102, 5)
  await told.see({ type: 'node-down', host: 'client', why: 'it went' })
  expect(told.passes('died')).toBe(false)
  expect(told.passes('stepped')).toBe(false)
  await told.down(101)
  await told.quorum(102, 102, 6)
  expect(told.cluster0).toMatchObject({ leader: 102, epoch: 6 })
})
