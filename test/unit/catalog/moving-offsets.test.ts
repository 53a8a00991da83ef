/** The checks of the lab on a recorded history: false before what they are about, true with it, and with nothing like it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/moving-offsets/lab.ts'
import type { Group } from '#labs/protocol/observation.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
/** Of the 50 records 24 are in orders-0, of those of the later release the first is 14; of orders-1 26 and 16. */
const ENDS = [24, 26] as const
const LATER = [14, 16] as const

test.each([
  [
    'read-all',
    recorded.passOf('read-all') - 1,
    'billing has orders-0 at 24, orders-1 at 26, which is the end, and is Empty.',
  ],
  ['shifted', recorded.passOf('read-all') + 1, 'billing has orders-0 at 19, orders-1 at 26.'],
  [
    'again',
    recorded.passOf('shifted') + 1,
    'console-consumer was a member of billing, and it has orders-0 at 24, orders-1 at 26 again.',
  ],
  [
    'since-release',
    recorded.passOf('again') + 1,
    'billing has orders-0 at 14, orders-1 at 16: there the first records of app-2 are.',
  ],
  [
    'copied',
    recorded.passOf('since-release') + 1,
    'audit has orders-0 at 14, orders-1 at 16 as billing, and is Empty: nobody ever joined it.',
  ],
  ['forgotten', recorded.passOf('copied') + 1, 'billing has orders-1 at 16, and nothing of orders-0.'],
])('%s', async (check, before, says) => {
  expect(await recorded.at(check, before)).toMatchObject({ passed: false })
  expect(await recorded.whereItPassed(check)).toMatchObject({ passed: true, says })
})

/** The record, had the coordinator told otherwise of that group; null: of none. */
const told = (id: string, change: (group: Group, index: number) => Group | null) =>
  recorded.butFetched<Group[]>('groups', (groups, index) =>
    groups.flatMap((one) => (one.id === id ? (change(one, index) ?? []) : one)),
  )
const standing = (id: string, ...offsets: (number | null)[]) =>
  told(id, (group) => ({
    ...group,
    offsets: offsets.flatMap((offset, partition) => (offset === null ? [] : { topic: 'orders', partition, offset })),
  }))
const MEMBER: Group['members'][number] = {
  ...{ id: 'm-1', clientId: 'console-consumer', host: '192.0.2.12', instance: null },
  ...{ epoch: null, assigned: [], target: null },
}
const unread = recorded.butFailed('groups', 'no broker answers')

test.each([
  ['read-all', 'another group', told('billing', () => null), 'There is no group billing. There are no groups yet.'],
  ['read-all', 'no answer', unread, 'The groups cannot be read: no broker answers.'],
  [
    'read-all',
    'one partition',
    standing('billing', 24),
    'billing has orders-0 at 24; the log has orders-0 at 24, orders-1 at 26.',
  ],
  [
    'read-all',
    'the last one of them is not read',
    standing('billing', 24, 25),
    'billing has orders-0 at 24, orders-1 at 25; the log has orders-0 at 24, orders-1 at 26.',
  ],
  [
    'read-all',
    'another topic',
    told('billing', (group) => ({ ...group, offsets: group.offsets.map((one) => ({ ...one, topic: 'returns' })) })),
    'billing has nothing of orders; the log has orders-0 at 24, orders-1 at 26.',
  ],
  [
    'read-all',
    'its consumer waits',
    told('billing', (group) => ({ ...group, members: [MEMBER] })),
    'billing has read all, and its consumer still runs.',
  ],
  [
    'shifted',
    'five back in both',
    standing('billing', 19, 21),
    'billing has orders-0 at 19, orders-1 at 21. It should have orders-0 at 19, orders-1 at 26.',
  ],
  [
    'shifted',
    'five back in the other one',
    standing('billing', 24, 21),
    'billing has orders-0 at 24, orders-1 at 21. It should have orders-0 at 19, orders-1 at 26.',
  ],
  [
    'shifted',
    'to offset 5',
    standing('billing', 5, 26),
    'billing has orders-0 at 5, orders-1 at 26. It should have orders-0 at 19, orders-1 at 26.',
  ],
  [
    'again',
    'one is left',
    standing('billing', 23, 26),
    'billing has orders-0 at 23, orders-1 at 26; the log has orders-0 at 24, orders-1 at 26.',
  ],
  [
    'since-release',
    'one of before',
    standing('billing', LATER[0] - 1, LATER[1]),
    'billing has orders-0 at 13: records of before would be read too.',
  ],
  [
    'since-release',
    'one too few',
    standing('billing', LATER[0], LATER[1] + 1),
    'billing has orders-1 at 17: 1 record of app-2 would be left out.',
  ],
  [
    'since-release',
    'at the end',
    standing('billing', ...ENDS),
    'billing has orders-0 at 24: 10 records of app-2 would be left out.',
  ],
  ['since-release', 'in one partition', standing('billing', LATER[0]), 'billing has no offset of orders-1.'],
  [
    'since-release',
    'what is there is not known',
    recorded.butFailed('records', 'no broker answers'),
    'orders cannot be read: no broker answers.',
  ],
  ['since-release', 'nobody has read the topic yet', recorded.butUnread('records'), 'Reading orders.'],
  [
    'copied',
    'no other group',
    told('audit', () => null),
    'There is no group audit. There is billing, console-consumer-',
  ],
  [
    'copied',
    'at the end',
    standing('audit', ...ENDS),
    'audit has orders-0 at 24, orders-1 at 26; billing has orders-0 at 14, orders-1 at 16.',
  ],
  [
    'copied',
    'in one partition',
    standing('audit', LATER[0]),
    'audit has orders-0 at 14; billing has orders-0 at 14, orders-1 at 16.',
  ],
  ['copied', 'there is nothing to copy', told('billing', () => null), 'There is no group billing. There is audit, '],
  [
    'copied',
    'somebody reads',
    told('audit', (group) => ({ ...group, members: [MEMBER] })),
    'audit had a member. Delete the group, and make it by its offsets alone.',
  ],
  ['forgotten', 'of neither', standing('billing'), 'billing has no offset of orders-1 either.'],
  ['forgotten', 'of the other one', standing('billing', LATER[0]), 'billing has orders-0 at 14.'],
  ['forgotten', 'to zero', standing('billing', 0, LATER[1]), 'billing has orders-0 at 0, orders-1 at 16.'],
  ['forgotten', 'the whole group', told('billing', () => null), 'There is no group billing. There is audit, '],
])('%s, not so: %s', async (check, _, other, says) => {
  const found = await other.whereItPassed(check)
  expect(found).toMatchObject({ passed: false, says: says.endsWith('.') ? says : expect.stringContaining(says) })
})

const OTHERS: Group = {
  ...{ id: 'audit', type: 'classic', state: 'Stable', protocol: 'range', epoch: null, assignmentEpoch: null },
  ...{ members: [MEMBER], offsets: [], delivered: [] },
}

const firstLook = (step: string) =>
  recorded.seen(
    'need',
    ({ name }) => name === 'groups',
    recorded.entries.findIndex(({ body }) => body.type === 'step-opened' && body.step === step),
  )
/** The record, had the other group had a member at these looks. */
const read = (from: number, to: number) =>
  recorded.butFetched<Group[]>('groups', (groups, index) =>
    index >= from && index < to ? [...groups, OTHERS] : groups,
  )

test.each(['back', 'copy'])(
  'a group that has had a member since step %s was not made by its offsets alone',
  async (step) => {
    expect(await read(firstLook(step), recorded.passOf('copied') - 1).whereItPassed('copied')).toMatchObject({
      passed: false,
      says: 'audit had a member. Delete the group, and make it by its offsets alone.',
    })
  },
)

test('one that was deleted since, and made anew, was', async () => {
  const one = firstLook('copy')
  // Another look, at which it is not there any more.
  const body = recorded.entries[one]!.body
  const deleted = read(firstLook('back'), one + 1).but((seen, index) =>
    index === one + 1 && body.type === 'observed' ? body.observation : seen,
  )
  expect(await deleted.at('copied', one + 1)).toMatchObject({ passed: false })
  expect(await deleted.whereItPassed('copied')).toMatchObject({ passed: true })
})

test('at the end again without a reader: one of before it was moved does not count', async () => {
  const shifted = recorded.passOf('shifted')
  const says =
    'billing is at the end again, and was not seen with a member since: its offsets were moved there, or its consumer was gone within a second. Move it back once more, and start a consumer that waits a while.'
  const nobody = told('billing', (group) => ({ ...group, members: [] }))
  expect(await nobody.whereItPassed('again')).toMatchObject({ passed: false, says })
  const before = told('billing', (group, index) => ({ ...group, members: index < shifted - 1 ? [MEMBER] : [] }))
  expect(await before.whereItPassed('again')).toMatchObject({ passed: false, says })
  const anothers = recorded.butFetched<Group[]>('groups', (groups) => [
    ...groups.map((one) => ({ ...one, members: [] })),
    OTHERS,
  ])
  expect(await anothers.whereItPassed('again')).toMatchObject({ passed: false, says })
})

test('no check comes before that which it builds on', async () => {
  expect((await recorded.at('again', recorded.passOf('shifted'))).says).toBe('billing is to be moved first.')
  expect((await recorded.at('copied', recorded.passOf('since-release'))).says).toBe(
    'billing is to be at the first record of app-2 before.',
  )
})

test('the five records are those of one partition, not all nor those of both', () => {
  const { outcome, refuse } = lab.steps.find(({ id }) => id === 'back')!.predict!
  const guessed = (given: string) => outcome(given, { passes: {} } as never).right
  expect(['5', '10', '50', '0'].map(guessed)).toEqual([true, false, false, false])
  expect(refuse?.('five')).toBe('Give a whole number.')
  const told = recorded.entries.map(({ body }) => body).find(({ type }) => type === 'outcome')
  expect(told).toMatchObject({
    step: 'back',
    right: true,
    says: expect.stringMatching(/^5: those of orders-0 from the/),
  })
})
