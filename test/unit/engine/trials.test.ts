/** Trials as the engine sees them: asked for at a check, written down, judged by what arrived and by nothing else. */
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { NO_CLUSTER } from '#labs/engine/cluster.ts'
import { cluster, defineLab, missing, passed, records, step, trial } from '#labs/engine/define.ts'
import { LabSession } from '#labs/engine/lab-session.ts'
import { evidenceOf, lookedAt, looksOf, randomFrom, trialOf } from '#labs/engine/trials.ts'
import type { TrialEvidence } from '#labs/protocol/trial.ts'
import { HINTS } from '../../support/small-lab.ts'
import { temporaryFolder } from '../../support/temporary.ts'

const creation = trial('create', {
  host: 'client',
  directory: '/home/learner/app',
  make: (random) => ({ given: { TOPIC: random.word('topic') }, kept: {} }),
  command: './create.sh',
  looks: ({ given }) => ({ read: records({ topic: given.TOPIC, max: 1 }) }),
})
const about = { title: 'Trials', course: 'kraft', module: 'm', minutes: 1 }
const lab = defineLab({
  slug: 'trials',
  ...about,
  clusters: { main: cluster({ combined: 1 }) },
  hosts: ['client'],
  steps: [
    step('first', {
      title: 'First',
      facts: { creation },
      checks: [
        {
          id: 'made',
          title: 'It makes the topic',
          trial: 'creation',
          judge: ({ facts: { creation } }) => {
            if (creation.state === 'not-fetched') return missing('Not tried.')
            if (creation.state === 'failed') return missing(creation.why)
            const { given, topics, facts } = creation.value
            return topics[given.TOPIC] ? passed(facts.read.state) : missing('No such topic.')
          },
          hints: HINTS,
        },
      ],
    }),
    step('second', {
      title: 'Second',
      facts: { creation },
      checks: [
        { id: 'later', title: 'Later', trial: 'creation', judge: () => missing('Not yet.'), hints: HINTS },
        { id: 'without', title: 'Without', judge: () => missing('Never.'), hints: HINTS },
      ],
    }),
  ],
})
const evidence: TrialEvidence = {
  given: { TOPIC: 't' },
  kept: {},
  clusterId: 'c',
  topics: { t: { partitions: 1, replicas: 1 } },
  configs: {},
  facts: {},
  killed: false,
}
const SHOWN = { status: 0, text: 'Created topic t.', files: 3 }

async function open(file?: string) {
  const at = file ?? join(await temporaryFolder(), 'history.ndjson')
  const session = await LabSession.open({ id: 's', lab, learner: 'ada', file: at })
  onTestFinished(() => session.close())
  if (!file) session.note('room-started', '')
  await settled(session)
  return { session, file: at }
}
async function settled(session: LabSession) {
  for (let times = 0; times < 4; times++) await session.settled()
}
const made = (session: LabSession) => session.view().steps[0]!.checks[0]!

test('a result is one of three; what was printed is shown and decides nothing', async () => {
  const { session, file } = await open()
  expect(made(session)).toMatchObject({ says: 'Not tried.', trial: { at: null, failed: null, shown: null } })
  session.tried('made', { state: 'failed', why: 'no room' }, null)
  await settled(session)
  expect(made(session)).toMatchObject({ status: 'open', says: 'no room', trial: { failed: 'no room', shown: null } })
  session.tried('made', { state: 'fetched', value: { ...evidence, topics: {} } }, SHOWN)
  await settled(session)
  expect(made(session)).toMatchObject({ status: 'open', says: 'No such topic.', trial: { failed: null, shown: SHOWN } })
  session.tried('made', { state: 'fetched', value: evidence }, { ...SHOWN, status: 1 })
  await settled(session)
  // What was to be looked at and did not come is a fact that was not fetched.
  expect(made(session)).toMatchObject({ status: 'passed', says: 'not-fetched' })
  expect(session.timeline.map(({ says }) => says)).toContain('Tried: It makes the topic')

  const before = session.view().steps
  await session.close()
  const again = await open(file)
  expect(again.session.view().steps).toEqual(before)
})

test('it may be asked for where a check that has one is open; the watcher is not asked for it', async () => {
  const { session } = await open()
  expect(session.needs('all')).toEqual([])
  expect(session.hasResults(session.needs('all'))).toBe(true)
  expect(session.trialAt('made')?.command).toBe('./create.sh')
  for (const check of ['later', 'without', 'unknown']) expect(session.trialAt(check)).toBeNull()
  session.tried('later', { state: 'fetched', value: evidence }, SHOWN)
  await settled(session)
  expect(session.view().steps[1]!.checks[0]!.trial).toEqual({ at: null, failed: null, shown: null })
  expect(session.view().steps[1]!.checks[1]!.trial).toBeNull()
})

test('a fresh room has tried nothing', async () => {
  const { session } = await open()
  session.tried('made', { state: 'fetched', value: { ...evidence, topics: {} } }, SHOWN)
  await settled(session)
  session.note('room-ended', '')
  session.note('room-started', '')
  await settled(session)
  expect(made(session)).toMatchObject({ says: 'Not tried.', trial: { at: null, shown: null } })
})

test('a check names a trial of its step', () => {
  const wrong = (trial: string) =>
    defineLab({
      slug: 'wrong',
      ...about,
      hosts: ['client'],
      steps: [
        step('one', {
          title: 'One',
          facts: { creation, read: records({ topic: 't', max: 1 }) },
          checks: [{ id: 'a', title: 'A', trial: trial as 'creation', judge: () => missing('No.'), hints: HINTS }],
        }),
      ],
    })
  for (const name of ['read', 'nothing']) expect(() => wrong(name)).toThrow(`the step has no trial ${name}`)
  expect(wrong('creation').steps).toHaveLength(1)
})

test('names and numbers cannot be foreseen, and are what was asked for', () => {
  const random = randomFrom()
  expect(random.word('topic')).toMatch(/^topic-[a-z]{10}$/)
  expect(new Set(Array.from({ length: 50 }, () => random.word('t'))).size).toBe(50)
  const lowest = randomFrom(() => 0)
  const highest = randomFrom((below) => below - 1)
  expect([lowest.number(3, 9), highest.number(3, 9)]).toEqual([3, 9])
  expect([lowest.one(['a', 'b']), highest.one(['a', 'b'])]).toEqual(['a', 'b'])
})

test('what is kept of a cluster is without Kafka’s own topics', () => {
  const topic = (name: string) => ({
    name,
    id: name,
    partitions: { 0: { leader: 1, leaderEpoch: 0, replicas: [1], isr: [1], elr: [] } },
  })
  const seen = { ...NO_CLUSTER, clusterId: 'c', topics: { t: topic('t'), __own: topic('__own') } }
  expect(evidenceOf(seen, { given: { TOPIC: 't' }, kept: {} }, {})).toEqual(evidence)
})

test('what is looked at is told by the lab’s names, also what has not come yet', () => {
  const { trial } = trialOf(lab, 'made')!
  const looks = looksOf(trial, { given: { TOPIC: 't' }, kept: {} })
  const records = { state: 'fetched' as const, value: { records: [], complete: true } }
  expect(lookedAt(looks, {})).toEqual({ read: { state: 'not-fetched' } })
  expect(lookedAt(looks, { read: records, other: records })).toEqual({ read: records })
})
