/** What a lesson says of a scenario is what happens in it. */
import { expect, test } from 'vitest'
import { messages } from '#messages/text.ts'
import { leaderIn, opening, perform, type Scenario } from '#raft/scenario.ts'
import { type ScenarioName, scenarios } from '#raft/scenarios/index.ts'
import { step } from '#raft/step.ts'
import type { News, Quorum } from '#raft/types.ts'

function show(name: ScenarioName, moment: string): { before: Quorum; after: Quorum; news: News[] } {
  const scenario: Scenario = scenarios[name]
  const { deeds, settings } = scenario.moments[moment]!
  const before = opening(scenario, settings)
  const news: News[] = []
  let after = before
  for (const event of perform(before, deeds)) {
    after = step(after, event)
    news.push(...after.news)
  }
  return { before, after, news }
}
const node = (quorum: Quorum, id: number) => quorum.nodes.find((one) => one.id === id)!

test('each has its words', () => {
  for (const [name, { moments }] of Object.entries(scenarios)) {
    const words = messages.raft.scenario[name as ScenarioName]
    expect(Object.keys(words.moments).sort(), name).toEqual(Object.keys(moments).sort())
  }
})

test('election: one leads; a split vote elects nobody in its epoch', () => {
  expect(leaderIn(show('election', 'elected').after)).not.toBeNull()
  const { after, news } = show('election', 'split-vote')
  expect(news).toContainEqual(expect.objectContaining({ is: 'vote', because: 'stands-itself' }))
  expect(leaderIn(after)!.epoch).toBeGreaterThan(1)
  expect(news).not.toContainEqual(expect.objectContaining({ is: 'role', role: 'leader', epoch: 1 }))
})

test('failover: another leads after a crash, and the old one follows when it is back; a stop is quicker', () => {
  expect(node(opening(scenarios.failover), 102).role.is).toBe('leader')
  const crash = show('failover', 'crash')
  expect(leaderIn(crash.after)!.id).not.toBe(102)
  expect(crash.after.now - crash.before.now).toBeGreaterThan(1_400)
  const back = show('failover', 'return')
  expect(node(back.after, 102).role).toMatchObject({ is: 'follower' })
  expect(back.news).toContainEqual(expect.objectContaining({ node: 102, role: 'resigned', why: 'start' }))
  const stop = show('failover', 'stop')
  expect(node(stop.after, 102).process).toBe('down')
  expect(stop.after.now - stop.before.now).toBeLessThan(500)
})

test('stale-candidate: the short log is refused, and the complete one wins', () => {
  const { news, after } = show('stale-candidate', 'refused')
  expect(news).toContainEqual(expect.objectContaining({ is: 'vote', node: 103, candidate: 101, because: 'log-behind' }))
  expect(leaderIn(after)).toBeNull()
  const wins = show('stale-candidate', 'wins').after
  expect(leaderIn(wins)!.id).toBe(103)
  expect(node(wins, 101).log).toEqual(node(wins, 103).log)
})

test('pre-vote: the epoch stays with it, and rises without it, and then the leader falls', () => {
  const withIt = show('pre-vote', 'with')
  expect(node(withIt.after, 103).epoch).toBe(node(withIt.before, 102).epoch)
  expect(leaderIn(withIt.after)!.id).toBe(102)
  const without = show('pre-vote', 'without')
  expect(leaderIn(without.after)!.epoch).toBeGreaterThan(node(without.before, 102).epoch + 1)
  expect(without.news).toContainEqual(expect.objectContaining({ node: 102, role: 'unattached', why: 'later-epoch' }))
})

test('partition: the isolated leader commits nothing, resigns and is cut', () => {
  const alone = show('partition', 'alone')
  expect(node(alone.after, 102).role.is).toBe('resigned')
  expect(alone.news).toContainEqual(expect.objectContaining({ node: 102, role: 'resigned', why: 'check-quorum' }))
  expect(alone.news).not.toContainEqual(expect.objectContaining({ is: 'high-watermark', node: 102 }))
  const healed = show('partition', 'healed')
  expect(healed.news).toContainEqual(expect.objectContaining({ is: 'truncated', node: 102, to: 3, count: 2 }))
  expect(leaderIn(show('partition', 'one-way').after)!.id).not.toBe(102)
})

test('truncation: cut where the epochs part', () => {
  expect(node(opening(scenarios.truncation), 102).log).toHaveLength(6)
  expect(show('truncation', 'cut').news).toContainEqual(expect.objectContaining({ is: 'truncated', to: 3, count: 3 }))
  const { after } = show('truncation', 'cut-and-caught-up')
  expect(node(after, 102).log).toEqual(leaderIn(after)!.log)
})

test('observers: the high watermark does not wait for them, and they elect nobody', () => {
  const { after } = show('observers', 'paused')
  expect(leaderIn(after)!.highWatermark).toBe(leaderIn(after)!.log.length)
  expect(node(after, 1).log.length).toBeLessThan(leaderIn(after)!.log.length)
  expect(leaderIn(show('observers', 'no-vote').after)).toBeNull()
})

test('two-voters: either one that dies ends it', () => {
  const follower = show('two-voters', 'follower-dies').after
  expect(node(follower, 101).log.length).toBeGreaterThan(node(opening(scenarios['two-voters']), 101).highWatermark!)
  expect(leaderIn(follower)).toBeNull()
  expect(leaderIn(show('two-voters', 'leader-dies').after)).toBeNull()
})
