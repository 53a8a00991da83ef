/** What is between a learner and their instructors, folded from the history. */
import type { Drill } from '#labs/protocol/class.ts'
import type { ClassMessage, StepNote } from '#labs/protocol/live.ts'
import type { ClusterView } from './cluster.ts'
import type { Entry, EntryBody } from './history.ts'

/** `lost`: by cluster, acknowledged records that were lost before it. */
export type DrillBegun = {
  id: string
  classId: string
  drill: Drill
  by: string
  at: number
  seq: number
  lost: Record<string, number>
}

export type Teaching = {
  /** since when the learner asks for help, ms since 1970; null: they do not */
  helpSince: number | null
  notes: StepNote[]
  messages: ClassMessage[]
  /** the room stays until then, ms since 1970 */
  kept: { until: number; by: string } | null
  /** the newest; `seq`: of its entry */
  drill: DrillBegun | null
}

/** What people say and do around a lab, beside the lab itself. */
export type TeachingBody = Extract<EntryBody, { type: 'help' | 'noted' | 'told' | 'watch' | 'extended' | 'drill' }>

export const NO_TEACHING: Teaching = { helpSince: null, notes: [], messages: [], kept: null, drill: null }

/** Of each, the oldest go. */
const MAX_KEPT = 50

/** @returns `before` itself where the entry is nothing of the kind */
export function foldTeaching(
  before: Teaching,
  { body, at, seq }: Entry,
  clusters: Record<string, ClusterView>,
): Teaching {
  switch (body.type) {
    case 'help':
      return { ...before, helpSince: body.wanted ? (before.helpSince ?? at) : null }
    case 'noted': {
      const { step, text, by } = body
      return { ...before, notes: [...before.notes, { seq, at, step, text, by }].slice(-MAX_KEPT) }
    }
    case 'told':
      return { ...before, messages: [...before.messages, { seq, at, text: body.text, by: body.by }].slice(-MAX_KEPT) }
    case 'extended':
      // A longer one that was promised before holds.
      return before.kept && before.kept.until > body.until
        ? before
        : { ...before, kept: { until: body.until, by: body.by } }
    case 'drill': {
      const { id, classId, drill, by } = body
      const lost = Object.fromEntries(
        Object.entries(clusters).map(([name, { probe }]) => [name, probe?.lost.length ?? 0]),
      )
      return { ...before, drill: { id, classId, drill, by, at, seq, lost } }
    }
    default:
      return before
  }
}
