/** The checks of the lab on a recorded history: false before what they are about, true with it, and with nothing like it. */
import { describe, expect, test } from 'vitest'
import lab from '#labs/catalog/rebalance/lab.ts'
import type { Group } from '#labs/protocol/observation.ts'
import { Recorded } from '../../support/recorded.ts'

type Member = Group['members'][number]

/** Without the ends of logs, and far from the two deaths with every third look: no check needs more. */
const recorded = await Recorded.of(lab)
const groupsIn = (seen: { result: { state: string; value?: unknown } }): Group[] =>
  seen.result.state === 'fetched' ? (seen.result.value as Group[]) : []
const membersOf = (groups: Group[], id: string) => groups.find((one) => one.id === id)?.members ?? []
/** The group as that look found it. */
function lookAt(index: number, id: string): Group {
  const { body } = recorded.entries[index]!
  const all = body.type === 'observed' && body.observation.type === 'need' ? groupsIn(body.observation) : []
  return all.find((one) => one.id === id)!
}
const first = (id: string) => recorded.seen('need', (seen) => groupsIn(seen).some((one) => one.id === id))
/** The first look without the killed member. */
const missed = (id: string) =>
  recorded.seen('need', (seen) => membersOf(groupsIn(seen), id).length === 2, recorded.passOf(SHARED[id]!))
const SHARED: Record<string, string> = { billing: 'classic-shared', shipping: 'consumer-shared' }

test.each([
  [
    'classic-shared',
    first('billing') + 1,
    /^member-1: orders-\d and orders-\d; member-2: orders-\d and orders-\d; member-3: orders-\d and orders-\d\. Assignor range\.$/,
  ],
  [
    'classic-moved',
    missed('billing') + 1,
    /^member-3 died, and was missed after \d+\.\d s; (orders-\d, now with member-[12], stood still for \d+\.\d s[;.] ){2}member-1 lived: its orders-\d and orders-\d stood still for \d+\.\d s \(before, \d+\.\d s at most\)\.$/,
  ],
  ['consumer-shared', first('shipping') + 1, /^member-\d: orders-\d and orders-\d; .* Assignor uniform\.$/],
  [
    'consumer-moved',
    missed('shipping') + 1,
    /^member-3 died, and was missed after .* member-1 lived: .* at most\)\. In billing it was \d+\.\d s\.$/,
  ],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.whereItPassed(check)).toMatchObject({ passed: true, says: expect.stringMatching(says) })
})

test('in the classic protocol the one that lived stood still, in the new one it went on', () => {
  const stayed = (check: string) => Number(recorded.evidenceOf(check).stayedMs)
  expect(stayed('classic-moved')).toBeGreaterThan(1_000)
  expect(stayed('consumer-moved')).toBeLessThan(1_000)
  const outcomes = recorded.entries.flatMap(({ body }) => (body.type === 'outcome' ? [body] : []))
  expect(outcomes).toMatchObject([
    {
      step: 'classic-kill',
      right: true,
      says: expect.stringMatching(/stood still for [\d.]+ s at most\. In a classic/),
    },
    { step: 'consumer-kill', right: true, says: expect.stringMatching(/stood still for 0\.\d s at most\. In the new/) },
  ])
})

test('a guess is held against what was measured: more than a second is to stand still', () => {
  const { outcome } = lab.steps.find(({ id }) => id === 'consumer-kill')!.predict!
  const right = (given: string, stayedMs: number) =>
    outcome(given, { passes: { 'consumer-moved': { evidence: { stayedMs, stayed: 'member-1' } } } } as never).right
  expect([right('no', 1_000), right('YES ', 1_000), right('no', 1_001), right('yes', 1_001)]).toEqual([
    ...[true, false],
    ...[false, true],
  ])
})

test('a guess other than yes or no is refused', () => {
  const { refuse } = lab.steps.find(({ id }) => id === 'classic-kill')!.predict!
  expect([refuse?.(' Yes'), refuse?.('no'), refuse?.('perhaps')]).toEqual([null, null, 'Answer yes or no.'])
})

/** The record, had the coordinator told otherwise of that group. */
const told = (id: string, change: (group: Group, index: number) => Group | null) =>
  recorded.butFetched<Group[]>('groups', (groups, index) =>
    groups.flatMap((one) => (one.id === id ? (change(one, index) ?? []) : one)),
  )
const members = (id: string, change: (members: Member[]) => Member[]) =>
  told(id, (group) => ({ ...group, members: change(group.members) }))
const stuck = (partition: number) =>
  told('billing', (group) => ({
    ...group,
    offsets: group.offsets.map((one) => (one.partition === partition ? { ...one, offset: 7 } : one)),
  }))

test.each([
  ['nobody', told('billing', () => null), 'There is no group billing. There are no groups yet.'],
  ['no answer', recorded.butFailed('groups', 'no broker answers'), 'The groups cannot be read: no broker answers.'],
  ['nobody has looked', recorded.butUnread('groups'), 'Reading the groups.'],
  [
    'the other protocol',
    told('billing', (group) => ({ ...group, type: 'consumer' })),
    'billing is a consumer group. It should be one of the classic protocol.',
  ],
  ['two', members('billing', (all) => all.slice(0, 2)), 'billing has 2 members, and is Stable.'],
  [
    'four',
    members('billing', (all) => [...all, { ...all[0]!, id: 'member-4', assigned: [] }]),
    /^billing has 4 members/,
  ],
  [
    'they are being shared anew',
    told('billing', (group) => ({ ...group, state: 'PreparingRebalance' })),
    'billing is PreparingRebalance; its members have 2, 2, 2 partitions.',
  ],
  [
    'one has more than the others',
    members('billing', (all) =>
      all.map((one, index) => ({
        ...one,
        assigned: [...one.assigned, ...(index === 0 ? (all[1]?.assigned.slice(0, 1) ?? []) : [])].slice(
          index === 1 ? 1 : 0,
        ),
      })),
    ),
    'billing is Stable; its members have 3, 1, 2 partitions.',
  ],
  [
    'they read another topic besides',
    members('billing', (all) =>
      all.map((one) => ({ ...one, assigned: one.assigned.map((at) => ({ ...at, topic: 'returns' })) })),
    ),
    'billing is Stable; its members have 0, 0, 0 partitions.',
  ],
  ['nothing of one is committed', stuck(3), 'orders-3: whoever has this has not committed twice yet.'],
] as [string, Recorded, string | RegExp][])('not three that share: %s', async (_, other, says) => {
  await refused(other, 'classic-shared', says)
})

async function refused(other: Recorded, check: string, says: string | RegExp) {
  const exactly = typeof says === 'string' ? says : expect.stringMatching(says)
  expect(await other.whereItPassed(check)).toMatchObject({ passed: false, says: exactly })
}

test.each(['classic-shared', 'consumer-shared'])('%s: one commit of the slow one is not enough', async (check) => {
  const [, one, other] = /member-2: orders-(\d) and orders-(\d)/.exec(recorded.evidenceOf(check).says) ?? []
  const its = `orders-[${one}${other}]`
  expect(await recorded.at(check, recorded.passOf(check) - 1)).toMatchObject({
    passed: false,
    says: expect.stringMatching(`^${its}( and ${its})?: whoever has this has not committed twice yet\\.$`),
  })
})

test('three members of the classic protocol are not yet those of the new one', async () => {
  const classic = told('shipping', (group) => ({ ...group, type: 'classic' }))
  expect(await classic.whereItPassed('consumer-shared')).toMatchObject({
    passed: false,
    says: 'shipping is a classic group. It should be one of the consumer protocol.',
  })
})

describe.each([
  ['classic-moved', 'billing'],
  ['consumer-moved', 'shipping'],
])('%s', (check, id) => {
  const goneAt = missed(id)
  const gone = lookAt(recorded.passOf(SHARED[id]!) - 1, id).members.find(({ clientId }) => clientId === 'member-3')!
  const its = gone.assigned.map(({ partition }) => partition)
  const stands = lookAt(goneAt, id).offsets.find(({ partition }) => partition === its[1])!.offset
  const later = (change: (group: Group) => Partial<Group>, from = goneAt) =>
    told(id, (group, index) => (index < from ? group : { ...group, ...change(group) }))
  const offsets = ({ offsets: all }: Group, of: number[], offset: number) =>
    all.map((one) => (of.includes(one.partition) ? { ...one, offset } : one))

  test.each([
    [
      'it is still there',
      later(({ members }) => ({ members: [...members, gone] })),
      'No one of three members has gone; 3 are there.',
    ],
    [
      'it committed until it went',
      told(id, (group, index) => ({ ...group, offsets: index < goneAt ? offsets(group, its, index) : group.offsets })),
      /^member-3 left in order: it was gone [01]\.\d s after its last commit\. Start three members again, and kill one with SIGKILL\.$/,
    ],
    [
      'it had nothing',
      told(id, ({ members, ...group }) => ({
        ...group,
        members: members.map((one) => (one.clientId === 'member-3' ? { ...one, assigned: [] } : one)),
      })),
      'The member that went had no partition.',
    ],
    [
      'another one takes its place',
      later(({ members }) => ({ members: [...members, { ...gone, id: 'member-4' }] }), recorded.passOf(check) - 1),
      'member-3 is gone. Of the three, the other two are to stay, alone: now 3 are there.',
    ],
    [
      'one of the two is another one',
      later(({ members: [one] }) => ({ members: [one!, { ...gone, id: 'member-4' }] }), recorded.passOf(check) - 1),
      'member-3 is gone. Of the three, the other two are to stay, alone: now 2 are there.',
    ],
    [
      'it is not shared anew yet',
      later(() => ({ state: 'PreparingRebalance' })),
      'member-3 is gone. The group is PreparingRebalance, and 0 of 6 partitions are nobody’s.',
    ],
    [
      'one partition is nobody’s',
      later(({ members }) => ({
        members: members.map(({ assigned, ...one }) => ({
          ...one,
          assigned: assigned.filter(({ partition }) => partition !== its[0]),
        })),
      })),
      'member-3 is gone. The group is Stable, and 1 of 6 partitions are nobody’s.',
    ],
    [
      'one partition stands still',
      later((group) => ({ offsets: offsets(group, its.slice(1), stands) })),
      'The partitions of member-3 have new readers, and nothing of them is committed yet.',
    ],
    [
      'not all was seen',
      recorded.but((seen, index) =>
        index === goneAt - 1 ? { type: 'unobserved', why: 'nobody looked', since: 0 } : seen,
      ),
      'Kraftlab missed a part of what happened: only what comes after it counts. No one of three members has gone; 2 are there.',
    ],
  ] as [string, Recorded, string | RegExp][])('not so: %s', async (_, other, says) => {
    await refused(other, check, says)
  })

  test('where not all was seen, all may be done once more', async () => {
    const twice = await Recorded.of(lab)
    const [from, until] = [recorded.passOf(SHARED[id]!) - 20, recorded.passOf(check)]
    const [first, last] = [recorded.entries[from]!, recorded.entries[until]!]
    const again = recorded.entries.slice(from, until).flatMap(({ body, at, seq, ...entry }) => {
      const later = { ...entry, at: at + last.at - first.at, seq: seq + last.seq - first.seq + 1 }
      return body.type === 'observed' ? { ...later, body } : []
    })
    const gap = { type: 'unobserved' as const, why: 'nobody looked', since: last.at }
    twice.entries.splice(until, 0, { ...last, body: { type: 'observed', number: 1, observation: gap } }, ...again)
    expect(await twice.at(check, until + 1)).toMatchObject({ passed: false, says: expect.stringMatching(/^Kraftlab/) })
    expect(await twice.at(check, until + 1 + again.length)).toMatchObject({ passed: true })
  })

  test('three members are needed before', async () => {
    expect(await recorded.at(check, recorded.passOf(SHARED[id]!))).toMatchObject({
      passed: false,
      says: `${id} is to have three members first.`,
    })
  })
})

test('who went before the step began does not count', async () => {
  expect(await recorded.at('classic-moved', recorded.passOf('classic-shared') + 1)).toMatchObject({
    passed: false,
    says: 'No one of three members has gone; 3 are there.',
  })
})
