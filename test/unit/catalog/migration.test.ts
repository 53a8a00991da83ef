/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/migration/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const waits = recorded.passOf('provisioned')
const claimed = recorded.seen('zookeeper', ({ controller }) => (controller?.kraftEpoch ?? null) !== null)
const left = recorded.seen('zookeeper', ({ brokers }) => brokers.length === 0, claimed)
const zooKeeperGone = recorded.seen('node-down', ({ host }) => host === 'zookeeper-1', left)

test.each([
  ['in-use', 1, /^orders holds 10 records, and broker \d is the controller, by ZooKeeper\.$/],
  ['provisioned', recorded.passOf('in-use'), /^Node 10\d leads the quorum of 3 in epoch \d+, in cluster \S{22}\.$/],
  ['dual-write', waits, /^Node 10\d holds \/controller, in epoch \d+ of the quorum, and ZooKeeper has its log/],
  [
    'written-to-both',
    claimed,
    /^refunds came with offset \d+ of the metadata log, and \/migration says that ZooKeeper has all up to offset \d+\.$/,
  ],
  ['brokers-in-kraft', left, /^All three brokers have registered with the quorum as its own, and none is fenced\.$/],
  ['finalised', recorded.passOf('brokers-in-kraft'), /^ZkMigrationStateRecord at offset \d+ says POST_MIGRATION/],
  [
    'without-zookeeper',
    zooKeeperGone,
    /^ZooKeeper is down, and topic after came with offset \d+ of the metadata log\.$/,
  ],
  [
    'nothing-lost',
    recorded.passOf('brokers-in-kraft'),
    /^\d+ writes of the probe were acknowledged, and all were read/,
  ],
])('%s', async (check, before, says) => {
  expect(await recorded.at(check, before)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})
