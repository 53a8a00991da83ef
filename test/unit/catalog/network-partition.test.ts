/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/network-partition/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const cut = recorded.seen('network', ({ cuts }) => cuts.length > 0)
const said = recorded.seen('quorum', () => true, cut)
const whole = recorded.seen('network', ({ cuts }) => cuts.length === 0, cut)

test.each([
  ['leader-isolated', cut, /^controller-\d is cut off from all others\.$/],
  ['new-leader', said, /^Node 10\d leads in epoch \d+; before, node 10\d led in epoch \d+\.$/],
  ['stepped-down', said, /^Node 10\d stepped down: it names no leader now, in epoch \d+\.$/],
  [
    'decided-meanwhile',
    recorded.created('shipments'),
    /^shipments was created by node 10\d in epoch \d+, with 1 partition; controller-\d knows nothing of it\.$/,
  ],
  ['healed', whole, /^All links are whole again\.$/],
  ['follows', whole, /^Node 10\d follows node 10\d in epoch \d+, and its log ends at \d+/],
  ['one-leader-each', whole, /^Each epoch had one leader \(epoch \d+: node 10\d, epoch \d+: node 10\d\)\.$/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})
