/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/static-to-dynamic/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const upgraded = recorded.seen('metadata', ({ records }) => records.some(({ type }) => type === 'KRaftVersion'))
const two = recorded.seen('quorum', ({ voters }) => voters.length === 2, upgraded)
const three = recorded.seen('quorum', ({ voters }) => voters.length === 3, two)

test.each([
  ['dynamic', upgraded, /^kraft\.version is 1 since offset \d+; the voters at offset \d+ are 101 \(\S{22}\), 102/],
  ['configured', recorded.passOf('dynamic') + 1, /^controller\.quorum\.voters is gone from all five/],
  ['restarted', recorded.passOf('configured'), /^All five run with the new configuration\. Nodes 10\d and 10\d follow/],
  ['never-stopped', recorded.passOf('restarted'), /^Two were up all the time/],
  ['taken-out', two, /^Node 103 was removed; 101 and 102 voted on\.$/],
  ['put-back', three, /^Nodes 10\d and 10\d follow node 10\d in epoch \d+; all three have what is committed/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('a controller that goes before the one before is back takes the majority away', async () => {
  const hasty = await Recorded.of(lab)
  const isFirst = ({ host }: { host: string }) => host === 'controller-1'
  const back = hasty.seen('node-up', isFirst, hasty.seen('node-down', isFirst, upgraded))
  const { body } = hasty.entries[back]!
  if (body.type === 'observed' && body.observation.type === 'node-up')
    hasty.entries[back]!.body = { ...body, observation: { ...body.observation, host: 'broker-1', node: 1 } }
  expect(await hasty.at('never-stopped', hasty.passOf('never-stopped'))).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^controller-1 and controller-2 were down at the same time: that is the majority\./),
  })
})
