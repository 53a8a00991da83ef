/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/stale-candidate/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const cut = recorded.seen('network', ({ cuts }) => cuts.length > 0)
const died = recorded.seen('node-down', () => true, cut)
const paused = recorded.seen('process', ({ state }) => state === 'paused', died)
const resumed = recorded.seen('process', ({ state }) => state === 'running', paused)

test.each([
  ['follower-isolated', cut, /^controller-\d \(node 10\d\) is cut off; node 10\d leads on\.$/],
  [
    'missed',
    recorded.created('ledger'),
    /^Topic ledger is record \d+\. The log of node 10\d ended at \d+ when the leader last heard from it\.$/,
  ],
  ['leader-died', died, /^controller-\d \(node 10\d\) died, as leader of epoch \d+\. .* controller-\d has it\.$/],
  ['stood-alone', resumed, /^For \d+\.\d s node 10\d was the only voter awake, and had a link to controller-\d\./],
  ['other-won', resumed, /^Node 10\d leads in epoch \d+, with the votes of nodes 10\d and 10\d\.$/],
  ['none-lost', resumed, /^Record \d+, topic ledger with 1 partition, is in the log of node 10\d/],
  [
    'all-follow',
    recorded.passOf('other-won'),
    /^Node 10\d leads in epoch \d+, and all have what is committed below \d+\.$/,
  ],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('while the other sleeps nothing can be said yet', async () => {
  expect(await recorded.at('stood-alone', paused)).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^controller-\d, which has the full log, is awake\./),
  })
  expect(await recorded.at('stood-alone', resumed)).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^controller-\d sleeps, and controller-\d asks it for its vote\./),
  })
})

test('a moment is too short', async () => {
  const short = await Recorded.of(lab)
  const entry = short.entries[resumed]!
  if (entry.body.type !== 'observed') throw new Error('no observation')
  entry.at = short.entries[paused]!.at + 3_000
  for (const later of short.entries.slice(resumed + 1)) later.at += 1
  expect(await short.at('stood-alone', short.passOf('stood-alone'))).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^controller-\d was the only one awake for \d\.\d s/),
  })
})

test('a winner without the stale one’s vote is not what was asked for', async () => {
  const without = await Recorded.of(lab)
  const at = without.seen('metadata', ({ records }) => records.some(({ type }) => type === 'LeaderChange'), resumed)
  const { body } = without.entries[at]!
  if (body.type !== 'observed' || body.observation.type !== 'metadata') throw new Error('no records there')
  for (const { type, data } of body.observation.records)
    if (type === 'LeaderChange') (data as { grantingVoters: unknown[] }).grantingVoters = [{ voterId: 999 }]
  expect(await without.at('other-won', without.passOf('other-won'))).toMatchObject({
    passed: false,
    says: expect.stringMatching(/was not needed/),
  })
})

test('where the stale log ends is asked for', async () => {
  const count = recorded.passOf('missed') + 1
  const { says } = await recorded.at('missed', recorded.passOf('missed'))
  const [, topic, end] = /record (\d+)\. .* ended at (\d+)/.exec(says)!
  expect(await recorded.answered('behind', end!, count)).toMatchObject({ passed: true })
  expect(await recorded.answered('behind', topic!, count)).toMatchObject({ passed: false })
})
