/** Everything that is known of a lab session, folded from its history: nothing else is kept. */
import type { NeedResult } from '#labs/protocol/observation.ts'
import { type ClusterView, foldCluster, NO_CLUSTER } from './cluster.ts'
import type { Evidence } from './define.ts'
import type { Entry } from './history.ts'

export type Fold = {
  cluster: ClusterView
  /** results of needs, by the need's name */
  facts: Record<string, NeedResult>
  /** step → index in the history of its opening */
  opened: Record<string, number>
  /** check → pass */
  passes: Record<string, { evidence: Evidence; at: number }>
  answers: Record<string, { given: string; correct: boolean; says: string }>
  /** check → hint levels asked for */
  hints: Record<string, number>
  room: { status: 'none' | 'started' | 'ended'; says: string }
  /** the highest observation number of the present room */
  seen: number
}

export const NOTHING: Fold = {
  cluster: NO_CLUSTER,
  facts: {},
  opened: {},
  passes: {},
  answers: {},
  hints: {},
  room: { status: 'none', says: '' },
  seen: 0,
}

/** @param index of the entry in the history */
export function foldEntry(before: Fold, { body, at }: Entry, index: number): Fold {
  switch (body.type) {
    case 'opened':
      return before
    case 'room-started':
      // A fresh room has a fresh cluster and a switch that counts from one.
      return { ...before, cluster: NO_CLUSTER, facts: {}, seen: 0, room: { status: 'started', says: body.says } }
    case 'room-ended':
      return { ...before, room: { status: 'ended', says: body.says } }
    case 'observed': {
      const seen = Math.max(before.seen, body.number)
      const what = body.observation
      if (what.type === 'need') return { ...before, seen, facts: { ...before.facts, [what.name]: what.result } }
      return { ...before, seen, cluster: foldCluster(before.cluster, what, at) }
    }
    case 'step-opened':
      return { ...before, opened: { ...before.opened, [body.step]: index } }
    case 'passed':
      // A pass latches: nothing later takes it back.
      if (before.passes[body.check]) return before
      return { ...before, passes: { ...before.passes, [body.check]: { evidence: body.evidence, at } } }
    case 'answered': {
      const { given, correct, says } = body
      return { ...before, answers: { ...before.answers, [body.step]: { given, correct, says } } }
    }
    case 'hint':
      return {
        ...before,
        hints: { ...before.hints, [body.check]: Math.max(before.hints[body.check] ?? 0, body.level) },
      }
  }
}
