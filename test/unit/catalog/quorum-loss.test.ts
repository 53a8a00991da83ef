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

const isDownOf = (seen: { type: string; host?: string }, host: string) =>
  seen.type === 'node-down' && seen.host === host

test('with all three down nobody is left to be looked at', async () => {
  const all = await Recorded.of(lab)
  const { body } = all.entries[secondDown]!
  const isDown = (host: string) =>
    all.entries
      .slice(0, secondDown + 1)
      .some(({ body }) => body.type === 'observed' && isDownOf(body.observation, host))
  const third = ['controller-1', 'controller-2', 'controller-3'].find((host) => !isDown(host))!
  if (body.type === 'observed' && body.observation.type === 'node-down')
    all.entries[secondDown + 1]!.body = {
      ...body,
      number: body.number + 1,
      observation: { ...body.observation, host: third },
    }
  expect(await all.at('majority-lost', secondDown + 2)).toMatchObject({
    passed: false,
    says: 'All three are down; start one, to see what one alone does.',
  })
})

test('a topic payments that came into being later does not make the answer wrong', async () => {
  const late = await Recorded.of(lab)
  const until = late.passOf('decides-again')
  // Not answered yet at that time.
  for (const { body } of late.entries) if (body.type === 'answered') body.correct = false
  late.entries[late.passOf('serve-answer')]!.body = { type: 'hint', check: 'serve-answer', level: 1 }
  expect(await late.answered('serve', 'createTopics', until)).toMatchObject({
    passed: true,
    says: expect.stringMatching(/\(By now there is a topic payments: see the next step\.\)$/),
  })
})
