/** A step's solution is shown to who has tried, and as a person reads it. */
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { defineLab, missing, passed, step } from '#labs/engine/define.ts'
import { LabSession } from '#labs/engine/lab-session.ts'
import { shownActions } from '#labs/engine/shown-solution.ts'
import { answer, downHost, edit, fault, keys, read, run, shows, tryIt, waitFor } from '#labs/engine/solution.ts'
import { TRIED_MS, TRIES } from '#labs/engine/tried.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'
import { HINTS, IS_UP } from '../../support/small-lab.ts'
import { temporaryFolder } from '../../support/temporary.ts'

const NOW = 1_000_000
const lab = defineLab({
  slug: 'tried',
  title: 'Tried',
  course: 'kraft',
  module: 'm',
  minutes: 1,
  hosts: ['broker-1'],
  steps: [
    step('up', {
      title: 'Up',
      checks: [IS_UP],
      ask: 'Which node?',
      judge: (given) => (given === '1' ? passed('Right.') : missing('No.')),
    }),
    step('next', {
      title: 'Next',
      checks: [{ id: 'never', title: 'Never', judge: () => missing('Never.'), hints: HINTS }],
    }),
  ],
})

async function open() {
  const file = join(await temporaryFolder(), 'history.ndjson')
  const clock = { now: () => NOW, mono: () => 0 }
  const session = await LabSession.open({ id: 's', lab, learner: 'ada', file, clock })
  onTestFinished(() => session.close())
  session.note('room-started', '')
  await session.settled()
  const offer = () => session.view().steps[0]!.solution
  return { session, offer }
}
let number = 0
const command = (session: LabSession) =>
  session.observe({
    number: ++number,
    at: NOW,
    mono: number,
    observation: { type: 'command', host: 'broker-1', terminal: 't', command: 'ls', exitStatus: 0, startedAt: NOW },
  })

test('with all hints of what has not passed, and the question tried', async () => {
  const { session, offer } = await open()
  expect(offer()).toEqual({ shown: false, offered: false, from: null, hintsLeft: 3, answersLeft: 3 })
  expect(session.showSolution('up', NOW)).toBe(false)
  for (const level of [1, 2, 3]) {
    session.hint('is-up', level)
    await session.settled()
  }
  expect(offer()).toMatchObject({ offered: false, hintsLeft: 0, answersLeft: 3 })
  for (let tries = 0; tries < 3; tries++) session.answer('up', 'x')
  await session.settled()
  expect(offer()).toMatchObject({ offered: true, shown: false })
  expect(session.showSolution('up', NOW)).toBe(true)
  expect(session.showSolution('up', NOW)).toBe(true)
  await session.settled()
  expect(offer()).toMatchObject({ offered: true, shown: true })
  expect(session.timeline.filter(({ says }) => says === 'Looked at the solution of: Up')).toHaveLength(1)
  expect(session.progress({ activeAt: NOW, stuckMs: 1, now: NOW }).steps).toMatchObject([
    { solution: true },
    { solution: false },
  ])
})

test('after ten minutes at a step, for who did something; never of a step that is not open', async () => {
  const { session, offer } = await open()
  expect(session.showSolution('up', NOW + TRIED_MS)).toBe(false)
  for (let tries = 0; tries < TRIES; tries++) command(session)
  await session.settled()
  expect(offer()).toMatchObject({ offered: false, from: NOW + TRIED_MS })
  expect(session.showSolution('up', NOW + TRIED_MS - 1)).toBe(false)
  expect(session.showSolution('up', NOW + TRIED_MS)).toBe(true)
  expect(session.showSolution('next', NOW + 10 * TRIED_MS)).toBe(false)
  expect(session.showSolution('unknown', NOW)).toBe(false)
})

test('what depends on the cluster is read off it, or left open', () => {
  const steps = [{ checks: [{ id: 'made', title: 'It is made' }] }]
  const see = { hosts: ['broker-1', 'client'], clusters: [{ nodes: [] }], steps } as unknown as LabSessionState
  const actions = [
    run('ls'),
    run(() => 'who', { host: () => 'client', terminal: 'node', wait: false }),
    run((seen) => downHost(seen), { host: downHost }),
    keys('\x03'),
    shows(/started/),
    answer('up', read(/(x)/, { host: 'client' })),
    answer('up', '1'),
    fault((seen) => ({ action: 'start', host: downHost(seen) })),
    tryIt('made'),
    edit('a.py', 'b', 'c'),
    waitFor(() => true, 'the new leader'),
  ]
  expect(shownActions(actions, see)).toEqual([
    { do: 'run', command: 'ls', stays: false, host: 'broker-1', terminal: null },
    { do: 'run', command: 'who', stays: true, host: 'client', terminal: 'node' },
    { do: 'run', command: null, stays: false, host: null, terminal: null },
    { do: 'keys', keys: '\x03', host: 'broker-1', terminal: null },
    { do: 'shows', text: 'started', host: 'broker-1', terminal: null },
    { do: 'answer', given: null, readFrom: 'client' },
    { do: 'answer', given: '1', readFrom: null },
    { do: 'fault', fault: null },
    { do: 'try', title: 'It is made' },
    { do: 'edit', path: 'a.py', from: 'b', to: 'c' },
    { do: 'wait', what: 'the new leader' },
  ])
})
