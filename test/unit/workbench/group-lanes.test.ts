/** Where a group's past stands on a line of time. */
import { expect, test } from 'vitest'
import { lanesOf, pausesOf } from '#components/facts/group-lanes.ts'
import type { GroupPast } from '#labs/protocol/live.ts'

const past: GroupPast = {
  group: 'billing',
  states: [
    { state: 'Stable', epoch: 3, members: 2, from: 0, to: 60 },
    { state: 'Reconciling', epoch: 4, members: 1, from: 60, to: null },
  ],
  held: [
    { member: 'b', name: 'member-10', partition: 'orders-1', from: 0, to: 60 },
    { member: 'a', name: 'member-2', partition: 'orders-0', from: 0, to: null },
    { member: 'a', name: 'member-2', partition: 'orders-1', from: 80, to: null },
  ],
  still: [{ partition: 'orders-1', from: 40, to: 90 }],
  moved: { 'orders-0': { offset: 7, at: 100 }, 'orders-1': { offset: 3, at: 90 } },
}

test('a lane for each partition of a member, with what of it stood still', () => {
  const { members, states } = lanesOf(past, 0, 100)
  expect(members).toEqual([
    {
      name: 'member-2',
      lanes: [
        { partition: 'orders-0', held: [{ left: 0, width: 100 }], still: [] },
        { partition: 'orders-1', held: [{ left: 80, width: 20 }], still: [{ left: 80, width: 10 }] },
      ],
    },
    {
      name: 'member-10',
      lanes: [{ partition: 'orders-1', held: [{ left: 0, width: 60 }], still: [{ left: 40, width: 20 }] }],
    },
  ])
  expect(states.map(({ says, good, left }) => [says, good, left])).toEqual([
    ['Stable, epoch 3', true, 0],
    ['Reconciling, epoch 4', false, 60],
  ])
})

test('of an earlier part only what lies in it, cut off at its ends', () => {
  expect(lanesOf(past, 50, 70).members.map(({ name, lanes }) => [name, lanes.map(({ held }) => held)])).toEqual([
    ['member-2', [[{ left: 0, width: 100 }]]],
    ['member-10', [[{ left: 0, width: 50 }]]],
  ])
})

test('the longest pause of each partition, and whose it was; one that lasts counts up to now', () => {
  expect(pausesOf(past, 0, 100)).toEqual([
    { partition: 'orders-1', from: 40, ms: 50, lasts: false, members: ['member-10', 'member-2'] },
  ])
  expect(pausesOf(past, 0, 5_100).map(({ partition, ms, lasts }) => [partition, ms, lasts])).toEqual([
    ['orders-1', 5_010, true],
    ['orders-0', 5_000, true],
  ])
})
