/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/uncommitted-suffix/lab.ts'
import type { LogEnd } from '#labs/protocol/observation.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const cut = recorded.seen('network', ({ cuts }) => cuts.length > 0)
const whole = recorded.seen('network', ({ cuts }) => cuts.length === 0, cut)

test.each([
  ['leader-isolated', cut, /^controller-\d is cut off from all others\.$/],
  [
    'wrote-alone',
    cut + 1,
    /^The log of controller-\d ends at \d+, with the setting at offset \d+ in epoch \d+\. Committed is what lies below \d+\.$/,
  ],
  ['new-leader', cut + 1, /^Node 10\d leads in epoch \d+; before, node 10\d led in epoch \d+\.$/],
  ['healed', whole, /^All links are whole again\.$/],
  [
    'truncated',
    whole,
    /^In the log of controller-\d, epoch \d+ begins at \d+, and it reaches to \d+: offset \d+ is no longer of epoch \d+\.$/,
  ],
  ['follows', whole, /^Node 10\d follows node 10\d in epoch \d+, and its log ends at \d+/],
  ['never-was', whole, /^No broker has a default for message\.max\.bytes/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('the logs differ from where the later epoch begins, and nowhere before', async () => {
  const count = recorded.passOf('new-leader')
  const body = recorded.entries[recorded.passOf('truncated')]!.body
  const from = body.type === 'passed' ? Number((body.evidence as { from?: unknown }).from) : Number.NaN
  const answered = recorded.passOf('differ-answer')
  expect(await recorded.answered('differ', String(from), answered)).toMatchObject({ passed: true })
  expect(await recorded.answered('differ', String(from - 1), answered)).toMatchObject({ passed: false })
  expect(await recorded.answered('differ', String(from + 1), answered)).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^At \d+ they differ, but not there first\.$/),
  })
  expect(count).toBeLessThan(answered)
})

/** What the recorded facts say of a log's end, changed. */
async function forged(change: (end: LogEnd) => LogEnd): Promise<Recorded> {
  const other = await Recorded.of(lab)
  for (const { body } of other.entries) {
    if (body.type !== 'observed' || body.observation.type !== 'need') continue
    const { result } = body.observation
    if (result.state !== 'fetched' || !result.value || !('source' in result.value)) continue
    result.value = change(result.value)
  }
  return other
}

test('a disk alone proves no suffix: the node has to have handed it out', async () => {
  const files = await forged((end) => ({ ...end, source: 'files' }))
  expect(await files.at('wrote-alone', files.passOf('wrote-alone'))).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^The disk of controller-\d has the setting at \d+, and the node has not told of it/),
  })
})

test('a setting from before the cut does not count', async () => {
  const early = await forged((end) => ({ ...end, records: end.records.map((record) => ({ ...record, timestamp: 0 })) }))
  expect(await early.at('wrote-alone', early.passOf('wrote-alone'))).toMatchObject({
    passed: false,
    says: expect.stringMatching(/that came after the cut/),
  })
})

test('a log that still has its own records is not cut', async () => {
  const own = await forged((end) => ({ ...end, epochs: end.epochs.slice(0, 1).map((one) => ({ ...one, to: 1_000 })) }))
  expect(await own.at('truncated', own.passOf('truncated'))).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^Offset \d+ in the log of controller-\d is of epoch \d+ still: its own record\.$/),
  })
})
