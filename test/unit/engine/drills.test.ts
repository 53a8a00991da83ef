import { expect, test } from 'vitest'
import { missing } from '#labs/engine/define.ts'
import type { LabSession } from '#labs/engine/lab-session.ts'
import type { Drill } from '#labs/protocol/class.ts'
import { Told } from '../../support/told.ts'

const drillOf = (id: string, drill: Drill) => ({ id, classId: 'class', drill, by: 'Ida' })
const outcomeOf = (session: LabSession) => session.drillOutcome(session.teaching.drill!)

/** Three controllers, of which 101 leads in epoch 4, and three brokers. */
async function room(): Promise<Told> {
  const told = await Told.open({ never: () => missing('Never.') })
  for (const node of [101, 102, 103, 1, 2, 3]) {
    await told.up(node)
    await told.see({
      type: 'process',
      host: node > 100 ? `controller-${node - 100}` : `broker-${node}`,
      state: 'running',
      pid: 7,
    })
  }
  for (const node of [101, 102, 103]) await told.quorum(node, 101, 4)
  return told
}

test('the active controller is killed or cut off, a broker killed, and all of it taken back', async () => {
  const told = await room()
  const { session } = told
  expect(session.drill(drillOf('a', 'kill-active-controller'))).toEqual([{ action: 'kill', host: 'controller-1' }])
  expect(session.drill(drillOf('b', 'isolate-active-controller'))).toEqual([
    { action: 'isolate', host: 'controller-1' },
  ])
  expect(session.drill(drillOf('c', 'kill-broker'))).toEqual([
    { action: 'kill', host: expect.stringMatching(/^broker-\d$/) },
  ])
  expect(session.drill(drillOf('d', 'restore'))).toEqual([])
  await told.see({ type: 'network', cuts: [{ from: 'controller-1', to: 'controller-2' }] })
  await told.see({ type: 'process', host: 'broker-2', state: 'none', pid: null })
  await told.see({ type: 'process', host: 'broker-3', state: 'paused', pid: 7 })
  expect(session.drill(drillOf('e', 'restore'))).toEqual([
    { action: 'heal', host: null },
    { action: 'start', host: 'broker-2' },
    { action: 'resume', host: 'broker-3' },
  ])
})

test('the outcome: impaired while nobody leads, whole again with the time of the election and the longest outage', async () => {
  const told = await room()
  const { session } = told
  expect(session.teaching.drill).toBeNull()
  session.drill(drillOf('a', 'kill-active-controller'))
  await session.settled()
  expect(outcomeOf(session)).toMatchObject({ is: 'nothing', hosts: [] })
  await told.see({ type: 'fault', fault: { action: 'kill', host: 'controller-1' }, by: 'instructor' })
  const killedAt = told.now
  // Nobody has noticed yet.
  expect(outcomeOf(session)).toMatchObject({ is: 'impaired', leader: 'controller-1', electedAfterMs: null })
  await told.down(101)
  await told.see({ type: 'outage', cluster: 'main', kind: 'metadata', from: killedAt, to: null, why: 'no answer' })
  expect(outcomeOf(session)).toMatchObject({
    is: 'impaired',
    hosts: ['controller-1'],
    leader: null,
    electedAfterMs: null,
    outages: [{ kind: 'metadata', ms: null }],
    down: ['controller-1'],
  })
  // A voter tells of the new epoch before the winner says that it leads.
  await told.quorum(103, null, 5)
  await told.quorum(102, 102, 5)
  const electedAt = told.now
  const to = told.now + 40
  await told.see({ type: 'outage', cluster: 'main', kind: 'metadata', from: killedAt, to, why: 'no answer' })
  expect(outcomeOf(session)).toMatchObject({
    is: 'recovered',
    leader: 'controller-2',
    epoch: 5,
    electedAfterMs: electedAt - killedAt,
    outages: [{ kind: 'metadata', ms: to - killedAt }],
    lost: 0,
  })
})

test('what a learner does is no part of a drill', async () => {
  const told = await room()
  told.session.drill(drillOf('a', 'kill-active-controller'))
  await told.see({ type: 'fault', fault: { action: 'kill', host: 'controller-1' }, by: 'learner' })
  expect(outcomeOf(told.session)).toMatchObject({ is: 'nothing', hosts: [] })
})
