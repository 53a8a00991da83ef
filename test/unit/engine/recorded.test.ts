/**
 * Temporal checks on what real rooms did (test/fixtures/histories, made by `labs -- record`): true only after their
 * trigger, false where what they are about is not there.
 */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Check } from '#labs/engine/define.ts'
import { readHistory } from '#labs/engine/history.ts'
import type { Observation } from '#labs/protocol/observation.ts'
import { Told } from '../../support/told.ts'

type Seen = { at: number; observation: Observation }
type Judges = Record<string, Check['judge']>

const recorded = async (name: string): Promise<Seen[]> => {
  const { entries } = await readHistory(join('test/fixtures/histories', `${name}.ndjson`))
  return entries.flatMap(({ at, body }) =>
    body.type === 'observed' && body.observation.type !== 'need' ? [{ at, observation: body.observation }] : [],
  )
}

/** @returns the checks in the order in which they passed, and what each says at the end */
async function judge(judges: Judges, history: Seen[]): Promise<{ order: string[]; told: Told }> {
  const told = await Told.open(judges, 2)
  const order: string[] = []
  told.session.on('passed', ({ check }) => order.push(check))
  for (const { at, observation } of history) await told.seeAt(observation, at)
  return { order, told }
}

/** The same, but that some of it was otherwise. */
const changed = (history: Seen[], change: (seen: Observation) => Observation | null): Seen[] =>
  history.flatMap(({ at, observation }) => {
    const after = change(observation)
    return after ? [{ at, observation: after }] : []
  })

const FAILOVER: Judges = {
  died: ({ history }) => history.nodeDown({ wasLeader: true }),
  elected: ({ history }) => history.newLeader({ after: 'died' }),
  epochs: ({ history }) => history.leadersByEpoch({ after: 'died' }),
  watermark: ({ history }) => history.highWatermarkNeverFell({ since: 'died' }),
  outage: ({ history }) => history.outageMeasured({ kind: 'metadata', after: 'died' }),
  back: ({ history }) => history.nodeUp({ after: 'died' }),
}

test('controller failover', async () => {
  const history = await recorded('controller-failover')
  const { order, told } = await judge(FAILOVER, history)
  expect(order[0]).toBe('died')
  expect(order).toEqual(expect.arrayContaining(Object.keys(FAILOVER)))
  expect(order.indexOf('elected')).toBeLessThan(order.indexOf('back'))
  expect(told.says('elected').says).toMatch(/^Node \d+ leads in epoch \d+; before, node \d+ led in epoch \d+\.$/)
  const leaders = told.session.timeline.filter(({ kind }) => kind === 'leader').map(({ says }) => says)
  expect(leaders).toEqual([
    expect.stringMatching(/^controller-\d leads in epoch \d+$/),
    expect.stringMatching(/^No leader known \(before: controller-\d, epoch \d+\)$/),
    expect.stringMatching(/^controller-\d leads in epoch \d+ \(before: controller-\d, epoch \d+\)$/),
  ])
})

test('controller failover, had nobody been elected, or something not been seen', async () => {
  const history = await recorded('controller-failover')
  const down = history.findLastIndex(({ observation }) => observation.type === 'node-down')
  const untilDown = history.slice(0, down + 1)
  const after = history.slice(down + 1)

  const before = await judge(FAILOVER, history.slice(0, down))
  expect(before.order).toEqual([])
  const nobody = await judge(FAILOVER, [
    ...untilDown,
    ...changed(after, (seen) => (seen.type === 'quorum' ? null : seen)),
  ])
  for (const id of ['elected', 'epochs', 'watermark']) expect(nobody.told.passes(id)).toBe(false)
  const missed: Seen = {
    at: untilDown.at(-1)!.at,
    observation: { type: 'unobserved', why: 'the gateway was away', since: untilDown.at(-1)!.at },
  }
  const gap = await judge(FAILOVER, [...untilDown, missed, ...after])
  expect(gap.told.passes('elected')).toBe(true)
  for (const id of ['epochs', 'watermark']) expect(gap.told.passes(id)).toBe(false)
  const fell = await judge(FAILOVER, [
    ...untilDown,
    ...changed(after, (seen) =>
      seen.type === 'metadata-log' && seen.highWatermark ? { ...seen, highWatermark: 1 } : seen,
    ),
  ])
  expect(fell.told.says('watermark')).toMatchObject({ passed: false, says: expect.stringContaining('fell') })
})

const PARTITION: Judges = {
  cut: ({ history }) => history.isolated({ wasLeader: true }),
  elected: ({ history }) => history.newLeader({ after: 'cut' }),
  stepped: ({ history }) => history.steppedDown({ after: 'cut' }),
  healed: ({ history }) => history.healed({ after: 'cut' }),
  epochs: ({ history }) => history.leadersByEpoch({ after: 'cut' }),
  nobody: ({ history }) => history.noLeaderBetween('cut', 'healed'),
}

test('the leader isolated, and healed', async () => {
  const history = await recorded('network-partition')
  const { order, told } = await judge(PARTITION, history)
  expect(order.slice(0, 1)).toEqual(['cut'])
  expect(order.indexOf('elected')).toBeLessThan(order.indexOf('healed'))
  expect(order.indexOf('stepped')).toBeLessThan(order.indexOf('healed'))
  expect(order).toContain('epochs')
  // There was one: that of the other side.
  expect(told.says('nobody')).toMatchObject({ passed: false, says: expect.stringContaining('in between') })
  const host = history.flatMap(({ observation: seen }) =>
    seen.type === 'fault' && seen.fault.action === 'isolate' ? [seen.fault.host] : [],
  )[0]!
  expect(told.says('cut').says).toBe(`${host} is cut off from all others.`)
})

test('a partition that cut off another than the leader, or nobody, or was never healed', async () => {
  const history = await recorded('network-partition')
  const isNetwork = (seen: Observation) => seen.type === 'network'
  const uncut = await judge(
    PARTITION,
    changed(history, (seen) => (isNetwork(seen) ? null : seen)),
  )
  expect(uncut.order).toEqual([])
  const half = changed(history, (seen) => (seen.type === 'network' ? { ...seen, cuts: seen.cuts.slice(1) } : seen))
  expect((await judge(PARTITION, half)).order).toEqual([])
  const heal = history.findLastIndex(({ observation }) => isNetwork(observation))
  const unhealed = await judge(PARTITION, history.toSpliced(heal, 1))
  expect(unhealed.told.passes('healed')).toBe(false)
  expect(unhealed.order).toContain('elected')
})
