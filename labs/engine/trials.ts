/** Trials, as far as they are no matter of rooms: what is made for one, and what is kept of what arrived (docs/decisions/020). */
import { randomInt } from 'node:crypto'
import { isReserved } from '#labs/protocol/metadata.ts'
import type { Need, NeedResult } from '#labs/protocol/observation.ts'
import type { TrialEvidence } from '#labs/protocol/trial.ts'
import type { ClusterView } from './cluster.ts'
import type { Fact, Lab, Step, Trial } from './define.ts'

/** Of a topic's configurations and of a program's topics so many are kept: a judge asks for one or two. */
const MAX_TOPICS = 50

/** Where a trial's names and data come from. */
export type Random = {
  /** ten letters behind the beginning: no program meets it by trying */
  word: (beginning: string) => string
  /** both included */
  number: (from: number, to: number) => number
  /** one of them */
  one: <Value>(of: readonly Value[]) => Value
}
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const WORD_LETTERS = 10

/** @param below a whole number from 0 on, below that; left out: one that nobody can foresee */
export function randomFrom(below: (limit: number) => number = randomInt): Random {
  const letter = () => LETTERS[below(LETTERS.length)]!
  return {
    word: (beginning) => `${beginning}-${Array.from({ length: WORD_LETTERS }, letter).join('')}`,
    number: (from, to) => from + below(to - from + 1),
    one: (of) => of[below(of.length)]!,
  }
}

/** A check's trial, with the step that it is in and the name of its need; null where it has none. */
export function trialOf(lab: Lab, check: string): { step: Step; name: string; trial: Trial } | null {
  for (const step of lab.steps) {
    const fact = step.facts[step.checks.find(({ id }) => id === check)?.trial ?? '']
    if (fact?.trial) return { step, name: fact.need.name, trial: fact.trial }
  }
  return null
}

/** What a trial looks at beyond topics and configurations: by the lab's name. */
export type Look = { name: string; need: Need }
export const looksOf = (trial: Trial, made: MadeFor): Look[] =>
  Object.entries(trial.looks?.(made) ?? {}).flatMap(([name, { need }]) =>
    need.kind === 'trial' ? [] : [{ name, need }],
  )

type Seen = Pick<ClusterView, 'clusterId' | 'topics' | 'configs'>
type MadeFor = Pick<TrialEvidence, 'given' | 'kept'>

/** @param facts what was looked at besides, by the lab's names; one that did not come is left out @param killed in the middle */
export function evidenceOf(
  seen: Seen,
  made: MadeFor,
  facts: Record<string, NeedResult>,
  killed = false,
): TrialEvidence {
  const topics = Object.values(seen.topics)
    .filter(({ name }) => !isReserved(name))
    .slice(0, MAX_TOPICS)
    .map(({ name, partitions }) => {
      const all = Object.values(partitions)
      return [name, { partitions: all.length, replicas: all[0]?.replicas.length ?? 0 }] as const
    })
  return {
    ...made,
    clusterId: seen.clusterId,
    topics: Object.fromEntries(topics),
    configs: Object.fromEntries(Object.entries(seen.configs).slice(0, MAX_TOPICS)),
    facts,
    killed,
  }
}

/** Each look is a fact, also one that did not come. */
export const lookedAt = (looks: Look[], found: Record<string, NeedResult>): Record<string, Fact<unknown>> =>
  Object.fromEntries(looks.map(({ name }) => [name, found[name] ?? { state: 'not-fetched' }]))

/** As a judge gets it. */
export function triedFact(trial: Trial, { given, kept, facts, ...evidence }: TrialEvidence): Fact<unknown> {
  const made = { given, kept }
  return { state: 'fetched', value: { ...evidence, ...made, facts: lookedAt(looksOf(trial, made), facts) } }
}
