/** What a lab shows besides nodes and partitions: asked for while somebody looks, and part of every picture of the room. */
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { defineLab, file, groups, partitionFiles, replicas, requestMetrics, step } from '#labs/engine/define.ts'
import { LabSession } from '#labs/engine/lab-session.ts'
import { LiveLabSession } from '#labs/gateway/live-lab-session.ts'
import type { Room } from '#labs/sandbox/room.ts'
import { IS_UP } from '../../support/small-lab.ts'
import { temporaryFolder } from '../../support/temporary.ts'

const about = { slug: 'shown', title: 'Shown', course: 'kraft', module: 'quick-start', minutes: 1, hosts: ['broker-1'] }
const steps = [step('up', { title: 'Up', facts: { groups: groups() }, checks: [IS_UP] })]
const lab = defineLab({ ...about, steps, shows: [groups(), replicas('orders')] })

async function open(): Promise<LabSession> {
  const history = join(await temporaryFolder(), 'history.ndjson')
  const session = await LabSession.open({ id: 's', lab, learner: 'ada', file: history })
  onTestFinished(() => session.close())
  session.note('room-started', '')
  return session
}

test('it is needed while somebody looks, and once with the same of a step', async () => {
  const session = await open()
  expect(session.needs().map(({ kind }) => kind)).toEqual(['groups'])
  expect(session.needs('open', true).map(({ kind }) => kind)).toEqual(['groups', 'replicas'])
})

test('not looked at yet is not the same as empty, now and at an earlier moment', async () => {
  const session = await open()
  const replica = { partition: 0, broker: 1, logStart: 0, highWatermark: 4, lastStable: 4, end: 7 }
  const shown = (at: { facts: { kind: string; is: unknown }[] }) => at.facts.map(({ kind, is }) => [kind, is])
  const fetched = { state: 'fetched' as const, value: { replicas: [replica] } }
  const before = [
    ['groups', { state: 'not-fetched' }],
    ['replicas', { state: 'not-fetched' }],
  ]
  expect(shown(session.view())).toEqual(before)
  const name = replicas('orders').need.name
  session.observe({ number: 1, at: 2_000, mono: 1, observation: { type: 'need', name, result: fetched } })
  await new Promise<void>((resolve) => session.once('stored', resolve))
  expect(shown(session.view())).toEqual([
    ['groups', { state: 'not-fetched' }],
    ['replicas', fetched],
  ])
  expect(shown(await session.viewAt(1_000))).toEqual(before)
})

test('the room is asked from the first who looks to the last', async () => {
  const session = await open()
  const live = new LiveLabSession(session, 'ada', new Set())
  const asked: string[][] = []
  // A room that only hears what it is to look at: a real one is in the integration tests.
  const room = {
    on: () => room,
    send: (message: { type: string; needs?: { kind: string }[] }) => {
      if (message.needs) asked.push(message.needs.map(({ kind }) => kind))
    },
  }
  await live.join(room as unknown as Room, 0)
  asked.length = 0
  live.lookAtFacts('one', true)
  live.lookAtFacts('one', true)
  live.lookAtFacts('two', true)
  live.lookAtFacts('one', false)
  expect(asked).toEqual([['groups', 'replicas']])
  live.lookAtFacts('two', false)
  live.lookAtFacts('never', false)
  expect(asked).toEqual([['groups', 'replicas'], ['groups']])
})

test.each([
  [{ shows: [file('broker-1', '/tmp/x')] }, 'shows.0.need.kind'],
  [{ shows: [groups(), partitionFiles({ host: 'broker-9', topic: 'orders', partition: 0 })] }, 'shows.1'],
  [{ shows: [groups({ cluster: 'west' })] }, 'shows.0'],
  // what a learner's process says of itself passes no check
  [
    { steps: [step('up', { title: 'Up', facts: { claim: requestMetrics('broker-1') }, checks: [IS_UP] })] },
    'steps.0.facts.claim',
  ],
])('a mistake names its field: %#', (mistake, field) => {
  try {
    defineLab({ ...about, steps, ...mistake })
    expect.unreachable('the mistake was not seen')
  } catch (error) {
    expect((error as { issues: { path: unknown[] }[] }).issues[0]?.path.join('.')).toBe(field)
  }
})
