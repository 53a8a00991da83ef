/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/transactions/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const opened = (step: string) => {
  const at = recorded.entries.findIndex(({ body }) => body.type === 'step-opened' && body.step === step)
  if (at < 0) throw new Error(`step ${step} did not open`)
  return at + 1
}

test.each([
  ['held-back', opened('open'), /^till-1 has a transaction open, from offset 0 of orders\. .* record 1, of no/],
  ['committed', opened('commit'), /^Marker 2 of orders and marker 1 of stock say commit, for producer \d+\./],
  ['aborted', opened('abort'), /^Marker 4 aborts what producer \d+ wrote from offset 3 on; 0+\.txnindex has \d+ bytes/],
  ['fenced', opened('fence'), /: record 5 of epoch 2 was aborted at 6; epoch 4 wrote record 7 and committed it\.$/],
  [
    'hangs',
    opened('hang'),
    /^Record 11 of producer \d+, epoch 0, came behind marker 10, .* Its coordinator is at epoch 1,/,
  ],
  [
    'freed',
    opened('free'),
    /^Marker 12 ends the transaction that began at 11; the last stable offset is the end, 13\.$/,
  ],
  ['protected', recorded.passOf('freed'), /^transaction\.version is 2,/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('the epoch of the marker is asked for, not that of the records', async () => {
  const count = recorded.passOf('committed') + 1
  expect(await recorded.answered('commit', '1', count)).toMatchObject({ passed: true })
  expect(await recorded.answered('commit', '0', count)).toMatchObject({ passed: false })
})

test('both predictions of the solution came true', () => {
  const outcomes = recorded.entries.map(({ body }) => body).filter(({ type }) => type === 'outcome')
  expect(outcomes).toMatchObject([
    { step: 'commit', right: true },
    { step: 'fence', right: true },
  ])
})
