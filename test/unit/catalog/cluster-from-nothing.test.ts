/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/cluster-from-nothing/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const leads = recorded.seen('quorum', ({ leader }) => leader !== null)

test.each([
  ['controllers-configured', 1, /^Nodes 101, 102 and 103 are controllers/],
  ['brokers-configured', recorded.passOf('controllers-configured'), /^Nodes 1 and 2 are brokers/],
  ['formatted', recorded.passOf('brokers-configured') + 1, /^All five disks belong to cluster \S{22}\.$/],
  ['quorum', leads, /^The voters are 101 \(\S{22}\), 102 \(\S{22}\), 103 \(\S{22}\)\. Nodes 10\d and 10\d follow/],
  ['brokers', recorded.passOf('quorum'), /^Brokers 1 and 2 are unfenced; node 10\d is their active controller\.$/],
  ['replicated', recorded.created('orders'), /^All 2 replicas of orders are in sync, led by broker \d\.$/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})
