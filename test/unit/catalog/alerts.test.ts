/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/alerts/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const brokerDied = recorded.seen('node-down')
const leaderDied = recorded.seen('node-down', () => true, brokerDied + 1)
const back = recorded.seen('process', ({ state }) => state === 'running', leaderDied)

test.each([
  ['topics', recorded.created('audit'), /^orders and audit have 6 partitions each, with two replicas and with one\.$/],
  ['fenced', brokerDied, /^broker-2 \(broker 2\) went down and was fenced; \d partitions of audit have no leader\.$/],
  ['leader-died', leaderDied, /the active controller, went down\.$/],
  ['new-leader', leaderDied, /^Node \d+ leads in epoch \d+; before, node \d+ led in epoch \d+\.$/],
  ['all-clear', back, /^Both brokers serve, all replicas are in sync, and 3 voters are in epoch \d+\.$/],
  ['balanced', recorded.passOf('all-clear'), /^All 12 partitions are led by the first of their replicas\.$/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('offline are the partitions that have no leader, not those that lack a replica', async () => {
  const answered = (given: string) => recorded.answered('alarm', given, recorded.passOf('fenced') + 1)
  expect(await answered('3')).toMatchObject({ passed: true, says: '3 partitions of 12 have no leader.' })
  // all of orders, and the offline ones of audit among them or not
  for (const given of ['9', '6'])
    expect(await answered(given)).toMatchObject({ passed: false, says: expect.stringMatching(/lack a replica/) })
  expect(await answered('four')).toMatchObject({ passed: false, says: 'The value is a whole number.' })
})

test('an epoch counts only as long as it lasts', async () => {
  const count = recorded.passOf('new-leader') + 1
  const epoch = Number(/in epoch (\d+);/.exec((await recorded.at('new-leader', count)).says)?.[1])
  expect(await recorded.answered('failover', String(epoch), count)).toMatchObject({ passed: true })
  expect(await recorded.answered('failover', String(epoch - 1), count)).toMatchObject({
    passed: false,
    says: `Epoch ${epoch - 1} is over: there has been an election since.`,
  })
})
