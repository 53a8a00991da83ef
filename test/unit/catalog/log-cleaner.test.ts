/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/log-cleaner/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const rose = recorded.seen('metadata-log', ({ logStart }) => logStart !== null && logStart > 0)
const listed = recorded.seen(
  'need',
  ({ name, result }) =>
    name.includes('controller-1') && result.state === 'fetched' && JSON.stringify(result.value).includes('.deleted'),
)
const late = recorded.seen('process', ({ host, state }) => host === 'broker-2' && state === 'running')

test.each([
  ['up', recorded.seen('node-up'), /^Node 101 leads in epoch 1, and broker 1 is unfenced\.$/],
  ['two-snapshots', recorded.passOf('up'), /^Snapshots end at \d+ and \d+; \d segments begin at 0, \d+/],
  ['start-rose', rose, /^controller-1 says on the wire that its log begins at \d+\.$/],
  ['files-went', Math.min(rose, listed), /^\d snapshots? and \d segments? carry \.deleted\. The oldest snapshot left/],
  ['joined', late, /^broker-2 works\. Its log begins at \d+, behind \d{20}-\d{10}\.checkpoint/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('the log’s start is asked for, not where its oldest segment begins', async () => {
  const count = recorded.passOf('files-went')
  const { says } = await recorded.at('files-went', count)
  const start = /there the leader’s log begins/.test(says) ? (/ends at (\d+)/.exec(says)?.[1] ?? '') : ''
  expect(await recorded.answered('clean', start, count)).toMatchObject({ passed: true })
  expect(await recorded.answered('clean', String(Number(start) - 1), count)).toMatchObject({ passed: false })
})

test('each prediction was held against what then happened', () => {
  const outcomes = recorded.entries.flatMap(({ body }) => (body.type === 'outcome' ? [body] : []))
  expect(outcomes.map(({ step, right }) => [step, right])).toEqual([
    ['start', expect.any(Boolean)],
    ['clean', false],
    ['late', false],
  ])
  const says = outcomes.map((one) => one.says).join('\n')
  expect(says).toMatch(/where a snapshot ends|it is the snapshot that decides/)
  expect(says).toMatch(/told of the newest snapshot/)
})

test('snapshots that the leader’s log is not long enough for were not written by a node', async () => {
  const forged = await Recorded.of(lab)
  const at = forged.entries.findLastIndex(
    ({ body }, index) =>
      index < forged.passOf('two-snapshots') && body.type === 'observed' && body.observation.type === 'need',
  )
  const body = forged.entries[at]!.body
  if (body.type !== 'observed' || body.observation.type !== 'need') throw new Error('no need was recorded')
  const { result } = body.observation
  if (result.state !== 'fetched' || !Array.isArray(result.value)) throw new Error('no files were recorded')
  const far = 1_000_000
  const value = result.value.map((one) =>
    'kind' in one && one.kind === 'snapshot' ? { ...one, offset: one.offset + far } : one,
  )
  Object.assign(body.observation, { result: { ...result, value } })
  expect(await forged.at('two-snapshots', at + 1)).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^controller-1 has written 0 snapshots that the log on the wire is long enough for\.$/),
  })
})
