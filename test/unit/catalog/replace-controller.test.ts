/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/replace-controller/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const lost = recorded.seen('node-down', ({ host }) => host === 'controller-3')
const back = recorded.seen('node-up', ({ host }) => host === 'controller-3', lost)
const two = recorded.seen('quorum', ({ voters }) => voters.length === 2, back)
const three = recorded.seen('quorum', ({ voters }) => voters.length === 3, two)

test.each([
  [
    'disk-lost',
    lost,
    /^controller-3 \(node 103\) lost its disk\. Its directory id was \S{22}, and it is still among the voters\.$/,
  ],
  ['observer', back, /^Node 103 has the directory id \S{22} now, is an observer, and its log ends at \d+\.$/],
  ['old-removed', two, /^The voters are 101 \(\S{22}\), 102 \(\S{22}\); \S{22} is gone\.$/],
  ['new-added', three, /^The voters are 101 \(\S{22}\), 102 \(\S{22}\), 103 \(\S{22}\)\.$/],
  ['caught-up', three, /^Nodes 10\d and 10\d follow node 10\d in epoch \d+; all three have what is committed/],
  ['never-stopped', three, /^Two were up all the time/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('the question is about two voters', async () => {
  const asked = recorded.passOf('replace-answer') - 1
  for (const [given, passed] of [
    ['0', true],
    ['None of them.', true],
    ['1', false],
    ['one', false],
  ] as const)
    expect(await recorded.answered('replace', given, asked)).toMatchObject({ passed })
})

test.each([
  ['after the old voter was removed, one of the two that are left', two],
  ['while the old voter is dead and its node runs again', back],
])('%s goes down: the majority is away', async (_, from) => {
  const hasty = await Recorded.of(lab)
  const observed = hasty.entries.flatMap(({ body }, at) =>
    at > from && at < three && body.type === 'observed' ? [at] : [],
  )
  const [down, up] = [observed[0]!, observed[2]!]
  const change = (at: number, observation: object) => {
    const { body } = hasty.entries[at]!
    if (body.type === 'observed') Object.assign(hasty.entries[at]!, { body: { ...body, observation } })
  }
  const { body } = hasty.entries[hasty.seen('node-up', ({ node }) => node === 102)]!
  change(down, { type: 'process', host: 'controller-2', state: 'none', pid: null })
  if (body.type === 'observed') change(up, body.observation)
  expect(await hasty.at('never-stopped', hasty.passOf('never-stopped'))).toMatchObject({
    passed: false,
    says: expect.stringMatching(/controller-2.*: that is the majority\./),
  })
})
