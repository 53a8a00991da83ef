/** What a group went through, from look to look. */
import { expect, test } from 'vitest'
import { foldGroups } from '#labs/engine/group-past.ts'
import type { GroupPast } from '#labs/protocol/live.ts'
import type { Group } from '#labs/protocol/observation.ts'

const group = (members: Record<string, number[]>, offsets: number[], state = 'Stable'): Group => ({
  id: 'billing',
  type: 'consumer',
  state,
  protocol: 'uniform',
  epoch: 3,
  assignmentEpoch: 3,
  members: Object.entries(members).map(([id, partitions]) => ({
    id,
    clientId: id,
    host: '192.0.2.12',
    instance: null,
    epoch: 3,
    assigned: partitions.map((partition) => ({ topic: 'orders', partition })),
    target: null,
  })),
  offsets: offsets.map((offset, partition) => ({ topic: 'orders', partition, offset })),
  delivered: [],
})

const looks = (...all: [at: number, ...groups: Group[]][]): GroupPast[] =>
  all.reduce((past: GroupPast[], [at, ...groups]) => foldGroups(past, groups, at), [])

test('who had which partition, from the look that shows it to the one that does not', () => {
  const [past] = looks(
    [1_000, group({ a: [0], b: [1] }, [0, 0])],
    [1_500, group({ a: [0], b: [1] }, [1, 1])],
    [2_000, group({ a: [0, 1] }, [2, 1])],
  )
  expect(past?.held).toEqual([
    { member: 'a', name: 'a', partition: 'orders-0', from: 1_000, to: null },
    { member: 'b', name: 'b', partition: 'orders-1', from: 1_000, to: 2_000 },
    { member: 'a', name: 'a', partition: 'orders-1', from: 2_000, to: null },
  ])
  expect(past?.states.map(({ members, from, to }) => [members, from, to])).toEqual([
    [2, 1_000, 2_000],
    [1, 2_000, null],
  ])
})

test('a pause of a partition lies between two commits that are a second apart or more', () => {
  const [past] = looks(
    [0, group({ a: [0, 1] }, [10, 10])],
    [900, group({ a: [0, 1] }, [11, 10])],
    [1_800, group({ a: [0, 1] }, [12, 10])],
    [4_000, group({ a: [0, 1] }, [13, 11])],
  )
  expect(past?.still).toEqual([
    { partition: 'orders-0', from: 1_800, to: 4_000 },
    { partition: 'orders-1', from: 0, to: 4_000 },
  ])
  expect(past?.moved['orders-1']).toEqual({ offset: 11, at: 4_000 })
})

test('of a group that is gone all has ended, and after ten minutes nothing is left', () => {
  const before = looks([0, group({ a: [0] }, [1])], [5_000])
  expect(before[0]?.held[0]?.to).toBe(5_000)
  expect(foldGroups(before, [], 700_000)).toEqual([])
})
