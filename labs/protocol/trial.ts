/** What came of a trial: a script or program of a learner's, run once in a fresh room (docs/decisions/020). */
import { z } from 'zod'
import { needResult } from './observation.ts'

/** Of a directory that is copied, together; of its files, by path. */
export const TRIAL_CAPS = { files: 60, bytes: 256 * 1_024 }

/** What arrived at the cluster of that room, as its watcher saw it, and what the trial had been given. */
export const trialEvidence = z.object({
  /** names and data that the engine made for this trial alone, as the program was told */
  given: z.record(z.string(), z.string()),
  /** those that it was not told */
  kept: z.record(z.string(), z.string()),
  clusterId: z.string().nullable(),
  /** without Kafka's own */
  topics: z.record(z.string(), z.object({ partitions: z.number().int(), replicas: z.number().int() })),
  /** by kind and name of what they are of: `topic:orders`, `broker:1` */
  configs: z.record(z.string(), z.record(z.string(), z.string())),
  /** what the trial looks at besides, by the lab's names */
  facts: z.record(z.string(), needResult),
  /** where the trial says when: whether it came to that, so that the program was killed in the middle and started again */
  killed: z.boolean().default(false),
})
export type TrialEvidence = z.infer<typeof trialEvidence>

/** `failed`: it could not be made, whatever the program is like. */
export const trialResult = z.discriminatedUnion('state', [
  z.object({ state: z.literal('failed'), why: z.string() }),
  z.object({ state: z.literal('fetched'), value: trialEvidence }),
])
export type TrialResult = z.infer<typeof trialResult>

/** Shown to the learner and to nobody else: no judge gets it. */
export const trialOutput = z.object({
  /** exit status, 128+n for a signal; null: it was stopped because it took too long */
  status: z.number().int().nullable(),
  /** the end of what it said, both streams as they came */
  text: z.string(),
  /** how many files were copied */
  files: z.number().int(),
})
export type TrialOutput = z.infer<typeof trialOutput>

export const TRIAL_PHASES = ['copying', 'starting', 'running', 'looking'] as const
export type TrialPhase = (typeof TRIAL_PHASES)[number]
