/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/one-way-cut/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const deaf = recorded.seen('network', ({ cuts }) => cuts.length > 0)
const between = recorded.seen('network', ({ cuts }) => cuts.length === 0, deaf)
const mute = recorded.seen('network', ({ cuts }) => cuts.length > 0, between)
const whole = recorded.seen('network', ({ cuts }) => cuts.length === 0, mute)

test.each([
  [
    'deaf-voter',
    deaf,
    /^Packets from controller-\d \(node 10\d, which leads\) to controller-\d \(node 10\d\) are dropped/,
  ],
  [
    'unheard',
    deaf + 1,
    /^The leader last heard from node 10\d when its log ended at \d+; committed is everything below/,
  ],
  ['mute-broker', mute, /^Packets from broker-1 \(broker 1\) to controller-\d \(node 10\d, which leads\) are dropped/],
  ['fenced', mute + 1, /^Broker 1 runs and answers, and is fenced\. orders-0 is led by broker 2; in sync: 2\.$/],
  ['back', recorded.passOf('fenced') + 1, /^Node 10\d leads in epoch \d+, hears broker 1, and has unfenced it\./],
  ['whole', whole, /^All follow node 10\d in epoch \d+; brokers 1 and 2 are in sync\.$/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test.each([
  ['deaf-voter', deaf, /^The direction from controller-\d to controller-\d is cut; the leader is node 10\d\./],
  ['mute-broker', mute, /^The direction from controller-\d to broker-1 is cut; orders is led by broker 1\./],
] as const)('%s: the other direction is another cut', async (check, at, says) => {
  const turned = await Recorded.of(lab)
  const { body } = turned.entries[at]!
  if (body.type !== 'observed' || body.observation.type !== 'network') throw new Error('no cut')
  body.observation.cuts = body.observation.cuts.map(({ from, to }) => ({ from: to, to: from }))
  expect(await turned.at(check, at + 1)).toMatchObject({ passed: false, says: expect.stringMatching(says) })
})
