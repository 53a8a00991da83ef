import type { Scenario } from '../scenario.ts'
import { brokers, controllers } from './names.ts'

const [first, second, third] = [101, 102, 103]
const three = { voters: controllers(1, 2, 3), observers: [] }
const startAll = { do: 'start' as const, to: [first, second, third] }
/** Three voters, controller-2 leads, three records are on all. */
const settled: Scenario['before'] = [
  { do: 'start', to: [first, second, third] },
  { do: 'timeout', to: [second] },
  { until: 'new-leader' },
  { do: 'append', payloads: ['a', 'b'] },
  { until: 'caught-up' },
]

/** Lessons name them; what each shows is said in the interface text. */
export const scenarios = {
  election: {
    ...three,
    settings: { seed: 4 },
    before: [startAll],
    moments: {
      elected: { deeds: [{ until: 'new-leader' }, { until: 'caught-up' }] },
      'split-vote': {
        deeds: [
          { forMs: 500 },
          { do: 'timeout', to: [first, second] },
          { do: 'cut', from: first, to: third },
          { do: 'cut', from: second, to: third },
          { until: { epoch: 1, of: first } },
          { until: { epoch: 1, of: second } },
          { forMs: 100 },
          { do: 'mend', from: first, to: third },
          { do: 'mend', from: second, to: third },
          { until: 'new-leader' },
        ],
      },
    },
  },
  failover: {
    ...three,
    settings: { seed: 11 },
    before: settled,
    moments: {
      crash: { deeds: [{ do: 'crash', to: [second] }, { until: 'new-leader' }, { until: 'caught-up' }] },
      return: {
        deeds: [
          { do: 'crash', to: [second] },
          { until: 'new-leader' },
          { do: 'append', payloads: ['c'] },
          { until: 'caught-up' },
          { do: 'start', to: [second] },
          { until: 'caught-up' },
        ],
      },
      stop: { deeds: [{ do: 'stop', to: [second] }, { until: 'new-leader' }, { until: 'caught-up' }] },
    },
  },
  'stale-candidate': {
    ...three,
    settings: { seed: 5 },
    // controller-1 is down while two records are written; then all are, and two come back
    before: [
      ...settled,
      { do: 'crash', to: [first] },
      { do: 'append', payloads: ['c', 'd'] },
      { until: 'caught-up' },
      { do: 'crash', to: [second, third] },
      { do: 'start', to: [first, third] },
    ],
    moments: {
      refused: {
        deeds: [{ do: 'timeout', to: [first] }, { until: { role: 'prospective', of: first } }, { forMs: 100 }],
      },
      wins: { deeds: [{ do: 'timeout', to: [first] }, { until: 'new-leader' }, { until: 'caught-up' }] },
    },
  },
  'pre-vote': {
    ...three,
    settings: { seed: 7 },
    before: settled,
    moments: {
      with: {
        deeds: [
          { do: 'isolate', who: third },
          { until: { role: 'prospective', of: third } },
          { forMs: 5_000 },
          { do: 'heal', who: third },
          { until: 'caught-up' },
        ],
      },
      without: {
        settings: { preVote: false },
        deeds: [
          { do: 'isolate', who: third },
          { until: { role: 'candidate', of: third } },
          { forMs: 5_000 },
          { do: 'heal', who: third },
          { until: 'new-leader' },
          { until: 'caught-up' },
        ],
      },
    },
  },
  partition: {
    ...three,
    settings: { seed: 3 },
    before: settled,
    moments: {
      alone: {
        deeds: [
          { do: 'isolate', who: second },
          { do: 'append', payloads: ['c', 'd'] },
          { until: 'new-leader' },
          { until: { role: 'resigned', of: second } },
        ],
      },
      healed: {
        deeds: [
          { do: 'isolate', who: second },
          { do: 'append', payloads: ['c', 'd'] },
          { until: 'new-leader' },
          { do: 'append', payloads: ['e'] },
          { forMs: 4_000 },
          { do: 'heal', who: second },
          { until: 'caught-up' },
        ],
      },
      'one-way': {
        deeds: [
          { do: 'cut', from: second, to: first },
          { do: 'cut', from: second, to: third },
          { until: 'new-leader' },
          { forMs: 1_500 },
        ],
      },
    },
  },
  truncation: {
    ...three,
    settings: { seed: 9 },
    // the old leader has three records that nobody else has; the others went on without it
    before: [
      ...settled,
      { do: 'isolate', who: second },
      { do: 'append', payloads: ['c', 'd', 'e'] },
      { until: 'new-leader' },
      { do: 'append', payloads: ['f'] },
      { until: 'caught-up' },
    ],
    moments: {
      cut: { deeds: [{ do: 'heal', who: second }, { until: { end: 3, of: second } }] },
      'cut-and-caught-up': {
        deeds: [{ do: 'heal', who: second }, { until: { end: 3, of: second } }, { until: 'caught-up' }],
      },
    },
  },
  observers: {
    voters: controllers(1, 2, 3),
    observers: brokers(1, 2),
    settings: { seed: 2 },
    before: [
      { do: 'start', to: [first, second, third, 1, 2] },
      { do: 'timeout', to: [second] },
      { until: 'new-leader' },
      { do: 'append', payloads: ['a'] },
      { until: 'caught-up' },
    ],
    moments: {
      paused: { deeds: [{ do: 'pause', to: [1, 2] }, { do: 'append', payloads: ['b', 'c'] }, { forMs: 300 }] },
      'no-vote': { deeds: [{ do: 'crash', to: [second, third] }, { forMs: 6_000 }] },
    },
  },
  'two-voters': {
    voters: controllers(1, 2),
    observers: [],
    settings: { seed: 6 },
    before: [
      { do: 'start', to: [first, second] },
      { do: 'timeout', to: [first] },
      { until: 'new-leader' },
      { do: 'append', payloads: ['a'] },
      { until: 'caught-up' },
    ],
    moments: {
      'follower-dies': {
        deeds: [
          { do: 'crash', to: [second] },
          { do: 'append', payloads: ['b'] },
          { until: { role: 'resigned', of: first } },
        ],
      },
      'leader-dies': { deeds: [{ do: 'crash', to: [first] }, { forMs: 6_000 }] },
    },
  },
} satisfies Record<string, Scenario>

export type ScenarioName = keyof typeof scenarios
