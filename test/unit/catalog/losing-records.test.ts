/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/losing-records/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const cut = recorded.seen('network', ({ cuts }) => cuts.length > 0)
const died = recorded.seen('node-down', ({ host }) => host === 'broker-1', cut)
const back = recorded.seen('node-up', ({ host }) => host === 'broker-1', died)

test.each([
  ['ready', recorded.created('safe'), /^Broker 1 leads both, and all three brokers have 20 records of each\.$/],
  ['unreplicated', cut, /^Broker 1 alone has the last 20 records of fast and the last 20 of safe\./],
  ['new-leader', died, /^Broker 2 leads both topics\. It was in the ISR/],
  ['cut-off', back, /^On broker 1 fast ended at 40 and ends at 20 now; safe at 40 and at 20\.$/],
  ['refused', recorded.passOf('cut-off'), /^In sync is broker 2 alone: fast has taken 20 records, safe none\./],
  ['accepted', recorded.passOf('refused'), /^safe has taken 20 records, and both replicas in sync have them\.$/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})
