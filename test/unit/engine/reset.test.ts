/** Back to the beginning of a step, as the engine sees it: what counts, what is done for the learner, what begins anew. */
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { defineLab, missing, passed, step } from '#labs/engine/define.ts'
import { LabSession } from '#labs/engine/lab-session.ts'
import type { Observation } from '#labs/protocol/observation.ts'
import { HINTS, IS_UP } from '../../support/small-lab.ts'
import { temporaryFolder } from '../../support/temporary.ts'

const NONE: ReadonlySet<string> = new Set()
const lab = defineLab({
  slug: 'again',
  title: 'Again',
  course: 'kraft',
  module: 'm',
  minutes: 1,
  hosts: ['broker-1'],
  steps: [
    step('up', {
      title: 'Up',
      checks: [IS_UP],
      ask: 'Which?',
      judge: (given) => (given === '1' ? passed('Right.') : missing('No.')),
    }),
    step('down', {
      title: 'Down',
      checks: [
        {
          id: 'went-down',
          title: 'It went down',
          judge: ({ history }) => history.nodeDown({ host: 'broker-1' }),
          hints: HINTS,
        },
      ],
    }),
    step('last', {
      title: 'Last',
      checks: [{ id: 'never', title: 'Never', judge: () => missing('Never.'), hints: HINTS }],
    }),
  ],
})

let number = 0
const up: Observation = { type: 'node-up', host: 'broker-1', node: 1, clusterId: 'c', listeners: [] }
const down: Observation = { type: 'node-down', host: 'broker-1', why: 'gone' }
async function see(session: LabSession, observation: Observation) {
  session.observe({ number: ++number, at: 1_000 + number, mono: number, observation })
  await settled(session)
}
/** What follows from an entry is appended when that is stored. */
async function settled(session: LabSession) {
  for (let times = 0; times < 4; times++) await session.settled()
}
async function open(file: string) {
  const session = await LabSession.open({ id: 's', lab, learner: 'ada', file })
  onTestFinished(() => session.close())
  return session
}
async function passedTwo() {
  const file = join(await temporaryFolder(), 'history.ndjson')
  const session = await open(file)
  session.note('room-started', '')
  await see(session, up)
  session.answer('up', '1')
  await settled(session)
  await see(session, down)
  return { session, file }
}
const status = (session: LabSession) => session.view().steps.map((one) => one.status)
const progress = (session: LabSession) => session.progress({ activeAt: 1, stuckMs: 1, now: 1 })

test('only where nothing new would be done for the learner', async () => {
  const { session } = await passedTwo()
  expect(status(session)).toEqual(['passed', 'passed', 'open'])
  expect(session.mayResetTo('up', NONE)).toBe(true)
  expect(session.mayResetTo('last', NONE)).toBe(true)
  expect(session.mayResetTo('unknown', NONE)).toBe(false)
  const fresh = await open(join(await temporaryFolder(), 'history.ndjson'))
  expect(fresh.mayResetTo('down', NONE)).toBe(false)
  expect(fresh.mayResetTo('down', new Set(['is-up', 'up-answer']))).toBe(true)
})

test('what the replay passes is not credited; what was passed stays; events count from the reset on', async () => {
  const { session, file } = await passedTwo()
  session.reset('down')
  await settled(session)
  expect(session.isReplaying).toBe(true)
  // The old room is gone, and of the new one nothing is known yet.
  expect(status(session)).toEqual(['closed', 'closed', 'closed'])
  expect(progress(session).passes.sort()).toEqual(['is-up', 'up-answer', 'went-down'])

  session.note('room-started', '')
  await settled(session)
  await see(session, up)
  session.answer('up', '1')
  await settled(session)
  // It stops where the learner begins.
  expect(status(session)).toEqual(['passed', 'closed', 'closed'])
  session.replayed('done', 'Done.')
  await settled(session)
  expect(status(session)).toEqual(['passed', 'open', 'closed'])
  const [first, second] = session.view().steps
  expect(first!.checks[0]).toMatchObject({ status: 'passed', counts: true, passedBefore: true })
  expect(second!.checks[0]).toMatchObject({ status: 'open', counts: true, passedBefore: true })

  await see(session, down)
  expect(status(session)).toEqual(['passed', 'passed', 'open'])
  const said = session.timeline.map(({ says }) => says)
  expect(said).toContain('Done for you: It is up')
  expect(said).toContain('Passed again: It went down')
  expect(said.filter((one) => one === 'Passed: It went down')).toHaveLength(1)

  const before = session.view().steps
  await session.close()
  const again = await open(file)
  expect(again.view().steps).toEqual(before)
})

test('a step that only the replay has passed does not count', async () => {
  const session = await open(join(await temporaryFolder(), 'history.ndjson'))
  session.note('room-started', '')
  await settled(session)
  session.reset('down')
  session.note('room-started', '')
  await settled(session)
  await see(session, up)
  session.answer('up', '1')
  await settled(session)
  session.replayed('cancelled', 'You stopped it.')
  await settled(session)
  expect(status(session)).toEqual(['passed', 'open', 'closed'])
  const [first] = session.view().steps
  expect(first!.checks[0]).toMatchObject({ status: 'passed', counts: false, passedBefore: false })
  expect(first!.ask).toMatchObject({ counts: false, given: null })
  expect(progress(session)).toMatchObject({ passes: [], steps: [{ ms: null }, { ms: null }, { ms: null }] })
  // Its own pass is one.
  await see(session, down)
  expect(progress(session).passes).toEqual(['went-down'])
})
