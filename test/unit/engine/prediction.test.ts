import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { defineLab, missing, passed, step } from '#labs/engine/define.ts'
import { LabSession } from '#labs/engine/lab-session.ts'
import type { Observation } from '#labs/protocol/observation.ts'
import { temporaryFolder } from '../../support/temporary.ts'

const hints = ['one', 'two', 'three'] as const
const WAIT_MS = 5_000
const lab = defineLab({
  slug: 'guess',
  title: 'Guess',
  course: 'kraft',
  module: 'quick-start',
  minutes: 1,
  hosts: ['broker-1'],
  steps: [
    step('fall', {
      title: 'Fall',
      predict: {
        question: 'Which exit status will it have?',
        refuse: (given) => (/^\d+$/.test(given.trim()) ? null : 'Give a number.'),
        outcome: (given, { history }) => {
          const why = history.last('node', ({ up }) => !up)?.why ?? 'nothing'
          return { right: why.endsWith(` ${given.trim()}`), says: `It was: ${why}.` }
        },
      },
      checks: [
        {
          id: 'fell',
          title: 'It fell',
          judge: ({ history }) => {
            const down = history.last('node', ({ up }) => !up)
            if (down) return passed('It fell.')
            const up = history.last('node', ({ up: isUp }) => isUp)
            const awaits = up ? { says: 'It falls by itself.', from: up.at, due: up.at + WAIT_MS } : undefined
            return missing('It stands.', awaits)
          },
          hints,
        },
      ],
    }),
  ],
})

async function open(folder: string) {
  const session = await LabSession.open({ id: 's', lab, learner: 'ada', file: join(folder, 'history.ndjson') })
  onTestFinished(() => session.close())
  return session
}
let number = 0
const see = (session: LabSession, observation: Observation) =>
  session.observe({ number: ++number, at: 1_000 + number, mono: number, observation })
const up: Observation = { type: 'node-up', host: 'broker-1', node: 1, clusterId: 'c', listeners: [] }
const down: Observation = { type: 'node-down', host: 'broker-1', why: 'it ended with 3' }
const stateOf = (session: LabSession) => session.view().steps[0]!

async function begin(folder: string): Promise<LabSession> {
  const session = await open(folder)
  session.note('room-started', '')
  await session.settled()
  return session
}

test('a step begins with its prediction: what happened before does not count', async () => {
  const session = await begin(await temporaryFolder())
  expect(stateOf(session)).toMatchObject({ status: 'open', predict: { given: null, outcome: null } })
  expect(stateOf(session).checks[0]?.status).toBe('closed')
  see(session, up)
  see(session, down)
  await session.settled()
  expect(session.predict('fall', '3')).toBeNull()
  await vi.waitFor(() => expect(stateOf(session).checks[0]).toMatchObject({ status: 'open', says: 'It stands.' }))
  see(session, up)
  see(session, down)
  await vi.waitFor(() => expect(stateOf(session).status).toBe('passed'))
})

test('it is graded once, by what happened; a wrong one blocks nothing, a second one does not count', async () => {
  const folder = await temporaryFolder()
  const session = await begin(folder)
  expect(session.predict('fall', 'soon')).toBe('Give a number.')
  expect(session.predict('fall', ' 4 ')).toBeNull()
  await vi.waitFor(() => expect(stateOf(session).checks[0]?.status).toBe('open'))
  expect(session.predict('fall', '3')).toBeNull()
  see(session, up)
  see(session, down)
  const outcome = { right: false, says: 'It was: it ended with 3.' }
  await vi.waitFor(() => expect(stateOf(session)).toMatchObject({ predict: { given: ' 4 ', outcome } }))
  const before = session.view()
  await session.close()
  const again = await open(folder)
  await again.settled()
  expect(again.view()).toEqual(before)
})

test('what is awaited is told with its times, until it has come', async () => {
  const session = await begin(await temporaryFolder())
  session.predict('fall', '3')
  await vi.waitFor(() => expect(stateOf(session).checks[0]?.status).toBe('open'))
  see(session, up)
  const from = 1_000 + number
  const awaits = { says: 'It falls by itself.', from, due: from + WAIT_MS }
  await vi.waitFor(() => expect(stateOf(session).checks[0]?.awaits).toEqual(awaits))
  see(session, down)
  await vi.waitFor(() => expect(stateOf(session).checks[0]?.awaits).toBeNull())
})
