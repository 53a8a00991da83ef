import { expect, test } from 'vitest'
import { byNeed, counted, distributionOf, shownOf } from '#components/class-live/standings.ts'
import { roughly } from '#components/workbench/format.ts'
import type { BoardRow } from '#labs/protocol/class.ts'

const STEPS = [{ checks: 2 }, { checks: 1 }]
const row = (
  name: string,
  given: Partial<BoardRow>,
  passed: [number, number] = [0, 0],
  ms: number | null = null,
): BoardRow => ({
  userId: name,
  name,
  session: 's',
  live: true,
  steps: passed.map((one, index) => ({ passed: one, ms: index === 0 ? ms : null, hints: 0, solution: false })),
  at: passed[0] < 2 ? 0 : passed[1] < 1 ? 1 : null,
  standing: { is: 'working' },
  helpSince: null,
  elsewhere: false,
  pictures: [],
  drill: null,
  ...given,
})
const stuck = (since: number) => ({ is: 'stuck', because: 'time', times: 0, since }) as const
const ROWS = [
  row('done', { standing: { is: 'done' } }, [2, 1], 9_000),
  row('away', { standing: { is: 'away' }, live: false }, [1, 0]),
  row('second', {}, [2, 0], 4_000),
  row('first', {}, [1, 0]),
  row('stuck late', { standing: stuck(20) }),
  row('stuck long', { standing: stuck(10) }, [2, 0], 5_000),
  row('hand late', { helpSince: 9 }),
  row('hand', { helpSince: 5, standing: stuck(1) }),
  // whoever has no room any more cannot be helped in it
  row('was up', { helpSince: 1, live: false, standing: { is: 'away' } }),
]

test('who needs somebody first: hands, then the stuck, each the longest first, then who is furthest behind', () => {
  const names = byNeed(ROWS).map(({ name }) => name)
  expect(names).toEqual(['hand', 'hand late', 'stuck long', 'stuck late', 'first', 'second', 'away', 'was up', 'done'])
  expect(ROWS[0]?.name).toBe('done')
})

test('counts what it shows', () => {
  expect(counted(ROWS)).toEqual({ hands: 2, stuck: 2, working: 2, idle: 0, away: 2, done: 1 })
  expect(shownOf(ROWS[7]!)).toBe('hands')
})

test('the distribution of each step: past it, at it, stuck in it, and the median time', () => {
  expect(distributionOf(ROWS, STEPS)).toEqual([
    { done: 3, working: 4, stuck: 2, medianMs: 5_000 },
    { done: 1, working: 2, stuck: 1, medianMs: null },
  ])
  expect(distributionOf([], STEPS)[0]).toEqual({ done: 0, working: 0, stuck: 0, medianMs: null })
})

test('lengths of time in a figure or two', () => {
  expect([0, 59_999, 60_000, 3_599_999, 3_900_000, -5].map(roughly)).toEqual([
    '0 s',
    '59 s',
    '1 min',
    '59 min',
    '1 h 5 min',
    '0 s',
  ])
})
