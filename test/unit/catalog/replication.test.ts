/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/replication/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const state = (wanted: string, from = 0) => recorded.seen('process', ({ state }) => state === wanted, from)
const paused = state('paused')
const resumed = state('running', paused)
const stopped = state('none', resumed)

test.each([
  ['three-logs', recorded.created('orders'), /^Three logs end at 10, and 10 is the high watermark of each\./],
  ['held', paused, /^The logs of brokers 1 and 2 end at 15; broker 3 .* the high watermark stands at 10\.$/],
  [
    'shrunk',
    recorded.passOf('held'),
    /^Broker 3 left the ISR \d+ s after it was paused: .* The high watermark is 15\.$/,
  ],
  ['grown', resumed, /^Broker 3 has all 15 records, and is in the ISR: \[1, 2, 3\]\./],
  ['alone', stopped, /^Broker 1, alone in the ISR, has 5 records more, and its high watermark is 20/],
  ['diverged', recorded.passOf('alone'), /^Broker 2 leads in epoch \d+, and its epoch begins at offset 15\./],
  ['truncated', recorded.passOf('diverged'), /^The log of broker 1 reached to 20 and ends at 17 now/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('where an epoch begins is neither its number nor where another log ended', async () => {
  const answered = (given: string) => recorded.answered('truncate', given, recorded.passOf('truncated') + 1)
  expect(await answered('15')).toMatchObject({ passed: true, says: expect.stringMatching(/begins at 15\.$/) })
  expect(await answered('2')).toMatchObject({ passed: false, says: expect.stringMatching(/^2 is the epoch\./) })
  expect(await answered('20')).toMatchObject({ passed: false, says: 'At 20 the old leader’s log ended.' })
  expect(await answered('fifteen')).toMatchObject({ passed: false, says: 'An offset is a whole number.' })
})
