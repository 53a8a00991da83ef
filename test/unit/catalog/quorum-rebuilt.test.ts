/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/quorum-rebuilt/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const lost = recorded.seen('node-down', ({ host }) => host === 'controller-3')
const back = recorded.seen('node-up', ({ host }) => host === 'controller-2', lost)
const third = recorded.seen('node-up', ({ host }) => host === 'controller-3', back)

test.each([
  ['in-use', 1, /^Topic orders has a replica on each broker\.$/],
  [
    'two-lost',
    lost,
    /^controller-2 and controller-3 have lost their disks\. A majority of the voters is gone for good/,
  ],
  ['leads-again', back, /^Node 101 leads in epoch \d+\. controller-2 votes as \S{22}, with a disk/],
  ['decides-again', back, /^orders is there, and refunds came with offset \d+, in epoch \d+\.$/],
  ['third-replaced', third, /^Nodes 102 and 103 follow node 101 in epoch \d+; all three have what is committed/],
])('%s', async (check, before, says) => {
  expect(await recorded.at(check, before)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('the question is about one that is lost', async () => {
  const asked = recorded.passOf('read-answer') - 1
  const directories = recorded.entries.flatMap(({ body }) =>
    body.type === 'observed' && body.observation.type === 'quorum' ? body.observation.voters : [],
  )
  const of = (node: number) => directories.find((one) => one.node === node && one.directory)?.directory ?? ''
  for (const [given, passed] of [
    [of(102), true],
    [`"${of(103)}"`, true],
    [of(101), false],
    ['103', false],
  ] as const)
    expect(await recorded.answered('read', given, asked)).toMatchObject({ passed })
})
