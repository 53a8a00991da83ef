/** What was recorded in real rooms can happen in the model: the same faults, leaders, epochs and offsets. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Lab } from '#labs/engine/define.ts'
import { readHistory } from '#labs/engine/history.ts'
import { findSchedule } from '../../support/reachable/index.ts'
import { recordedRun } from '../../support/reachable/recorded-run.ts'
import { notShown } from '../../support/reachable/shown.ts'

/** States of a search: each recording below is found within so many. */
const FEW = 3_000
/** Half a second each on a quiet machine. */
const LIMIT_MS = 60_000
const FIXTURES = join(import.meta.dirname, '../../fixtures/histories')
const runs = await Promise.all(
  readdirSync(FIXTURES).map(async (file) => {
    const slug = file.replace('.ndjson', '')
    const { default: lab } = (await import(`../../../labs/catalog/${slug}/lab.ts`)) as { default: Lab }
    const { entries } = await readHistory(join(FIXTURES, file))
    return { slug, run: recordedRun(lab, entries) }
  }),
)
const several = runs.flatMap(({ slug, run }) => (run ? [{ slug, run }] : []))

test('there are recordings with several controllers', () => {
  expect(several.length).toBeGreaterThanOrEqual(3)
})

test.each(several)('$slug is reachable', { timeout: LIMIT_MS }, ({ run }) => {
  const found = findSchedule(run, FEW)
  expect(found).toHaveProperty('events')
  if ('events' in found) expect(notShown(run, found.events)).toBeNull()
})

test('what KRaft does not allow is not found', { timeout: LIMIT_MS }, () => {
  const { run } = several.find(({ slug }) => slug === 'network-partition')!
  const [cutOff, lateEpoch] = [102, 3]
  const wins = (leader: number) => (item: (typeof run.items)[number]) =>
    item.is === 'view' && item.epoch === lateEpoch ? { ...item, leader } : item
  // the one that was cut off leads the others
  const items = run.items.filter(({ is }) => is !== 'log').map(wins(cutOff))
  const starts = new Map(run.starts).set(lateEpoch, { leader: cutOff, offset: 19 })
  expect(findSchedule({ ...run, items, starts }, FEW / 4)).toHaveProperty('stuckAt')
  // an epoch begins below what was committed before
  const short = new Map(run.starts).set(lateEpoch, { leader: 101, offset: 12 })
  expect(findSchedule({ ...run, starts: short }, FEW / 4)).toHaveProperty('stuckAt')
})
