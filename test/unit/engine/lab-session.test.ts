import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { defineLab, file, missing, passed, step } from '#labs/engine/define.ts'
import { readHistory } from '#labs/engine/history.ts'
import { LabSession, type Pass } from '#labs/engine/lab-session.ts'
import { Samples } from '#labs/engine/samples.ts'
import type { Observation } from '#labs/protocol/observation.ts'
import { HINTS, IS_UP } from '../../support/small-lab.ts'
import { temporaryFolder } from '../../support/temporary.ts'

const note = file('broker-1', '/tmp/note')
const lab = defineLab({
  slug: 'two-steps',
  title: 'Two steps',
  course: 'kraft',
  module: 'quick-start',
  minutes: 1,
  hosts: ['broker-1'],
  steps: [
    step('up', {
      title: 'Up',
      checks: [IS_UP],
    }),
    step('note', {
      title: 'Note',
      facts: { note },
      checks: [
        {
          id: 'has-note',
          title: 'There is a note',
          judge: ({ facts }) =>
            facts.note.state === 'fetched' && facts.note.value
              ? passed(facts.note.value.text ?? '')
              : missing('No note.'),
          hints: HINTS,
        },
      ],
      ask: 'Which node leads?',
      judge: (given, { cluster }) => (given === String(cluster.leader) ? passed('Right.') : missing('Ask the quorum.')),
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
const noteIs = (text: string): Observation => ({
  type: 'need',
  name: note.need.name,
  result: { state: 'fetched', value: { path: '/tmp/note', size: 2, modified: 0, text } },
})
const nextPass = (session: LabSession) => new Promise<Pass>((resolve) => session.once('passed', resolve))
/** In a room, with its first check passed. */
async function openPassed(folder: string): Promise<LabSession> {
  const session = await open(folder)
  session.note('room-started', '')
  const pass = nextPass(session)
  see(session, up)
  await pass
  return session
}
const check = (session: LabSession, id: string) =>
  session
    .view()
    .steps.flatMap(({ checks }) => checks)
    .find((one) => one.id === id)

test('a step opens when the one before has passed, and only its needs are watched', async () => {
  const session = await open(await temporaryFolder())
  session.note('room-started', '')
  expect(session.needs()).toEqual([])
  expect(check(session, 'is-up')).toMatchObject({ status: 'open', says: 'It is down.' })
  expect(check(session, 'has-note')?.status).toBe('closed')

  const pass = nextPass(session)
  see(session, up)
  expect(await pass).toMatchObject({ step: 'up', check: 'is-up', evidence: { says: 'It is up.' } })
  await new Promise<void>((resolve) => session.once('needs', resolve))
  expect(session.needs()).toEqual([note.need])
  expect(check(session, 'has-note')?.status).toBe('open')
})

test('a fact of a step that is not open passes nothing', async () => {
  const session = await open(await temporaryFolder())
  session.note('room-started', '')
  see(session, noteIs('hi'))
  await new Promise<void>((resolve) => session.once('stored', resolve))
  expect(check(session, 'has-note')?.status).toBe('closed')
  expect(session.assess().find(({ id }) => id === 'has-note')?.passed).toBe(true)
})

test('a pass latches, is on disk once, and says when it is no longer true', async () => {
  const folder = await temporaryFolder()
  const session = await openPassed(folder)
  see(session, { type: 'node-down', host: 'broker-1', why: 'gone' })
  await vi.waitFor(() =>
    expect(check(session, 'is-up')).toMatchObject({ status: 'passed', noLongerTrue: true, says: 'It is up.' }),
  )
  see(session, up)
  await vi.waitFor(() => expect(check(session, 'is-up')?.noLongerTrue).toBe(false))
  const { entries } = await readHistory(join(folder, 'history.ndjson'))
  expect(entries.filter(({ body }) => body.type === 'passed')).toHaveLength(1)
})

test('opened again from its history, everything is where it was', async () => {
  const folder = await temporaryFolder()
  const before = await openPassed(folder)
  before.hint('has-note', 1)
  await new Promise<void>((resolve) => before.once('changed', () => resolve()))
  await before.close()

  const after = await open(folder)
  expect(after.view()).toEqual(before.view())
  expect(after.seen).toBe(before.seen)
  expect(check(after, 'has-note')).toMatchObject({ hints: ['one'], hintsLeft: 2 })
})

test('a fresh room starts from nothing but keeps the passes', async () => {
  const session = await openPassed(await temporaryFolder())
  session.note('room-ended', 'idle')
  session.note('room-started', '')
  await vi.waitFor(() => expect(session.seen).toBe(0))
  expect(session.view().clusters).toMatchObject([{ nodes: [] }])
  expect(check(session, 'is-up')?.status).toBe('passed')
})

test('the timeline goes on from room to room, and is the same when it is read again', async () => {
  const folder = await temporaryFolder()
  const session = await openPassed(folder)
  see(session, { type: 'command', host: 'broker-1', terminal: 't', command: 'false', exitStatus: 1, startedAt: 900 })
  session.note('room-ended', 'The room is gone.')
  session.note('room-started', '')
  await session.settled()
  const line = session.timeline.map(({ kind, says }) => `${kind}: ${says}`)
  expect(line).toEqual([
    'step: Step: Up',
    'room: The room was started',
    'node: broker-1 answers',
    'pass: Passed: It is up',
    'step: Step: Note',
    'command: $ false (exit 1)',
    'room: The room is gone.',
    'room: The room was started',
  ])
  const before = [...session.timeline]
  await session.close()
  expect((await open(folder)).timeline).toEqual(before)
})

test('what the timeline says is of a length that can be read', async () => {
  const session = await open(await temporaryFolder())
  session.note('room-started', '')
  see(session, { type: 'unobserved', why: 'w'.repeat(100_000), since: 900 })
  await session.settled()
  expect(session.timeline.at(-1)?.says).toMatch(/^Not watched for a while: w{200,300}…$/)
})

test('samples are written once a second of each kind and host, the newest always', async () => {
  const folder = await temporaryFolder()
  const session = await open(folder)
  session.note('room-started', '')
  const sample = (end: number): Observation => ({
    type: 'log-ends',
    host: 'broker-1',
    partitions: [{ topic: 'orders', partition: 0, end }],
  })
  for (let end = 1; end <= 50; end++) see(session, sample(end))
  await vi.waitFor(() => expect(session.seen).toBe(number), { timeout: 3_000 })
  await session.close()
  const { entries } = await readHistory(join(folder, 'history.ndjson'))
  const ends = entries.flatMap(({ body }) =>
    body.type === 'observed' && body.observation.type === 'log-ends'
      ? body.observation.partitions.map(({ end }) => end)
      : [],
  )
  expect(ends).toEqual([1, 50])
})

test('a sample of the probe that takes back what one before it said is not thinned, nor is the one it takes it from', () => {
  const through: number[] = []
  const samples = new Samples(({ observation }) => {
    if (observation.type === 'probe') through.push(observation.acknowledged)
  })
  const take = (acknowledged: number, lost: number[] = []) =>
    samples.take({
      number: 0,
      at: 1_000 + acknowledged / 100,
      mono: 0,
      observation: { type: 'probe', cluster: 'main', acknowledged, readBack: 0, lost, readBackAt: null },
    })
  for (const acknowledged of [1, 2, 3]) take(acknowledged)
  expect(through).toEqual([1])
  take(0)
  expect(through).toEqual([1, 3, 0])
  take(4, [2])
  take(5)
  expect(through).toEqual([1, 3, 0, 4, 5])
  take(6)
  samples.flush()
  expect(through).toEqual([1, 3, 0, 4, 5, 6])
})

test('an answer is judged against the cluster, and only while its step is open', async () => {
  const session = await open(await temporaryFolder())
  session.note('room-started', '')
  session.answer('note', '1')
  see(session, up)
  await nextPass(session)
  await new Promise<void>((resolve) => session.once('needs', resolve))
  see(session, { type: 'quorum', host: 'broker-1', clusterId: 'c', leader: 1, epoch: 1, voters: [], observers: [] })
  see(session, noteIs('hi'))
  await nextPass(session)
  session.answer('note', '2')
  await new Promise<void>((resolve) => session.once('changed', () => resolve()))
  expect(session.view().steps[1]).toMatchObject({ status: 'open', ask: { given: '2' } })
  session.answer('note', '1')
  expect(await nextPass(session)).toMatchObject({ check: 'note-answer', evidence: { says: 'Right.' } })
  expect(session.view().steps[1]?.status).toBe('passed')
})

test('hints come one at a time', async () => {
  const session = await open(await temporaryFolder())
  session.hint('is-up', 2)
  session.hint('is-up', 1)
  await new Promise<void>((resolve) => session.once('changed', () => resolve()))
  expect(check(session, 'is-up')?.hints).toEqual(['one'])
})

test.each([
  [{ steps: [] }, 'steps'],
  [{ hosts: ['Broker'] }, 'hosts.0.name'],
  [{ minutes: 0 }, 'minutes'],
  [{ steps: [...lab.steps, ...lab.steps] }, 'steps.2'],
])('a mistake in a lab names its field: %#', (mistake, field) => {
  const { hosts: _, clusters: __, ...rest } = lab
  try {
    defineLab({ ...rest, hosts: ['broker-1'], ...mistake })
    expect.unreachable('the mistake was not seen')
  } catch (error) {
    expect((error as { issues: { path: unknown[] }[] }).issues[0]?.path.join('.')).toBe(field)
  }
})
