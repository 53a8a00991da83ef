/**
 * Instructor's browser ↔ gateway, JSON text frames on the WebSocket `/gateway/classes/:id/live?lab=SLUG`: how the learners
 * of a class get on with one lab. The whole board first, and again when who is on it changes; then the rows that differ.
 * Times are ms since 1970.
 */
import { z } from 'zod'
import { PROBE_KINDS } from './observation.ts'

/** What an instructor can do to all learners' clusters at once. */
export const DRILLS = ['kill-active-controller', 'isolate-active-controller', 'kill-broker', 'restore'] as const
export type Drill = (typeof DRILLS)[number]

/** A note, a message to the class. */
export const MAX_WORDS_CHARS = 1_000
export const words = z.string().trim().min(1).max(MAX_WORDS_CHARS)

/** How a learner stands in a lab. `away`: has no room of it; `since`: when they last did something, or got further. */
export const standing = z.discriminatedUnion('is', [
  z.object({ is: z.literal('done') }),
  z.object({ is: z.literal('away') }),
  z.object({ is: z.literal('working') }),
  z.object({ is: z.literal('idle'), since: z.number() }),
  z.object({
    is: z.literal('stuck'),
    /** no check for long; wrong answers to one question; commands without a check */
    because: z.enum(['time', 'answers', 'commands']),
    times: z.number().int(),
    since: z.number(),
  }),
])
export type Standing = z.infer<typeof standing>

/** A quorum and its brokers in a few marks. */
export const picture = z.object({
  cluster: z.string(),
  leader: z.string().nullable(),
  epoch: z.number().int().nullable(),
  nodes: z.array(
    z.object({
      host: z.string(),
      role: z.enum(['controller', 'broker', 'both']),
      is: z.enum(['leads', 'up', 'paused', 'down', 'unknown']),
      fenced: z.boolean(),
    }),
  ),
})
export type Picture = z.infer<typeof picture>

export const drillOutcome = z.object({
  /** nothing: there was nothing to do it to */
  is: z.enum(['nothing', 'impaired', 'recovered']),
  /** to which it was done */
  hosts: z.array(z.string()),
  /** now */
  leader: z.string().nullable(),
  epoch: z.number().int().nullable(),
  electedAfterMs: z.number().nullable(),
  /** the longest of each kind, null while it lasts; empty also where the lab measures none */
  outages: z.array(z.object({ kind: z.enum(PROBE_KINDS), ms: z.number().nullable() })),
  /** acknowledged records that were not found again */
  lost: z.number().int(),
  /** hosts whose node does not answer now */
  down: z.array(z.string()),
})
export type DrillOutcome = z.infer<typeof drillOutcome>

export const boardStep = z.object({
  passed: z.number().int(),
  /** from its opening to its last check; null where that is not known */
  ms: z.number().nullable(),
  hints: z.number().int(),
  /** they were shown how it is solved */
  solution: z.boolean(),
})

export const boardRow = z.object({
  userId: z.string(),
  name: z.string(),
  /** their lab session: the live one, else the newest; null: none yet */
  session: z.string().nullable(),
  live: z.boolean(),
  /** as the lab has them */
  steps: z.array(boardStep),
  /** index of the step that they are at; null when all have passed */
  at: z.number().int().nullable(),
  standing,
  helpSince: z.number().nullable(),
  /** they have a room of another lab; of which is theirs */
  elsewhere: z.boolean(),
  pictures: z.array(picture),
  /** the class's newest drill that they were in */
  drill: z.object({ id: z.string(), outcome: drillOutcome }).nullable(),
})
export type BoardRow = z.infer<typeof boardRow>

export const board = z.object({
  lab: z.object({
    slug: z.string(),
    title: z.string(),
    steps: z.array(z.object({ id: z.string(), title: z.string(), checks: z.number().int() })),
  }),
  /** the newest */
  drill: z.object({ id: z.string(), drill: z.enum(DRILLS), by: z.string(), at: z.number() }).nullable(),
  rows: z.array(boardRow),
})
export type Board = z.infer<typeof board>

export const fromBoard = z.discriminatedUnion('type', [
  z.object({ type: z.literal('board'), board }),
  z.object({ type: z.literal('rows'), rows: z.array(boardRow) }),
  /** to how many learners it went */
  z.object({ type: z.literal('done'), what: z.enum(['tell', 'drill']), learners: z.number().int() }),
  z.object({ type: z.literal('error'), code: z.string(), message: z.string() }),
])
export type FromBoard = z.infer<typeof fromBoard>

export const toBoard = z.discriminatedUnion('type', [
  /** Shown to all who have a room of the lab now. */
  z.object({ type: z.literal('tell'), text: words }),
  z.object({ type: z.literal('drill'), drill: z.enum(DRILLS) }),
])
export type ToBoard = z.infer<typeof toBoard>
