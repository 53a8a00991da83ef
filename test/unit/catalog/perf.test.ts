import { expect, test } from 'vitest'
import { summaryIn } from '#labs/catalog/perf.ts'

// As kafka-producer-perf-test 4.3.1 printed it.
const SAID = `9793 records sent, 1953.1 records/sec (0.19 MB/sec), 115.8 ms avg latency, 2074.0 ms max latency.
20000 records sent, 1988.862371 records/sec (0.19 MB/sec), 75.05 ms avg latency, 2074.00 ms max latency, 43 ms 50th, 304 ms 95th, 396 ms 99th, 421 ms 99.9th.
`
const file = (text: string) => ({
  state: 'fetched' as const,
  value: { path: '/home/learner/kafka/runs/a.txt', text, size: text.length, modified: 0 },
})

test('the total is read, not what was said on the way', () => {
  expect(summaryIn(file(SAID), 'runs/a.txt')).toEqual({
    records: 20_000,
    recordsPerSecond: 1988.862371,
    meanMs: 75.05,
    p99Ms: 396,
  })
})

test('a run that has not ended has no summary, and a file that is not there is named', () => {
  expect(summaryIn(file(SAID.split('\n')[0]!), 'runs/a.txt')).toContain('runs/a.txt has no summary yet')
  expect(summaryIn({ state: 'fetched', value: null }, 'runs/a.txt')).toContain('no file runs/a.txt')
})
