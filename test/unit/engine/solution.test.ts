import { expect, test } from 'vitest'
import { fault, type ReplayDriver, replay } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'

const shows = (process: 'running' | 'none') =>
  ({ clusters: [{ nodes: [{ host: 'broker-1', process, up: false }] }] }) as unknown as LabSessionState

test('a node is started when its process has ended, not when it only fell silent', async () => {
  const done: string[] = []
  let now = shows('running')
  const driver: Partial<ReplayDriver> = {
    see: () => now,
    until: async (holds, what) => {
      expect(holds(now)).toBe(false)
      done.push(what)
      now = shows('none')
      expect(holds(now)).toBe(true)
    },
    fault: async ({ action }) => {
      done.push(action)
    },
  }
  const start = fault({ action: 'start', host: 'broker-1' })
  await replay([fault({ action: 'kill', host: 'broker-1' }), start], driver as ReplayDriver, 'broker-1')
  expect(done).toEqual(['kill', 'the process on broker-1 to end', 'start'])
})
