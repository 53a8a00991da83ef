import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { RateLimit } from '#config/rate-limit.ts'
import { checkOrigin } from '#labs/gateway/requests.ts'
import { RoomSpace, Slots } from '#labs/gateway/room-cap.ts'
import { owns, type Person, SignIns } from '#labs/gateway/sign-in.ts'

describe('RateLimit', () => {
  test('gives a burst, then one after each refill', () => {
    let now = 0
    const limit = new RateLimit(2, 1_000, () => now)
    expect([limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([true, true, false])
    expect(limit.take('b')).toBe(true)
    now = 999
    expect(limit.take('a')).toBe(false)
    now = 1_000
    expect([limit.take('a'), limit.take('a')]).toEqual([true, false])
    now = 60_000
    expect([limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([true, true, false])
  })
})

describe('Slots', () => {
  test('runs so many at once, in order, and goes on after a failure', async () => {
    const slots = new Slots(2)
    const order: number[] = []
    let running = 0
    let most = 0
    const work = (number: number) =>
      slots.run(async () => {
        order.push(number)
        most = Math.max(most, ++running)
        await new Promise((resolve) => setImmediate(resolve))
        running--
        if (number === 1) throw new Error('failed')
      })
    const ended = await Promise.allSettled([0, 1, 2, 3, 4].map(work))
    expect(order).toEqual([0, 1, 2, 3, 4])
    expect(most).toBe(2)
    expect(ended.filter(({ status }) => status === 'rejected')).toHaveLength(1)
  })
})

describe('RoomSpace', () => {
  const gigabyte = 2 ** 30

  test('holds rooms by their hosts, but one of any size', () => {
    const space = new RoomSpace(null, 10 * gigabyte)
    expect(space.fits([], 8)).toBe(true)
    expect(space.fits([1, 1], 3)).toBe(true)
    expect(space.fits([3], 3)).toBe(true)
    expect(space.fits([3, 3], 1)).toBe(false)
    expect(space.fits([6], 1)).toBe(false)
    expect(space.max).toBe(5)
    expect(new RoomSpace(null, -gigabyte).max).toBe(1)
  })

  test('holds as many as was configured, of any size', () => {
    const space = new RoomSpace(2, gigabyte)
    expect([space.fits([], 8), space.fits([8], 8), space.fits([1, 1], 1)]).toEqual([true, true, false])
    expect(space.max).toBe(2)
  })

  test('of the machine: what running rooms have already is theirs', () => {
    expect(RoomSpace.ofMachine(null, [3, 3]).max).toBeGreaterThanOrEqual(RoomSpace.ofMachine(null, []).max)
  })
})

describe('checkOrigin', () => {
  const request = (headers: IncomingMessage['headers']) => ({ headers }) as IncomingMessage
  test.each([
    ['http://lab.example:3000', 'lab.example:3000'],
    ['https://lab.example', 'lab.example'],
    ['http://lab.example', 'LAB.example'],
    ['http://[::1]:3000', '[::1]:3000'],
  ])('%s is a page of %s', (origin, host) => {
    expect(() => checkOrigin(request({ origin, host }))).not.toThrow()
  })
  test.each([
    [undefined, 'lab.example'],
    ['null', 'lab.example'],
    ['http://lab.example', undefined],
    ['http://lab.example:3001', 'lab.example:3000'],
    ['http://lab.example.evil', 'lab.example'],
    ['http://evil/lab.example', 'lab.example'],
    ['', ''],
  ])('%s is not a page of %s', (origin, host) => {
    expect(() => checkOrigin(request({ origin, host }))).toThrow(expect.objectContaining({ code: 'WRONG_ORIGIN' }))
  })
})

describe('SignIns', () => {
  const learner = (userId: string): Person => ({
    userId,
    name: 'Guest',
    email: '',
    isGuest: true,
    role: 'learner',
    formerly: [],
    sessionId: 's',
  })

  test('asks once for requests that come together, and again a few seconds later', async () => {
    let now = 0
    const asked: (string | null)[] = []
    const signIns = new SignIns(
      async (cookie) => {
        asked.push(cookie)
        return learner('me')
      },
      () => now,
    )
    await Promise.all([signIns.findOptional('c=1'), signIns.findOptional('c=1'), signIns.findOptional('c=2')])
    expect(asked).toEqual(['c=1', 'c=2'])
    now = 10_000
    await signIns.findOptional('c=1')
    expect(asked).toHaveLength(3)
    expect(await signIns.findOptional(undefined)).toBeNull()
    expect(asked).toHaveLength(3)
  })

  test('does not remember a failure', async () => {
    let fails = true
    const signIns = new SignIns(async () => {
      if (fails) throw new Error('the database is away')
      return learner('me')
    })
    await expect(signIns.findOptional('c=1')).rejects.toThrow('away')
    fails = false
    expect(await signIns.findOptional('c=1')).toEqual(learner('me'))
  })

  test('an account owns what its guest started', () => {
    expect(owns({ ...learner('account'), formerly: ['guest'] }, 'guest')).toBe(true)
    expect(owns(learner('account'), 'guest')).toBe(false)
  })
})
