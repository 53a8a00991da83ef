/**
 * What happened, as checks and the timeline read it: derived from the fold before and after each entry, and from nothing
 * else. Numbers of nodes are node ids; `cluster` is the lab's name for it.
 */
import type { Fault, Link, PROBE_KINDS } from '#labs/protocol/observation.ts'

type What =
  /** The quorum has another leader, or none that is known; of the latest epoch that any node told. */
  | { type: 'leader'; leader: number | null; epoch: number; before: { leader: number | null; epoch: number | null } }
  /** What one node itself says of its quorum has changed. */
  | { type: 'view'; host: string; node: number | null; leader: number | null; epoch: number }
  /** A node answers on the wire, or no longer. `led`: it was the active controller until then. */
  | { type: 'node'; host: string; node: number | null; up: boolean; led: boolean; why: string }
  | { type: 'process'; host: string; node: number | null; state: 'none' | 'running' | 'paused' }
  | { type: 'fault'; fault: Fault; by: 'learner' | 'instructor' | 'lab' }
  /** The links that are cut now, after a change. */
  | { type: 'network'; cuts: Link[] }
  | { type: 'disk'; host: string; full: boolean }
  | { type: 'broker'; broker: number; is: 'registered' | 'fenced' | 'unfenced' | 'unregistered' }
  | { type: 'voters'; voters: number[]; before: number[] }
  | { type: 'topic'; topic: string; is: 'created' | 'deleted' }
  /** A partition's leader (-1: none), ISR or ELR has changed. */
  | {
      type: 'partition'
      topic: string
      partition: number
      leader: number
      leaderEpoch: number
      isr: number[]
      elr: number[]
      before: { leader: number; leaderEpoch: number; isr: number[]; elr: number[] }
    }
  /** Of the metadata log, told by `host`. Kept only where it is lower than before, or known again. */
  | { type: 'high-watermark'; host: string; to: number; before: number | null }
  /** The probe got no answers from `from` on; `to` null while that lasts. */
  | { type: 'outage'; kind: (typeof PROBE_KINDS)[number]; from: number; to: number | null; why: string }
  /** The watcher missed something. */
  | { type: 'gap'; why: string; since: number }

/** `at`: ms since 1970. `seq`: of the entry. */
export type ClusterEvent = { seq: number; at: number; cluster: string } & What
