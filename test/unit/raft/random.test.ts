/** What Raft promises holds in the model under any order of events; and each promise can be broken by breaking a rule. */
import { expect, test } from 'vitest'
import { kraftRules, type Rules } from '#raft/rules.ts'
import { runRandomly } from '../../support/raft-model.ts'
import { SOAK } from '../../support/soak.ts'

const SCHEDULES = SOAK ? 60_000 : 1_000
const STEPS = 100
/** A broken rule is found out within so many schedules; each of those below was within a fifth of it. */
const MUTANT_SCHEDULES = 10_000

test(`${SCHEDULES} random schedules with random faults`, { timeout: 60_000 + SCHEDULES * 20 }, () => {
  let led = 0
  let committed = 0
  for (let seed = 1; seed <= SCHEDULES; seed++) {
    const { quorum, leaders } = runRandomly(seed, STEPS)
    if (leaders > 1) led++
    if (quorum.nodes.some(({ highWatermark }) => (highWatermark ?? 0) > 1)) committed++
  }
  // Schedules in which nothing happens would prove nothing.
  expect(led).toBeGreaterThan(SCHEDULES / 5)
  expect(committed).toBeGreaterThan(SCHEDULES / 5)
})

const broken: Record<string, { rules: Partial<Rules>; says: RegExp }> = {
  'votes without a comparison of logs': {
    rules: { isUpToDate: () => true },
    says: /leads epoch .* without|was committed as/,
  },
  'two votes in an epoch': {
    rules: {
      mayVote: (node, candidate, isUpToDate, preVote) => {
        const because = kraftRules.mayVote(node, candidate, isUpToDate, preVote)
        return because === 'voted-for-another' && isUpToDate ? 'up-to-date' : because
      },
    },
    says: /two leaders/,
  },
  'a leader by less than a majority': {
    rules: { majority: (granted, voters) => granted >= voters / 2 },
    says: /two leaders/,
  },
  'a high watermark that one replica reached': {
    rules: { highWatermark: (ends) => Math.max(...ends.map((end) => end ?? -1)) },
    says: /leads epoch .* without|was committed as|fell/,
  },
  'a follower that does not look where logs part': {
    rules: { divergence: () => null },
    says: /two logs differ|was committed as/,
  },
  'a high watermark by records of earlier epochs': {
    rules: { highWatermark: (ends) => kraftRules.highWatermark(ends, -1) },
    says: /leads epoch .* without|was committed as|fell/,
  },
}

test.each(Object.entries(broken))('%s is found out', { timeout: 60_000 }, (_name, { rules, says }) => {
  expect(() => {
    for (let seed = 1; seed <= MUTANT_SCHEDULES; seed++) runRandomly(seed, STEPS, { ...kraftRules, ...rules })
  }).toThrow(says)
})
