import { expect, test } from 'vitest'
import { Looks } from '#labs/gateway/looks.ts'

const TOOK_MS = 20

function slowLooks() {
  const began: number[] = []
  const looks = new Looks(async (at: number) => {
    began.push(performance.now())
    await new Promise((resolve) => setTimeout(resolve, TOOK_MS))
    if (at < 0) throw new Error('the file is gone')
    return at
  })
  return { looks, began }
}

test('of each browser only the newest wish is looked at', async () => {
  const { looks, began } = slowLooks()
  const first = looks.ask('a', 1)
  const asked = [2, 3, 4].map((at) => looks.ask('a', at))
  expect(await Promise.all([first, ...asked])).toEqual([1, null, null, 4])
  expect(began).toHaveLength(2)
})

test('all browsers share one queue, which rests ten times as long as it looked', async () => {
  const { looks, began } = slowLooks()
  const asked = ['a', 'b', 'c'].map((browser, at) => looks.ask(browser, at))
  expect(await Promise.all(asked)).toEqual([0, 1, 2])
  for (const index of [1, 2]) expect(began[index]! - began[index - 1]!).toBeGreaterThan(TOOK_MS * 10)
})

test('a failure is told to who asked, and one that has left is not served', async () => {
  const { looks, began } = slowLooks()
  const failing = looks.ask('a', -1)
  const left = looks.ask('b', 1)
  const next = looks.ask('c', 2)
  looks.forget('b')
  await expect(failing).rejects.toThrow('the file is gone')
  expect(await Promise.all([left, next])).toEqual([null, 2])
  expect(began).toHaveLength(2)
})
