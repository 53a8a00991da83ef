import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cluster, defineLab, type Lab, missing, passed, step, variantOf } from '#labs/engine/define.ts'
import { LabSession } from '#labs/engine/lab-session.ts'
import { drawVariant } from '#labs/engine/variants.ts'
import { temporaryFolder } from '../../support/temporary.ts'

const about = { slug: 'two-ways', title: 'Two ways', course: 'kraft', module: 'm', minutes: 5 }
const hints = ['a', 'b', 'c'] as const
const content = (judge = () => missing('Not yet.'), id = 'up') => ({
  clusters: { main: cluster({ combined: 1 }) },
  steps: [step('repair', { title: 'Repair it', checks: [{ id, title: 'It runs', judge, hints }] })],
})
const lab = defineLab({
  ...about,
  variants: {
    one: content(),
    two: { ...content(() => passed('So it is.')), prepare: [{ host: 'node-1', command: 'rm -r /tmp/x' }] },
  },
})

test('the first stands for all, and each has its own', () => {
  expect(lab).toMatchObject({ slug: 'two-ways', variant: 'one', prepare: [] })
  expect(Object.keys(lab.variants)).toEqual(['one', 'two'])
  expect(variantOf(lab, 'two')).toMatchObject({ slug: 'two-ways', variant: 'two', prepare: [{ host: 'node-1' }] })
  expect(variantOf(lab, 'gone')).toBe(lab)
})

test.each([
  ['other checks', { one: content(), two: content(undefined, 'other') }, ['variants', 'two', 'steps']],
  ['other hosts', { one: content(), two: { ...content(), hosts: ['client'] } }, ['variants', 'two', 'hosts']],
  [
    'no such host',
    { one: { ...content(), prepare: [{ host: 'x', command: 'true' }] } },
    ['variants', 'one', 'prepare', 0, 'host'],
  ],
  ['none', {}, ['variants']],
])('%s are refused', (_, variants, path) => {
  const define = () => defineLab({ ...about, variants: variants as Record<string, ReturnType<typeof content>> })
  expect(define).toThrow(expect.objectContaining({ issues: [expect.objectContaining({ path })] }))
})

test('each learner keeps a variant until it is finished, goes through all, and learners differ', () => {
  const many = { ...lab, variants: Object.fromEntries(['a', 'b', 'c'].map((one) => [one, { ...lab, variant: one }])) }
  const drawn = (learner: string, finished: number) => drawVariant(many as Lab, { learner, finished }).variant
  const learners = Array.from({ length: 60 }, (_, at) => `learner ${at}`)
  for (const learner of learners) {
    expect([0, 1, 2].map((finished) => drawn(learner, finished)).sort()).toEqual(['a', 'b', 'c'])
    expect(drawn(learner, 0)).toBe(drawn(learner, 3))
  }
  expect(new Set(learners.map((learner) => drawn(learner, 0)))).toEqual(new Set(['a', 'b', 'c']))
  expect(drawVariant({ ...lab, variants: {} }, { learner: 'x', finished: 4 })).toMatchObject({ slug: 'two-ways' })
})

test('a lab session keeps its variant, and begins when the room is prepared', async () => {
  const file = join(await temporaryFolder(), 'history.ndjson')
  const first = await LabSession.open({ id: 's', lab: lab.variants.two!, learner: 'ada', file })
  first.note('room-started', '')
  await first.settled()
  expect(first.isPrepared).toBe(false)
  expect(first.view().steps[0]).toMatchObject({ status: 'closed' })
  first.prepared()
  await first.settled()
  await first.settled()
  expect(first.view().steps[0]).toMatchObject({ status: 'passed' })
  await first.close()

  const again = await LabSession.open({ id: 's', lab, learner: 'ada', file })
  expect(again.lab.variant).toBe('two')
  expect(again.isPrepared).toBe(true)
  await again.close()
})
