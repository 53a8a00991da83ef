/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/pre-vote/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const alone = recorded.seen('network', ({ cuts }) => cuts.length > 2)
const whole = recorded.seen('network', ({ cuts }) => cuts.length === 0, alone)
const half = recorded.seen('network', ({ cuts }) => cuts.length === 2, whole)
const wholeAgain = recorded.seen('network', ({ cuts }) => cuts.length === 0, half)

test.each([
  ['follower-isolated', alone, /^controller-\d \(node 10\d\) is cut off; node 10\d leads in epoch \d+\.$/],
  ['stood-alone', alone + 1, /^After \d+ s alone, node 10\d is in epoch \d+ still\.$/],
  ['healed', whole, /^All links are whole again\.$/],
  ['undisturbed', whole, /^Node 10\d follows node 10\d in epoch \d+, as before the cut\. Nobody else has noticed\.$/],
  ['half-cut', half, /^controller-\d \(node 10\d\) and controller-\d, the leader, do not reach each other/],
  ['leader-stays', half + 1, /^Without its leader for \d+ s, node 10\d has asked whom it could reach\./],
  ['whole-again', wholeAgain, /^All follow node 10\d, in epoch \d+\.$/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('until 20 seconds have passed it says for how long it has been alone', async () => {
  const said = await recorded.at('stood-alone', recorded.passOf('stood-alone') - 1)
  expect(said).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^It has been alone for \d+ s, and is in epoch/),
  })
})

test('one direction is not the whole cut', async () => {
  expect(await recorded.at('half-cut', half)).toMatchObject({
    passed: false,
    says: expect.stringMatching(
      /^One direction is cut, from controller-\d to controller-\d\. Cut the other one too\.$/,
    ),
  })
})

test('a voter that comes back in a later epoch has disturbed', async () => {
  const raised = await Recorded.of(lab)
  const pass = raised.entries[raised.passOf('follower-isolated')]!.body
  if (pass.type !== 'passed') throw new Error('no pass')
  const { host, epoch } = pass.evidence as unknown as { host: string; epoch: number }
  const at = raised.entries.findIndex(
    ({ body }, index) =>
      index > raised.passOf('follower-isolated') &&
      body.type === 'observed' &&
      (body.observation.type === 'metadata-log' || body.observation.type === 'quorum'),
  )
  const entry = raised.entries[at]!
  if (entry.body.type !== 'observed') throw new Error('no observation')
  entry.body.observation = {
    type: 'quorum',
    host,
    clusterId: null,
    leader: null,
    epoch: epoch + 4,
    voters: [],
    observers: [],
  }
  expect(await raised.at('stood-alone', raised.passOf('stood-alone'))).toMatchObject({ passed: false })
})
