import { beforeEach, describe, expect, test } from 'vitest'
import { type Outage, OutageMeter, SURE_MS, TICK_MS } from '#labs/probe/outage.ts'

const BOOT = 5_000
const EPOCH = 1_000_000

describe('the outage meter', () => {
  let now: number
  let wallAhead: number
  let told: Outage[]
  let meter: OutageMeter

  beforeEach(() => {
    now = 0
    wallAhead = 0
    told = []
    const clock = { mono: () => BOOT + now, wall: () => EPOCH + now + wallAhead }
    meter = new OutageMeter(clock, (outage) => told.push(outage))
  })

  /** Time goes by as it does for a process that runs. */
  function run(ms: number, each: () => void = () => undefined): void {
    for (const until = now + ms; now < until; ) {
      now += TICK_MS
      meter.tick()
      each()
    }
  }
  const works = (ms: number) => run(ms, () => meter.success())
  /** The process, or the whole machine, did not run. */
  const stall = (ms: number) => {
    now += ms
    meter.tick()
  }

  test('nothing is out before it has worked', () => {
    run(60_000, () => meter.failure('not yet'))
    expect(told).toEqual([])
    expect(meter.worked).toBe(false)
  })

  test('what answers now and then is not out', () => {
    meter.success()
    for (let times = 0; times < 50; times++) {
      run(SURE_MS - TICK_MS, () => meter.failure('once more'))
      meter.success()
    }
    expect(told).toEqual([])
  })

  test('is told once it is sure, from the last success on, and again with the first success', () => {
    works(1_000)
    run(SURE_MS, () => meter.failure('broker 1: gone'))
    const from = EPOCH + 1_000
    expect(told).toEqual([{ from, to: null, why: 'broker 1: gone' }])
    run(2_000, () => meter.failure('broker 2: not the leader'))
    expect(told).toHaveLength(1)
    now += 20
    meter.success()
    expect(told[1]).toEqual({ from, to: from + SURE_MS + 2_020, why: 'broker 2: not the leader' })
    works(5_000)
    expect(told).toHaveLength(2)
  })

  test('is told within a second', () => {
    works(1_000)
    while (told.length === 0) run(TICK_MS)
    expect(now - 1_000).toBeLessThanOrEqual(1_000)
    expect(told[0]?.why).toBe('no answer')
  })

  test('two outages are two', () => {
    works(100)
    run(3_000)
    works(100)
    run(2_000)
    meter.success()
    expect(told.map(({ from, to }) => to && to - from)).toEqual([null, 3_050, null, 2_000])
  })

  test('a time in which this process did not run is none', () => {
    works(1_000)
    stall(30_000)
    expect(told).toEqual([])
    run(SURE_MS - 2 * TICK_MS)
    meter.success()
    expect(told).toEqual([])
  })

  test('silence behind such a time counts from its end', () => {
    works(1_000)
    stall(30_000)
    run(SURE_MS)
    expect(told).toEqual([{ from: EPOCH + 31_000, to: null, why: 'no answer' }])
  })

  test('what had failed before such a time had failed', () => {
    works(1_000)
    run(200, () => meter.failure('broker 1: gone'))
    stall(10_000)
    run(SURE_MS, () => meter.failure('broker 1: gone'))
    expect(told).toEqual([{ from: EPOCH + 1_000, to: null, why: 'broker 1: gone' }])
  })

  test('a clock that is set changes no length', () => {
    works(1_000)
    run(1_500)
    wallAhead = -3_600_000
    run(500)
    meter.success()
    expect(told[1]).toMatchObject({ from: EPOCH + 1_000, to: EPOCH + 3_000 })
  })
})
