/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/snapshot-fetch/lab.ts'
import type { LogFile } from '#labs/protocol/observation.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const down = recorded.seen('node-down')
const rose = recorded.seen('metadata-log', ({ logStart }) => logStart !== null && logStart > 0)
const back = recorded.seen('process', ({ state }) => state === 'running', rose)

test.each([
  ['voter-down', down, /^controller-\d \(node 10\d\) is down; its log ends at \d+, as the leader last heard\.$/],
  [
    'left-behind',
    rose,
    /^The leader’s log begins at \d+\. That of controller-\d ends at \d+: records \d+ to \d+ are in no log/,
  ],
  [
    'fetched',
    back,
    /^controller-\d has \d{20}-\d{10}\.checkpoint, as controller-\d has\. Its log ended at \d+; it begins at \d+ now/,
  ],
  ['follows', back, /^Node 10\d follows node 10\d in epoch \d+, and its log ends at \d+/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('the end of the snapshot that was fetched is asked for', async () => {
  const count = recorded.passOf('fetched') + 1
  const { says } = await recorded.at('fetched', recorded.passOf('fetched'))
  const [, ended, begins] = /ended at (\d+); it begins at (\d+)/.exec(says)!
  expect(await recorded.answered('return', begins!, count)).toMatchObject({ passed: true })
  expect(await recorded.answered('return', ended!, count)).toMatchObject({ passed: false })
})

test('while the leader’s log has all, the next run of the cleaner is awaited', async () => {
  expect(await recorded.at('left-behind', recorded.passOf('voter-down') + 1)).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^The leader’s log begins at 0, that of controller-\d ends at \d+/),
  })
})

test('a snapshot that the leader does not have was not fetched from it', async () => {
  const forged = await Recorded.of(lab)
  const { host } = (forged.entries[forged.passOf('voter-down')]!.body as unknown as { evidence: { host: string } })
    .evidence
  for (const { body } of forged.entries) {
    if (body.type !== 'observed' || body.observation.type !== 'need' || body.observation.name.endsWith(host)) continue
    const { result } = body.observation
    if (result.state !== 'fetched' || !Array.isArray(result.value)) continue
    result.value = (result.value as LogFile[]).filter(({ epoch }) => epoch === null)
  }
  expect(await forged.at('fetched', forged.passOf('fetched'))).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^controller-\d has no \d{20}-\d{10}\.checkpoint, which controller-\d has\.$/),
  })
})
