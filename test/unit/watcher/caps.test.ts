import { describe, expect, test } from 'vitest'
import type { MetadataRecord } from '#labs/kafka/metadata/records.ts'
import type { Observation } from '#labs/protocol/observation.ts'
import { Budget } from '#labs/watcher/budget.ts'
import type { Clock } from '#labs/watcher/clock.ts'
import { Gaps } from '#labs/watcher/gaps.ts'
import { Projection } from '#labs/watcher/projection.ts'
import type { Surroundings } from '#labs/watcher/room.ts'

/** Time passes when somebody waits for it. */
function handClock(): Clock & { pass(ms: number): void } {
  let now = 0
  const waiting: { at: number; resolve(): void }[] = []
  return {
    now: () => now,
    delay: (ms) => new Promise((resolve) => waiting.push({ at: now + ms, resolve })),
    pass: (ms) => {
      now += ms
      for (const { at, resolve } of waiting) if (at <= now) resolve()
    },
  }
}
const record = (type: string, data: unknown): MetadataRecord => ({
  ...{ offset: 1, epoch: 1, timestamp: 1, version: 0 },
  type,
  data,
})

describe('what a watcher tells', () => {
  test('a budget allows a burst, then so much a second, debts included', () => {
    const clock = handClock()
    const budget = new Budget(clock, { perSecond: 100, burst: 1_000 })
    budget.take(999)
    expect(budget.waitMs).toBe(0)
    budget.take(501)
    expect(budget.waitMs).toBeGreaterThanOrEqual(5_000)
    clock.pass(budget.waitMs)
    expect(budget.waitMs).toBe(0)
    clock.pass(3_600_000)
    budget.take(1_000)
    expect(budget.waitMs).toBeGreaterThan(0)
  })

  test('a budget of one a second allows it each second', () => {
    const clock = handClock()
    const budget = new Budget(clock, { perSecond: 1, burst: 10 })
    let told = 0
    for (let tick = 0; tick < 600; tick++) {
      if (budget.waitMs === 0) {
        told++
        budget.take(1)
      }
      clock.pass(50)
    }
    expect(told).toBeGreaterThanOrEqual(39)
    expect(told).toBeLessThanOrEqual(41)
  })

  test('records beyond what a lab has are left out, and those of topics that were', () => {
    const projection = new Projection()
    const topic = (index: number) => record('TOPIC_RECORD', { topicId: `id-${index}`, name: `topic-${index}` })
    const partition = (topicId: string, partitionId: number, replicas = [1]) =>
      record('PARTITION_RECORD', { topicId, partitionId, replicas, leader: 1 })
    const many = Array.from({ length: 5_001 }, (_, index) => topic(index))
    expect(projection.apply(many)).toHaveLength(5_000)
    expect(projection.apply([partition('id-5000', 0), partition('id-1', 0)])).toEqual([partition('id-1', 0)])
    expect(projection.apply(Array.from({ length: 10_002 }, (_, index) => partition('id-2', index)))).toHaveLength(
      10_000,
    )
    expect(projection.apply([partition('id-3', 0, new Array(65).fill(1))])).toEqual([])
    expect(projection.apply([record('TOPIC_RECORD', { topicId: 'id-4', name: 'x'.repeat(250) })])).toEqual([])
    projection.apply([record('REMOVE_TOPIC_RECORD', { topicId: 'id-2' })])
    expect(projection.apply([topic(6_000)])).toHaveLength(1)
    const brokers = Array.from({ length: 70 }, (_, brokerId) => record('REGISTER_BROKER_RECORD', { brokerId }))
    expect(projection.apply([...brokers, ...brokers])).toHaveLength(128)
    expect(projection.apply([record('SnapshotHeader', {}), ...many.slice(0, 2)])).toHaveLength(3)
  })

  test('gaps are told at once, then once a second, none left out', async () => {
    const clock = handClock()
    const seen: Observation[] = []
    const emit = (observation: Observation): void => {
      seen.push(observation)
    }
    const { signal } = new AbortController()
    const gaps = new Gaps({ clock, signal, emit } as unknown as Surroundings)
    for (let tick = 0; tick < 10; tick++) gaps.note('too much')
    expect(seen).toEqual([{ type: 'unobserved', why: 'too much', since: expect.any(Number) }])
    clock.pass(1_000)
    await Promise.resolve()
    await Promise.resolve()
    expect(seen).toHaveLength(2)
  })
})
