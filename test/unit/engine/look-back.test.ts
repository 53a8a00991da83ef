import { afterEach, expect, test, vi } from 'vitest'
import { missing } from '#labs/engine/define.ts'
import { foldEntry, nothing } from '#labs/engine/fold.ts'
import { type Entry, HISTORY_VERSION } from '#labs/engine/history.ts'
import { layoutOf } from '#labs/engine/layout.ts'
import { LookBack } from '#labs/engine/look-back.ts'
import { labOf } from '../../support/told.ts'

afterEach(() => void vi.useRealTimers())

test('a chunk is read once while somebody looks, and kept for nobody', async () => {
  vi.useFakeTimers()
  const layout = layoutOf(labOf({ never: () => missing('Never.') }))
  const entries = [1, 2, 3, 4].map(
    (seq): Entry => ({ v: HISTORY_VERSION, seq, at: seq, mono: seq, body: { type: 'step-opened', step: `s${seq}` } }),
  )
  const reads: number[] = []
  const past = new LookBack(layout, () => ({
    beginsChunk: (seq) => seq === 1 || seq === 4,
    read: async (chunk) => {
      reads.push(chunk)
      return chunk === 0 ? entries.slice(0, 3) : entries.slice(3)
    },
  }))
  let fold = nothing(layout)
  for (const entry of entries) {
    past.take(entry, fold)
    fold = foldEntry(fold, entry, layout)
  }
  const openedAt = async (at: number) => Object.keys((await past.foldAt(at))?.opened ?? {})
  expect(await openedAt(2)).toEqual(['s1', 's2'])
  expect(await openedAt(3)).toEqual(['s1', 's2', 's3'])
  expect(reads).toEqual([0])
  vi.advanceTimersByTime(10_000)
  expect(await openedAt(1)).toEqual(['s1'])
  expect(reads).toEqual([0, 0])
})
