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

const created = recorded.created('shipments')

test('a topic that came when the network was whole again was not decided meanwhile', async () => {
  const healed = await Recorded.of(lab)
  healed.entries[created - 1]!.body = healed.entries[whole]!.body
  expect(await healed.at('decided-meanwhile', created + 1)).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^shipments was created when no former leader was cut off\./),
  })
})

test('links that were whole before anything was decided do not count as healed', async () => {
  const early = await Recorded.of(lab)
  early.entries[created - 1]!.body = early.entries[whole]!.body
  expect(await early.at('healed', created)).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^The majority has decided nothing yet\./),
  })
})
