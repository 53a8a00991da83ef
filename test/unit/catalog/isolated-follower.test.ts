/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/isolated-follower/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const cut = recorded.seen('network', ({ cuts }) => cuts.length > 0)
const whole = recorded.seen('network', ({ cuts }) => cuts.length === 0, cut)

test.each([
  ['follower-isolated', cut, /^controller-\d \(node 10\d\) is cut off; node 10\d leads in epoch \d+\.$/],
  ['decided', recorded.created('shipments'), /^shipments was created by node 10\d, still in epoch \d+\.$/],
  ['behind', cut, /^Node 10\d runs and votes\. Its log ends at \d+, as the leader last heard; committed is/],
  ['healed', whole, /^All links are whole again\.$/],
  ['caught-up', whole, /^Node 10\d follows node 10\d in epoch \d+, and its log ends at \d+/],
  ['same-epoch', whole, /^Node 10\d leads in epoch \d+, as before the cut\.$/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('a topic that came when the network was whole again was not decided meanwhile', async () => {
  const healed = await Recorded.of(lab)
  const created = healed.created('shipments')
  healed.entries[created - 1]!.body = healed.entries[whole]!.body
  expect(await healed.at('decided', created + 1)).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^shipments was created when no controller was cut off\./),
  })
})

test('its log ends where the leader last heard, and not where what is committed ends', async () => {
  const moment = recorded.passOf('behind')
  const [, end, committed] = /ends at (\d+), .* below (\d+)\.$/.exec((await recorded.at('behind', moment)).says)!
  expect(await recorded.answered('sides', end!, moment + 1)).toMatchObject({ passed: true })
  expect(await recorded.answered('sides', committed!, moment + 1)).toMatchObject({
    passed: false,
    says: expect.stringMatching(/is where what is committed ends/),
  })
  expect(await recorded.answered('sides', 'somewhere', moment + 1)).toMatchObject({
    passed: false,
    says: 'An offset is a whole number.',
  })
})
