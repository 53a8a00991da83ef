/** What is said of client programs: as it was recorded, and of trials that came out otherwise. The judges are the same for all languages. */
import { describe, expect, test } from 'vitest'
import lab from '#labs/catalog/client-java/lab.ts'
import type { Moment } from '#labs/engine/define.ts'
import { randomFrom, trialOf, triedFact } from '#labs/engine/trials.ts'
import type { TopicBatch } from '#labs/protocol/observation.ts'
import type { TrialEvidence } from '#labs/protocol/trial.ts'
import { Recorded } from '../../support/recorded.ts'
import { type Change, RecordedTrials, withBatches, withRecords } from '../../support/recorded-trial.ts'

const recorded = await Recorded.of(lab)
const trials = new RecordedTrials(lab, recorded)

test.each([
  ['topics-as-asked', /^stock-[a-z]{10} was made and sales-[a-z]{10} was changed: \d partitions, retention\.ms \d+\./],
  ['orders-arrive', /^29 orders arrived once, .* order-[a-z]{10}, which is too large, stands in rejected-[a-z]{10}\.$/],
  ['none-lost', /^It was killed in the middle\. Each of 30 orders has its bill, and \d+ bills? came twice;/],
  ['exactly-once', /^It was killed in the middle\. Each of 30 orders has one bill that is committed/],
])('%s', async (check, saying) => {
  const passed = { passed: true, says: expect.stringMatching(saying) }
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject(passed)
  const before = await recorded.at(check, trials.resultOf(check).at)
  expect(before).toMatchObject({ passed: false, says: expect.stringMatching(/^Not tried yet/) })
  expect(trials.saysOfFailed(check, 'no room')).toMatchObject({ passed: false })
})

type Made = { id: string; customer: string; quantity: number; cents: number; note: string }
const ordersIn = ({ kept }: TrialEvidence) => JSON.parse(kept.orders!) as Made[]
const topicOf = (change: (topic: { partitions: number; replicas: number }) => object | null): Change => {
  return ({ topics, kept }) => {
    const changed = change(topics[kept.old!]!)
    const { [kept.old!]: _, ...others } = topics
    return { topics: (changed ? { ...others, [kept.old!]: changed } : others) as TrialEvidence['topics'] }
  }
}
const configOf = (name: string, value: string | undefined): Change => {
  return ({ configs, kept }) => {
    const { [name]: _, ...others } = configs[`topic:${kept.old}`] ?? {}
    const changed = value === undefined ? others : { ...others, [name]: value }
    return { configs: { ...configs, [`topic:${kept.old}`]: changed } }
  }
}
/** Records of orders that came by the program, not those that the trial had laid. */
const arrived = (change: (record: Record<string, unknown>, nth: number) => object | object[] | null): Change => {
  return (evidence) => {
    let nth = 0
    const each = (record: Record<string, unknown>) =>
      record.value === evidence.kept.earlier ? record : change(record, nth++)
    return withRecords(each as Parameters<typeof withRecords>[0], 'arrived')(evidence)
  }
}
const noGroups: Change = ({ facts }) => ({ facts: { ...facts, groups: { state: 'fetched', value: [] } } })
const without = (look: string): Change => {
  return ({ facts }) => ({ facts: Object.fromEntries(Object.entries(facts).filter(([name]) => name !== look)) })
}
const after =
  (first: Change, second: Change): Change =>
  (evidence) => {
    const changed = { ...evidence, ...first(evidence) }
    return { ...changed, ...second(changed) }
  }
/** Each customer's last order where their first was. */
const reversed: Change = (evidence) => {
  const values = new Map<unknown, unknown[]>()
  arrived((one) => {
    values.set(one.key, [...(values.get(one.key) ?? []), one.value])
    return one
  })(evidence)
  return arrived((one) => ({ ...one, value: values.get(one.key)?.pop() }))(evidence)
}
const elsewhere = (one: Record<string, unknown>) => ({ ...one, partition: (Number(one.partition) + 1) % 6 })
const oneLess: Change = (evidence) =>
  withRecords((one) => (one.key === ordersIn(evidence)[7]!.id ? null : one), 'bills')(evidence)

test.each<[check: string, what: string, change: Change, saying: RegExp]>([
  ['topics-as-asked', 'a topic is gone', topicOf(() => null), /there is no such topic at its cluster/],
  [
    'topics-as-asked',
    'the old one was not grown',
    topicOf((topic) => ({ ...topic, partitions: 2 })),
    /^sales-[a-z]{10}, which was there before, has 2 partitions; the program was told \d\.$/,
  ],
  [
    'topics-as-asked',
    'one replica',
    topicOf((topic) => ({ ...topic, replicas: 1 })),
    /has 1 replica of each partition/,
  ],
  [
    'topics-as-asked',
    'not set',
    configOf('retention.ms', undefined),
    /retention\.ms of .* was not set; .* told \d+\.$/,
  ],
  ['topics-as-asked', 'set otherwise', configOf('retention.ms', '1'), /retention\.ms of .* is 1; the program was told/],
  ['topics-as-asked', 'all was replaced', configOf('max.message.bytes', undefined), /has it no longer/],
  [
    'topics-as-asked',
    'made anew',
    withRecords(() => null, 'earlier'),
    /^sales-[a-z]{10} had a record, and has it no longer: the program made the topic anew\.$/,
  ],
  [
    'topics-as-asked',
    'the one that had as many was left as it was',
    ({ configs, kept }) => {
      const { 'retention.ms': _, ...others } = configs[`topic:${kept.grown}`] ?? {}
      return { configs: { ...configs, [`topic:${kept.grown}`]: others } }
    },
    /^retention\.ms of staff-[a-z]{10}, which was there before, was not set/,
  ],
  ['orders-arrive', 'a look that failed', without('rejected'), /^Not all that arrived could be read/],
  [
    'orders-arrive',
    'all in a transaction that was aborted',
    withBatches((one) => (one.producerId === -1 ? one : { ...one, transactional: true })),
    /^Nothing arrived in orders-/,
  ],
  ['orders-arrive', 'nothing came', arrived(() => null), /^Nothing arrived in orders-/],
  [
    'orders-arrive',
    'one is lost',
    arrived((one, nth) => (nth === 3 ? null : one)),
    /^1 of 29 orders .* did not arrive/,
  ],
  ['orders-arrive', 'one came twice', arrived((one, nth) => (nth === 3 ? [one, one] : one)), /more than once: order-/],
  [
    'orders-arrive',
    'something else came',
    arrived((one, nth) => (nth === 3 ? [one, { ...one, value: 'hello there' }] : one)),
    /has records that are no orders: hello\.$/,
  ],
  ['orders-arrive', 'no key', arrived((one) => ({ ...one, key: null })), /^29 of 29 orders do not have their customer/],
  [
    'orders-arrive',
    'another partitioner',
    after(
      withBatches((one) => [one, elsewhere(one)]),
      arrived(elsewhere),
    ),
    /29 of 29 orders are not where Java’s producer puts that key\.$/,
  ],
  ['orders-arrive', 'the other way round', reversed, /did not arrive in their order\.$/],
  [
    'orders-arrive',
    'not idempotent',
    withBatches((one) => ({ ...one, producerId: -1 })),
    /came from a producer without an id/,
  ],
  [
    'orders-arrive',
    'nobody was told',
    withRecords(() => null, 'rejected'),
    /Nobody was told: rejected-[a-z]{10} is empty/,
  ],
  [
    'orders-arrive',
    'another was told of',
    withRecords((one) => ({ ...one, key: 'order-1', value: 'x' }), 'rejected'),
    /does not name it\.$/,
  ],
  [
    'orders-arrive',
    'others were told of as well',
    withRecords((one) => [one, { ...one, key: 'order-1', value: 'x' }], 'rejected'),
    /also names orders that arrived: order-1\.$/,
  ],
  [
    'none-lost',
    'nothing came',
    after(
      withRecords(() => null),
      noGroups,
    ),
    /^Nothing arrived in the topic that BILLS named/,
  ],
  [
    'none-lost',
    'nothing came, and all counts as done',
    withRecords(() => null),
    /^30 of 30 orders have no bill: .* killed behind the offset and before the bill/,
  ],
  [
    'none-lost',
    'one has no bill',
    oneLess,
    /^1 of 30 orders have no bill: order-.* killed behind the offset and before/,
  ],
  [
    'none-lost',
    'one has no bill, and it was never killed',
    after(oneLess, () => ({ killed: false })),
    /^1 of 30 orders have no bill: order-[a-z]{10}\. Their offsets are committed\.$/,
  ],
  [
    'none-lost',
    'one has no bill, and nothing was committed',
    after(oneLess, noGroups),
    /It has committed 0 of 30, so it ended before it came to all of them/,
  ],
  [
    'none-lost',
    'bills of a transaction that nobody ended',
    withBatches((one) => ({ ...one, transactional: true }), 'batches'),
    /^30 of 30 orders have no bill/,
  ],
  ['none-lost', 'a wrong sum', withRecords((one) => ({ ...one, value: '1' })), /is not quantity times cents\.$/],
  ['none-lost', 'too quick to be killed', () => ({ killed: false }), /^It ended before the trial could kill it/],
  ['none-lost', 'nothing was committed', noGroups, /has committed 0 of 30 orders: the next start would begin again\.$/],
  [
    'exactly-once',
    'no transaction',
    withBatches((one) => ({ ...one, transactional: false })),
    /none of them in a transaction\.$/,
  ],
  [
    'exactly-once',
    'the last transaction is open',
    (evidence) => {
      const { value } = evidence.facts.batches as unknown as { value: { batches: TopicBatch[] } }
      const last = Math.max(...value.batches.filter(({ control }) => control).map(({ baseOffset }) => baseOffset))
      return withBatches((one) => (one.baseOffset === last && one.control ? null : one), 'batches')(evidence)
    },
    /^A transaction is still open/,
  ],
  [
    'exactly-once',
    'bills of no order',
    (evidence) => {
      let nth = 0
      const another = (one: Record<string, unknown>) => (nth++ === 29 ? [one, { ...one, key: 'order-1' }] : one)
      return withRecords(another, 'bills')(evidence)
    },
    /^There are bills of no order: order-1\.$/,
  ],
  [
    'exactly-once',
    'the offsets in a transaction of their own',
    withBatches((one) => ({ ...one, producerEpoch: Number(one.producerEpoch) + 100 }), 'offsets'),
    /^Each order has one bill\. But the offsets were not committed in the transaction/,
  ],
  [
    'exactly-once',
    'what was aborted was committed',
    withBatches((one) => (one.control === 'abort' ? { ...one, control: 'commit' } : one), 'batches'),
    /billed more than once, as committed: order-/,
  ],
  ['exactly-once', 'too quick to be killed', () => ({ killed: false }), /^It ended before the trial could kill it/],
  [
    'exactly-once',
    'the offsets beside the transaction',
    withBatches((one) => ({ ...one, transactional: false }), 'offsets'),
    /^Each order has one bill\. But the offsets were not committed in the transaction/,
  ],
  [
    'exactly-once',
    'the offsets by another producer',
    withBatches((one) => ({ ...one, producerId: 4_711 }), 'offsets'),
    /^Each order has one bill\. But the offsets were not committed in the transaction/,
  ],
  ['exactly-once', 'nothing was committed', noGroups, /has committed 0 of 30 orders\.$/],
])('%s: %s', (check, _, change, saying) => {
  expect(trials.saysOf(check, change)).toMatchObject({ passed: false, says: expect.stringMatching(saying) })
})

describe('the guess', () => {
  const { predict } = lab.steps.find(({ id }) => id === 'bills')!
  const { evidence } = trials.resultOf('none-lost')
  const { trial } = trialOf(lab, 'none-lost')!
  const outcome = (given: string, change: Change = () => ({})) =>
    predict!.outcome(given, {
      facts: { bills: triedFact(trial, { ...evidence, ...change(evidence) }) },
    } as unknown as Moment)
  const once: Change = (all) => {
    const seen = new Set<unknown>()
    return withRecords((one) => (seen.has(one.key) ? null : seen.add(one.key) && one))(all)
  }

  test('is one of three words', () => {
    expect(predict!.refuse!('30')).toMatch(/Answer/)
    for (const given of ['fewer', '30 exactly', 'And some MORE']) expect(predict!.refuse!(given)).toBeNull()
  })
  test('is held against what came; more is right also where the kill happened to take none', () => {
    expect(outcome('more')).toMatchObject({ right: true })
    expect(outcome('exactly')).toMatchObject({ right: false })
    expect(outcome('exactly', once)).toMatchObject({ right: true, says: expect.stringMatching(/^There were 30\./) })
    expect(outcome('more', once)).toMatchObject({ right: true })
    expect(outcome('fewer', once)).toMatchObject({ right: false })
  })
})

test('what a program is told it could not have known; what is kept it is not told', () => {
  for (const check of trials.tried) {
    const { trial } = trialOf(lab, check)!
    const [one, two] = [trial.make(randomFrom()), trial.make(randomFrom())]
    for (const name of Object.keys(one.given).filter((each) => each !== 'PARTITIONS'))
      expect(one.given[name]).not.toBe(two.given[name])
    const laid = JSON.stringify(trial.prepare?.(one))
    for (const name of Object.values(one.given).filter((each) => /^(orders|bills|rejected)-/.test(each)))
      expect(laid).toContain(name)
  }
})

test('a program is killed when enough of its bills are seen, or when more counts as done than is', () => {
  const { killedWhen } = trialOf(lab, 'none-lost')!.trial
  const seen = (count: number, done: number) => ({
    bills: { state: 'fetched' as const, value: { records: Array.from({ length: count }), complete: true } },
    groups: { state: 'fetched' as const, value: [{ offsets: [{ offset: done }, { offset: -1 }] }] },
  })
  const kills = (...at: [count: number, done: number]) => killedWhen?.(seen(...at) as never)
  expect(killedWhen?.({ bills: { state: 'not-fetched' }, groups: { state: 'not-fetched' } } as never)).toBe(false)
  expect([kills(7, 0), kills(7, 7), kills(8, 0), kills(0, 1), kills(7, 8)]).toEqual([false, false, true, true, true])
})
