/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/records-on-disk/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)

test.each([
  ['one-partition', recorded.created('parcels'), /^parcels has one partition, parcels-0, led by node 1\.$/],
  ['batch-written', recorded.passOf('one-partition'), /^Offsets 0 to 4 are one batch of 13\d bytes\.$/],
  ['next-batch', recorded.passOf('batch-written'), /^1 record from offset 5 on, at byte 13\d\.$/],
  [
    'rolled',
    recorded.passOf('next-answer'),
    /^2 segments, which begin at offsets 0, \d+; \d+ batches up to offset 1505\.$/,
  ],
])('%s', async (check, before, says) => {
  expect(await recorded.at(check, before)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('the key of a record begins 66 bytes into its batch, and nowhere else', async () => {
  const count = recorded.passOf('next-batch') + 1
  const { says } = await recorded.at('next-batch', count)
  const position = Number(/at byte (\d+)/.exec(says)?.[1])
  expect(await recorded.answered('next', String(position + 66), count)).toMatchObject({ passed: true })
  for (const other of [position, position + 61, position + 65, position + 67])
    expect(await recorded.answered('next', String(other), count)).toMatchObject({ passed: false })
})

test('a file is named after its first offset', async () => {
  const count = recorded.passOf('rolled') + 1
  const { says } = await recorded.at('rolled', count)
  const second = (/offsets 0, (\d+)/.exec(says)?.[1] ?? '').padStart(20, '0')
  for (const right of [`${second}.log`, second, `/var/lib/kafka/data/parcels-0/${second}.log`])
    expect(await recorded.answered('fill', right, count)).toMatchObject({ passed: true })
  for (const wrong of ['00000000000000000000.log', `${second}.index`, '1200', ''])
    expect(await recorded.answered('fill', wrong, count)).toMatchObject({ passed: false })
})

test('the prediction of the solution comes true', () => {
  const outcomes = recorded.entries.flatMap(({ body }) => (body.type === 'outcome' ? [body] : []))
  expect(outcomes.map(({ step, right }) => [step, right])).toEqual([['next', true]])
})
