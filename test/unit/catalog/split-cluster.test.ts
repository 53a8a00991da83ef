/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/split-cluster/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const cut = recorded.seen('network', ({ cuts }) => cuts.length > 0)
const whole = recorded.seen('network', ({ cuts }) => cuts.length === 0, cut)
const takenOver = recorded.passOf('taken-over') + 1

test.each([
  ['ready', recorded.created('orders'), /^orders-0 is led by broker 1; in sync: 1, 2, 3; 1 record\.$/],
  ['apart', cut, /^controller-\d \(node 10\d\) and broker-1 are on one side, .*broker-2, broker-3 on the other\.$/],
  ['new-leader', cut, /^Node 10\d leads in epoch \d+; before, node 10\d led in epoch \d+\.$/],
  [
    'taken-over',
    cut + 1,
    /^Node 10\d has fenced broker 1\. orders-0 is led by broker [23] in leader epoch \d+; in sync: 2, 3\.$/,
  ],
  ['only-here', takenOver, /^All had the same log up to 1\. That of broker 1 ends at 2: 1 record of its own\.$/],
  ['committed', takenOver, /^Broker [23] has “together” at offset 1; brokers 2, 3 have it\.$/],
  ['one-log', whole, /^Broker 1 is in sync with 2, 3; all logs end at 2\.$/],
  ['kept', whole, /^Offset 1 is “together” still\. The topic holds 2 records\.$/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('a side with another broker than the one that leads is not the split that is asked for', async () => {
  const other = await Recorded.of(lab)
  const { body } = other.entries[cut]!
  if (body.type !== 'observed' || body.observation.type !== 'network') throw new Error('no cut')
  const swap = (host: string) => ({ 'broker-1': 'broker-2', 'broker-2': 'broker-1' })[host] ?? host
  body.observation.cuts = body.observation.cuts.map(({ from, to }) => ({ from: swap(from), to: swap(to) }))
  expect(await other.at('apart', cut + 1)).toMatchObject({
    passed: false,
    says: expect.stringMatching(/and broker-1 led orders-0\. These two, and no others, should be on one side\.$/),
  })
})

test('until it is fenced it says for how long the new leader waits', async () => {
  expect(await recorded.at('taken-over', recorded.passOf('new-leader'))).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^Broker 1 is not fenced yet/),
  })
})
