/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/duplicates/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)

test.each([
  [
    'twice',
    recorded.created('plain'),
    /^record-\d+ is at offsets \d+ and \d+\. \d+ records are in the log, \d+ of them/,
  ],
  ['once', recorded.created('once'), /^150 records, each once, all of producer \d+; /],
  ['two-producers', recorded.created('again'), /^record-1 is at 0 \(producer \d+\) and at 5 \(producer \d+\)\./],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('how many records are in the log is not how many are there once more', async () => {
  const count = recorded.passOf('twice') + 1
  const [, all, different] =
    /(\d+) records are in the log, (\d+)/.exec((await recorded.at('twice', count - 1)).says) ?? []
  const more = String(Number(all) - Number(different))
  expect(await recorded.answered('without', more, count)).toMatchObject({ passed: true })
  expect(await recorded.answered('without', String(all), count)).toMatchObject({
    passed: false,
    says: expect.stringMatching(/How many of them are there once more\?$/),
  })
  expect(await recorded.answered('without', 'some', count)).toMatchObject({ says: 'The answer is a whole number.' })
})
