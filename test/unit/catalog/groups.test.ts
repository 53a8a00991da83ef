/** What a member's death is measured by, from look to look. */
import { expect, test } from 'vitest'
import type { Group } from '#labs/protocol/observation.ts'
import { failureOf, type Look } from '../../../labs/catalog/groups.ts'

type Shares = Record<string, number[]>
const BEFORE: Shares = { quick: [0, 1], slow: [2, 3], dead: [4, 5] }
const AFTER: Shares = { quick: [0, 1, 4], slow: [2, 3, 5] }

const look = (seconds: number, shares: Shares, offsets: number[], state = 'Stable'): Look => ({
  at: seconds * 1_000,
  seq: Math.round(seconds * 10) + 1,
  group: {
    id: 'billing',
    type: 'classic',
    state,
    protocol: 'range',
    epoch: null,
    assignmentEpoch: null,
    members: Object.entries(shares).map(([id, partitions]) => ({
      id,
      clientId: id,
      host: '',
      instance: null,
      epoch: null,
      assigned: partitions.map((partition) => ({ topic: 'orders', partition })),
      target: null,
    })),
    offsets: offsets.map((offset, partition) => ({ topic: 'orders', partition, offset })),
    delivered: [],
  } satisfies Group,
})

/** Quick ones commit each half second, the slow one every 4 s, as long as they have something. */
function looks(
  until: number,
  shares: (seconds: number) => Shares,
  states: (seconds: number) => string = () => 'Stable',
) {
  const offsets = [0, 0, 0, 0, 0, 0]
  const all: Look[] = []
  for (let seconds = 0; seconds <= until; seconds += 0.5) {
    const now = shares(seconds)
    for (const [id, partitions] of Object.entries(now))
      if (id === 'quick' || (id === 'slow' && seconds % 4 === 0) || (id === 'dead' && seconds <= 10))
        for (const partition of partitions) offsets[partition]! += 5
    all.push(look(seconds, now, [...offsets], states(seconds)))
  }
  return all
}

test('how long the partitions of the dead one and of the quick one stood still', () => {
  const shares = (seconds: number): Shares => (seconds < 15 ? BEFORE : seconds < 18 ? { quick: [], slow: [] } : AFTER)
  const found = failureOf(looks(26, shares), 1, 'orders', 6)
  expect(found).toMatchObject({
    lost: { name: 'dead', partitions: [4, 5], missedMs: 5_000, ms: 10_000 },
    stayed: { name: 'quick', partitions: [0, 1], ms: 3_500, usualMs: 500 },
  })
})

test('who goes at once after a commit has left in order', () => {
  const found = failureOf(
    looks(20, (seconds) => (seconds < 10.5 ? BEFORE : AFTER)),
    1,
    'orders',
    6,
  )
  expect(found).toMatch(/^dead left in order/)
})

const waiting = (seconds: number): Shares => (seconds < 15 ? BEFORE : { quick: [], slow: [] })
const sharedAnew = (last: Look): Look => ({
  at: last.at + 500,
  seq: last.seq + 5,
  group: { ...look(0, AFTER, []).group, offsets: last.group.offsets },
})

test.each([
  ['all are there', looks(20, () => BEFORE), /^No one of three members has gone; 3/],
  ['what went before the step does not count', looks(5, (at) => (at < 2 ? BEFORE : AFTER)), /^No one/, 100],
  ['it is not shared anew yet', looks(16, waiting), /are nobody’s/],
  [
    'nobody has read on',
    looks(17.5, waiting).concat(sharedAnew(looks(17.5, waiting).at(-1)!)),
    /nothing of them is committed/,
  ],
] as [string, Look[], RegExp, number?][])('%s', (_, all, says, opened = 1) => {
  expect(failureOf(all, opened, 'orders', 6)).toMatch(says)
})
