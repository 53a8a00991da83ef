/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/rolling-back/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const opened = recorded.passOf('where-answer')
const back = recorded.seen('zookeeper', ({ brokers }) => brokers.length === 3, opened)
const stopped = recorded.seen('node-down', ({ host }) => host.startsWith('controller'), back)
const taken = recorded.seen('zookeeper', ({ controller }) => controller?.kraftEpoch === null, stopped)
const restarted = recorded.seen('node-down', ({ host }) => host === 'broker-3', taken)

test.each([
  [
    'written-to-both',
    opened,
    /^refunds came with offset \d+ of the metadata log, and \/migration says that ZooKeeper has all up to offset \d+\.$/,
  ],
  ['brokers-in-zookeeper', opened, /^All three brokers are registered in ZooKeeper, and with the quorum as brokers/],
  ['quorum-down', stopped, /^None of the three controllers runs/],
  [
    'broker-decides',
    taken,
    /^Broker \d holds \/controller, in epoch \d+\. The cluster was without one for \d+\.\d s\.$/,
  ],
  ['without-quorum', restarted, /^All three brokers were restarted without a word of a quorum/],
  ['still-decides', taken, /^after was created by ZooKeeper’s controller, and refunds/],
  ['nothing-lost', restarted, /^\d+ writes of the probe were acknowledged, and all were read back/],
])('%s', async (check, before, says) => {
  expect(await recorded.at(check, before)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('the question is about the broker that has left', async () => {
  const asked = opened - 1
  for (const [given, passed] of [
    ['1', true],
    ['broker 1', true],
    ['2', false],
    ['none', false],
  ] as const)
    expect(await recorded.answered('where', given, asked)).toMatchObject({ passed })
})
