/**
 * Switch ↔ spawner, a JSON object a line over an inherited socketpair. The spawner has the learner's rights: what it says
 * is shown and never believed, so the switch validates it (switch/spawner-messages.ts: no zod in the small process).
 */
/** Characters that may be on their way from a pty before its reader stops. */
export const UNACKNOWLEDGED_CHARS = 100_000
export const RESUME_BELOW_CHARS = 5_000

export type ToSpawner =
  | { op: 'pty'; id: string; argv: string[]; cols: number; rows: number }
  | { op: 'process'; id: string; argv: string[] }
  | { op: 'input'; id: string; data: string; end?: boolean; base64?: boolean }
  | { op: 'resize'; id: string; cols: number; rows: number }
  | { op: 'acknowledge'; id: string; chars: number }
  | { op: 'signal'; id: string; signal: string }
  | { op: 'ping' }

export type FromSpawner =
  | { event: 'ready' }
  | { event: 'pong' }
  | { event: 'started'; id: string }
  | { event: 'failed'; id: string; why: string }
  /** a pty's as text, a process's as base64 */
  | { event: 'output'; id: string; stream: 'stdout' | 'stderr'; data: string }
  /** 128+n for a signal */
  | { event: 'exit'; id: string; status: number }
