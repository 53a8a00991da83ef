/** What was recorded in real rooms can happen in the model: the same faults, leaders, epochs and offsets. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Lab } from '#labs/engine/define.ts'
import { readHistory } from '#labs/engine/history.ts'
import { findSchedule } from '../../support/reachable/index.ts'
import { recordedRun } from '../../support/reachable/recorded-run.ts'
import { notShown } from '../../support/reachable/shown.ts'
import { SOAK } from '../../support/soak.ts'

/** States of a search: each recording below is found within so many. */
const FEW = 3_000
/** Voters of 3.9 stand for election without asking first (KIP-996): they disturb each other, and it takes some seconds. */
const MANY = 200_000
/** Half a second each on a quiet machine. */
const LIMIT_MS = 60_000
const FIXTURES = join(import.meta.dirname, '../../fixtures/histories')
const runs = await Promise.all(
  readdirSync(FIXTURES).map(async (file) => {
    const [slug, variant] = file.replace('.ndjson', '').split('.')
    const { default: lab } = (await import(`../../../labs/catalog/${slug}/lab.ts`)) as { default: Lab }
    const { entries } = await readHistory(join(FIXTURES, file))
    return { slug, run: recordedRun((variant && lab.variants[variant]) || lab, entries) }
  }),
)
const several = runs.flatMap(({ slug, run }) => (run ? [{ slug, run }] : []))

test('there are recordings with several controllers', () => {
  expect(several.length).toBeGreaterThanOrEqual(3)
})

test.each(several.filter(({ run }) => SOAK || run.preVote))('$slug is reachable', { timeout: LIMIT_MS }, ({ run }) => {
  const found = findSchedule(run, run.preVote ? FEW : MANY)
  expect(found).toHaveProperty('events')
  if ('events' in found) expect(notShown(run, found.events)).toBeNull()
})

test('a recording is compared to its end, or until other voters are written', () => {
  const epochs = (of: string) => [...several.find(({ slug }) => slug === of)!.run.starts.keys()]
  expect(epochs('alerts')).toEqual([1, 2])
  expect(epochs('uncommitted-suffix')).toEqual([1, 2])
  expect(epochs('voter-returns')).toEqual([1])
  const lastView = several.find(({ slug }) => slug === 'voter-returns')!.run.items.findLast(({ is }) => is === 'view')
  // its leader was removed, and resigned
  expect(lastView).not.toMatchObject({ node: 103, leader: null })
})

test('what KRaft does not allow is not found', { timeout: LIMIT_MS }, () => {
  const { run } = several.find(({ slug }) => slug === 'network-partition')!
  const [cutOff, lateEpoch] = [102, 3]
  const wins = (leader: number) => (item: (typeof run.items)[number]) =>
    item.is === 'view' && item.epoch === lateEpoch ? { ...item, leader } : item
  // the one that was cut off leads the others
  const items = run.items.filter(({ is }) => is !== 'log').map(wins(cutOff))
  const starts = new Map(run.starts).set(lateEpoch, { leader: cutOff, offset: 19 })
  expect(findSchedule({ ...run, items, starts }, FEW)).toHaveProperty('stuckAt')
  // an epoch begins below what was committed before
  const short = new Map(run.starts).set(lateEpoch, { leader: 101, offset: 12 })
  expect(findSchedule({ ...run, starts: short }, FEW)).toHaveProperty('stuckAt')
})

test('neither is what comes of it when only one has the records', { timeout: LIMIT_MS }, () => {
  const { run } = several.find(({ slug }) => slug === 'uncommitted-suffix')!
  const [cutOff, winner, lateEpoch] = [103, 102, 2]
  expect(run.starts.get(lateEpoch)).toEqual({ leader: winner, offset: 20 })
  const begins = (leader: number, offset: number) => {
    const wins = (item: (typeof run.items)[number]) =>
      item.is === 'view' && item.epoch === lateEpoch ? { ...item, leader } : item
    const items = leader === winner ? run.items : run.items.filter(({ is }) => is !== 'log').map(wins)
    return { ...run, items, starts: new Map(run.starts).set(lateEpoch, { leader, offset }) }
  }
  // after the suffix that only the old leader had
  expect(findSchedule(begins(winner, 41), FEW)).toHaveProperty('stuckAt')
  // below what was committed
  expect(findSchedule(begins(winner, 19), FEW)).toHaveProperty('stuckAt')
  expect(findSchedule(begins(cutOff, 41), FEW)).toHaveProperty('stuckAt')
})

test('nor a follower that forgets its leader within an epoch', { timeout: LIMIT_MS }, () => {
  const { run } = several.find(({ slug }) => slug === 'voter-returns')!
  const told = run.items.findIndex((item) => item.is === 'view' && item.node === 102 && item.leader === 103)
  const items = run.items.toSpliced(told + 1, 0, { is: 'view', node: 102, leader: null, epoch: 1 })
  expect(findSchedule({ ...run, items }, FEW)).toHaveProperty('stuckAt', items[told + 1])
})
