/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/controller-failover/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const died = recorded.seen('node-down')
const elected = recorded.seen('quorum', ({ leader }) => leader !== null, died)
const measured = recorded.seen('outage', ({ kind, to }) => kind === 'metadata' && to !== null, died)
const back = recorded.seen('node-up', () => true, died)

test.each([
  ['leader-died', died, /^controller-\d \(node 10\d\) died; it led in epoch \d+\.$/],
  ['new-leader', elected, /^Node 10\d leads in epoch \d+; before, node 10\d led in epoch \d+\.$/],
  ['outage-measured', measured, /^No active controller answered for [\d,]+ ms\.$/],
  ['returned', back, /^controller-\d \(node 10\d\) is back\.$/],
  ['follows', back, /^Node 10\d follows node 10\d in epoch \d+, and its log ends at \d+/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('the question takes the id of the leader, and of nobody else', async () => {
  const asked = recorded.passOf('find-answer') - 1
  const ask = async (given: string) => (await recorded.answered('find', given, asked)).passed
  const leader = recorded.entries.flatMap(({ body }) => (body.type === 'answered' ? [body.given] : []))[0]!
  expect(await ask(` ${leader} `)).toBe(true)
  for (const wrong of ['1', '104', '', 'controller-1']) expect(await ask(wrong)).toBe(false)
})
