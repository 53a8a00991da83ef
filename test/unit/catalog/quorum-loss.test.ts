/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/quorum-loss/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const isController = ({ host }: { host: string }) => host.startsWith('controller')
const firstDown = recorded.seen('node-down', isController)
const secondDown = recorded.seen('node-down', isController, firstDown + 1)
const firstBack = recorded.seen('node-up', isController, secondDown)
const secondBack = recorded.seen('node-up', isController, firstBack + 1)

test.each([
  ['in-use', recorded.created('orders'), /^Topic orders has 2 replicas, and group billing has read up to \d+\.$/],
  [
    'majority-lost',
    secondDown,
    /^controller-\d and controller-\d are down: 1 voter of 3 is no majority, and nobody leads\./,
  ],
  [
    'written-meanwhile',
    recorded.passOf('majority-lost'),
    /^The record at offset 1 of orders-0 was written [\d.]+ s after the quorum was lost\.$/,
  ],
  [
    'read-meanwhile',
    recorded.passOf('written-meanwhile'),
    /^Group billing has committed all 2 records of orders while nobody led the quorum\.$/,
  ],
  ['leads-again', firstBack, /^Node 10\d leads in epoch \d+; the last leader before led in epoch \d+\./],
  ['decides-again', recorded.created('refunds'), /^Topic refunds has 2 replicas, led by broker \d\.$/],
  ['whole-again', secondBack, /^Nodes 10\d and 10\d follow node 10\d in epoch \d+; all three have what is committed/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('one controller down is no lost majority', async () => {
  expect(await recorded.at('majority-lost', secondDown - 1)).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^controller-\d is down; 2 of 3 are a majority/),
  })
})

test('the question is about the call that needs a leader', async () => {
  const asked = recorded.passOf('serve-answer') - 1
  for (const [given, passed] of [
    ['createTopics', true],
    ['Call(callName=createTopics, ...)', true],
    ['listTopics', false],
    ['timeout', false],
  ] as const)
    expect(await recorded.answered('serve', given, asked)).toMatchObject({ passed })
})
