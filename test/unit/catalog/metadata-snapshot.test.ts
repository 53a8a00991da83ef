/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/metadata-snapshot/lab.ts'
import type { LogFile } from '#labs/protocol/observation.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const asked = recorded.passOf('read-answer')
const first = evidenceOf('read-answer').name as string

function evidenceOf(check: string): Record<string, unknown> {
  const { body } = recorded.entries[recorded.passOf(check)]!
  if (body.type !== 'passed') throw new Error(`${check} did not pass`)
  return body.evidence
}

/** The newest files of a host that were recorded before that entry, to be changed. */
function filesOf(from: Recorded, host: string, before: number): LogFile[] {
  for (const { body } of from.entries.slice(0, before).reverse()) {
    if (body.type !== 'observed' || body.observation.type !== 'need') continue
    const { name, result } = body.observation
    if (name.includes(host) && result.state === 'fetched') return result.value as LogFile[]
  }
  throw new Error(`no files of ${host} were recorded`)
}

test.each([
  ['up', recorded.seen('node-up'), /^Node 101 leads in epoch 1, and broker 1 is unfenced\.$/],
  [
    'controller-wrote',
    recorded.passOf('up'),
    /^\d{20}-0000000001\.checkpoint: [\d,]+ bytes that stand for all records/,
  ],
  [
    'broker-wrote',
    recorded.passOf('up'),
    /^\d{20}-0000000001\.checkpoint, [\d,]+ bytes\. controller-1 has (none|one) of/,
  ],
  ['covered', recorded.created('orders'), /^The 100 partitions are the records \d+ to \d+ of the log\./],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('one batch makes one snapshot, and its name is the offset behind the batch', () => {
  const { last, because } = evidenceOf('covered')
  expect(because).toBe(1)
  expect(evidenceOf('read-answer')).toMatchObject({ last, end: Number(last) + 1 })
})

test('the first snapshot with the topic is asked for, with or without its suffix and folder', async () => {
  for (const given of [
    first,
    `  ${first.replace('.checkpoint', '')} `,
    `/var/lib/kafka/data/__cluster_metadata-0/${first}`,
  ])
    expect(await recorded.answered('read', given, asked), given).toMatchObject({ passed: true })
})

test('no other file is, nor what is no name of one', async () => {
  const files = filesOf(recorded, 'controller-1', asked)
  const earlier = files.filter(({ kind, name }) => kind === 'snapshot' && name < first)
  expect(earlier.length).toBeGreaterThan(1)
  for (const { name } of earlier)
    expect(await recorded.answered('read', name, asked)).toMatchObject({
      passed: false,
      says: expect.stringMatching(/^That one ends at \d+: what it contains was written before orders was created\.$/),
    })
  const ofBroker = filesOf(recorded, 'broker-1', asked).find(
    ({ kind, name }) => kind === 'snapshot' && files.every((one) => one.name !== name),
  )
  expect(await recorded.answered('read', ofBroker!.name, asked)).toMatchObject({
    passed: false,
    says: 'controller-1 has no checkpoint of that name. Is it one of the broker’s?',
  })
  expect(await recorded.answered('read', 'orders', asked)).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^Give the whole name/),
  })
})

test('a later snapshot contains the topic and is not the first', async () => {
  const later = await Recorded.of(lab)
  const files = filesOf(later, 'controller-1', asked)
  const found = files.find(({ name }) => name === first)!
  const name = first.replace(/^\d{20}/, String(found.offset + 1).padStart(20, '0'))
  files.push({ ...found, name, offset: found.offset + 1 })
  expect(await later.answered('read', name, asked)).toMatchObject({
    passed: false,
    says: 'That one contains orders, and an earlier one does too.',
  })
})

test('a file that would end beyond what is committed was not written by a node', async () => {
  const forged = await Recorded.of(lab)
  const count = forged.passOf('controller-wrote')
  for (const file of filesOf(forged, 'controller-1', count))
    if (file.kind === 'snapshot' && file.offset > 0) file.offset += 1_000_000
  expect(await forged.at('controller-wrote', count)).toMatchObject({
    passed: false,
    says: expect.stringMatching(/would end at \d+, and only what lies below \d+ is committed: no node wrote that\.$/),
  })
})

test('each prediction was held against what then happened', () => {
  const outcomes = recorded.entries.flatMap(({ body }) => (body.type === 'outcome' ? [body] : []))
  expect(outcomes.map(({ step, right, says }) => [step, right, says])).toEqual([
    ['start', true, expect.stringMatching(/^There was one\. The one that ends at 0 was there before any node ran/)],
    ['idle', false, expect.stringMatching(/^It did, \d+ s after its start, and nobody had changed anything\./)],
    ['batch', false, expect.stringMatching(/^It wrote 1\. /)],
    ['read', false, expect.stringMatching(/^By 1: the last record of orders is \d+, and the name says \d+\./)],
  ])
})
