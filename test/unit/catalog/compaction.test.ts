/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/compaction/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)

test.each([
  ['compacted-topic', recorded.created('prices'), /^prices is compacted, in segments of 500 ms\.$/],
  ['written', recorded.passOf('compacted-topic'), /^6 records with 3 keys\.$/],
  ['superseded', recorded.passOf('written'), /^Left are the offsets 3, 4, 5, 6; the active segment begins at 6\.$/],
  ['tombstone-kept', recorded.passOf('clean-answer'), /^Of pear the tombstone is left, offset 7\. Offset 4 is gone\.$/],
  [
    'second-tombstone',
    recorded.passOf('tombstone-kept'),
    /^Of plum the tombstone is left, offset 9\. Offset 3 is gone\.$/,
  ],
  [
    'forgotten',
    recorded.passOf('second-tombstone'),
    /^Offset 9, the tombstone of plum, is gone; that of pear, offset 7, is there\.$/,
  ],
])('%s', async (check, before, says) => {
  expect(await recorded.at(check, before)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('a consumer that asks for an offset which is gone gets the next one', async () => {
  const count = recorded.passOf('superseded') + 1
  expect(await recorded.answered('clean', '3', count)).toMatchObject({ passed: true })
  for (const other of ['0', '1', '2', '4', '6'])
    expect(await recorded.answered('clean', other, count)).toMatchObject({ passed: false })
})

test('the predictions of the solution come true', () => {
  const outcomes = recorded.entries.flatMap(({ body }) => (body.type === 'outcome' ? [body] : []))
  expect(outcomes.map(({ step, right }) => [step, right])).toEqual([
    ['clean', true],
    ['forget', true],
  ])
})
