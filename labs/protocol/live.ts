/**
 * Browser ↔ gateway, JSON text frames on the WebSocket `/gateway/lab-sessions/:id/live`. Terminals and the state share
 * one socket. `state` is whole each time and conflated: a slow browser gets the newest, never a queue.
 */
import { z } from 'zod'
import { terminal } from './room.ts'

const size = { cols: z.number().int().min(2).max(500), rows: z.number().int().min(1).max(300) }
/** One message of a browser; larger ones close the socket. */
export const MAX_INPUT_CHARS = 65_536

export const toGateway = z.discriminatedUnion('type', [
  z.object({ type: z.literal('terminal.open'), host: z.string(), ...size }),
  z.object({ type: z.literal('terminal.close'), terminal: z.string() }),
  /** Before anything else of that terminal: answered by `terminal.screen`. Again after a reconnect. */
  z.object({ type: z.literal('terminal.attach'), terminal: z.string(), visible: z.boolean(), ...size }),
  z.object({ type: z.literal('terminal.detach'), terminal: z.string() }),
  z.object({ type: z.literal('terminal.input'), terminal: z.string(), data: z.string().max(MAX_INPUT_CHARS) }),
  z.object({ type: z.literal('terminal.resize'), terminal: z.string(), ...size }),
  z.object({ type: z.literal('terminal.acknowledge'), terminal: z.string(), chars: z.number().int().nonnegative() }),
  z.object({ type: z.literal('terminal.visible'), terminal: z.string(), visible: z.boolean() }),
  /** Click to run. Answered by `ran` with the terminal it was typed into. */
  z.object({
    type: z.literal('terminal.run'),
    host: z.string(),
    preferred: z.string().nullable(),
    command: z.string().max(MAX_INPUT_CHARS),
    ...size,
  }),
  z.object({ type: z.literal('answer'), step: z.string(), given: z.string().max(1_000) }),
  /** Ask for the next hint of a check, level 1 to 3. */
  z.object({ type: z.literal('hint'), check: z.string(), level: z.number().int().min(1).max(3) }),
  /** Keeps an idle room alive. Sent on a learner's action at most once a minute. */
  z.object({ type: z.literal('active') }),
])
export type ToGateway = z.infer<typeof toGateway>

export const checkState = z.object({
  id: z.string(),
  title: z.string(),
  status: z.enum(['closed', 'open', 'passed']),
  /** passed: what was seen. open: what is missing. closed: empty. */
  says: z.string(),
  /** passed: when, ms since 1970 */
  passedAt: z.number().nullable(),
  /** passed, and the judge says no longer true now */
  noLongerTrue: z.boolean(),
  /** the hints asked for so far */
  hints: z.array(z.string()),
  hintsLeft: z.number().int(),
  /** an earlier lab session of this learner passed it */
  passedBefore: z.boolean(),
})
export type CheckState = z.infer<typeof checkState>

export const stepState = z.object({
  id: z.string(),
  title: z.string(),
  status: z.enum(['closed', 'open', 'passed']),
  checks: z.array(checkState),
  /** a step that asks a question */
  ask: z.object({ question: z.string(), given: z.string().nullable() }).nullable(),
})
export type StepState = z.infer<typeof stepState>

/** What the panel shows of each node in this issue; a null is "not known". */
export const nodeState = z.object({
  host: z.string(),
  node: z.number().int().nullable(),
  up: z.boolean(),
  roles: z.array(z.enum(['broker', 'controller'])),
  leads: z.boolean(),
  fenced: z.boolean().nullable(),
})

export const clusterState = z.object({
  clusterId: z.string().nullable(),
  leader: z.number().int().nullable(),
  epoch: z.number().int().nullable(),
  highWatermark: z.number().int().nullable(),
  nodes: z.array(nodeState),
  topics: z.array(z.object({ name: z.string(), partitions: z.number().int() })),
})
export type ClusterState = z.infer<typeof clusterState>

export const labSessionState = z.object({
  id: z.string(),
  lab: z.string(),
  room: z.object({
    status: z.enum(['starting', 'ready', 'ended', 'failed']),
    /** ended or failed: why, and what to do, in a sentence */
    says: z.string(),
  }),
  hosts: z.array(z.string()),
  terminals: z.array(terminal),
  steps: z.array(stepState),
  cluster: clusterState,
})
export type LabSessionState = z.infer<typeof labSessionState>

export const toBrowser = z.discriminatedUnion('type', [
  z.object({ type: z.literal('state'), state: labSessionState }),
  z.object({ type: z.literal('terminal.screen'), terminal: z.string(), data: z.string(), ...size }),
  z.object({ type: z.literal('terminal.output'), terminal: z.string(), data: z.string() }),
  z.object({ type: z.literal('terminal.resized'), terminal: z.string(), ...size }),
  z.object({ type: z.literal('ran'), terminal: z.string() }),
  z.object({ type: z.literal('opened'), terminal: z.string() }),
  z.object({ type: z.literal('error'), code: z.string(), message: z.string() }),
])
export type ToBrowser = z.infer<typeof toBrowser>

/** `POST /gateway/lab-sessions`. 201 and `{ id }` for a new one, 200 where this learner has a live one of that lab. */
export const startLabSession = z.object({ lab: z.string() })
