import { describe, expect, test } from 'vitest'
import type { Observation } from '#labs/protocol/observation.ts'
import { Observations } from '#labs/sandbox/switch/observations.ts'

const MIB = 2 ** 20
const down = (chars: number): Observation => ({ type: 'node-down', host: 'kafka-1', why: 'x'.repeat(chars) })

/** A gateway that takes what it is told when it is told to. */
function gateway() {
  const told: { number: number; type: string }[] = []
  const drains: (() => void)[] = []
  const observations = new Observations(({ number, observation }, drained) => {
    told.push({ number, type: observation.type })
    drains.push(drained)
  })
  const drain = (): void => {
    for (const drained of drains.splice(0)) drained()
  }
  return { observations, told, drain }
}
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

describe('observations on their way to the gateway', () => {
  test('a large backlog is told in pieces, in order, and what comes meanwhile after it', () => {
    const { observations, told, drain } = gateway()
    for (let count = 0; count < 20; count++) observations.add(down(MIB))
    expect(told).toHaveLength(4)
    drain()
    expect(told).toHaveLength(8)
    observations.resend(2)
    expect(told.splice(0, 8)).toHaveLength(8)
    expect(told.map(({ number }) => number)).toEqual([3, 4, 5, 6])
    observations.add(down(1))
    for (let turn = 0; turn < 5; turn++) drain()
    expect(told.map(({ number }) => number)).toEqual(upTo(21).slice(2))
  })

  test('to nobody it is told at once, and kept until it is seen', () => {
    const told: number[] = []
    const observations = new Observations(({ number }, drained) => {
      told.push(number)
      drained()
    })
    for (let count = 0; count < 5; count++) observations.add(down(1))
    observations.seen(3)
    expect(observations.oldest).toBe(4)
    observations.resend(0)
    expect(told).toEqual([1, 2, 3, 4, 5, 4, 5])
  })

  test('what is too many bytes goes, the oldest first, and the gap is told', () => {
    const { observations, told, drain } = gateway()
    for (let count = 0; count < 40; count++) observations.add(down(MIB))
    const oldest = observations.oldest
    expect(oldest).toBeGreaterThan(10)
    told.length = 0
    observations.resend(0)
    for (let turn = 0; turn < 20; turn++) drain()
    expect(told[0]).toEqual({ number: oldest, type: 'unobserved' })
    expect(told.map(({ number }) => number)).toEqual(upTo(40).slice(oldest - 1))
  })
})
