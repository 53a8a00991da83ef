/** How a learner gets on, folded from the history: what they did last, and what they tried since they last got further. */
import type { Entry } from './history.ts'

export type Deeds = {
  /** when they last did something that is written down, ms since 1970; null: not yet */
  lastAt: number | null
  /** when a step last opened or a check last passed, ms since 1970 */
  furtherAt: number | null
  /** commands that ended since then */
  commands: number
  /** commands that ended, answers, trials, and buttons pressed since a step last opened: how much was tried at it */
  tries: number
  /** what happens is the replay's doing, not the learner's */
  replaying: boolean
  /** step → wrong answers since the last right one */
  wrong: Record<string, number>
}

export const NO_DEEDS: Deeds = { lastAt: null, furtherAt: null, commands: 0, tries: 0, replaying: false, wrong: {} }

/** @returns `before` itself where the entry is no deed */
export function foldDeeds(before: Deeds, { body, at }: Entry): Deeds {
  switch (body.type) {
    case 'reset':
      return { ...before, lastAt: at, replaying: true }
    case 'replayed':
      return { ...before, furtherAt: at, commands: 0, tries: 0, replaying: false }
    case 'step-opened':
      return { ...before, furtherAt: at, commands: 0, tries: 0 }
    case 'passed':
      return { ...before, furtherAt: at, commands: 0 }
    case 'answered': {
      const wrong = body.correct ? 0 : (before.wrong[body.step] ?? 0) + 1
      return { ...before, lastAt: at, tries: before.tries + 1, wrong: { ...before.wrong, [body.step]: wrong } }
    }
    case 'tried':
      return before.replaying ? before : { ...before, lastAt: at, tries: before.tries + 1 }
    case 'predicted':
    case 'hint':
    case 'solution':
    case 'help':
      return { ...before, lastAt: at }
    case 'observed': {
      const { observation } = body
      if (before.replaying) return before
      if (observation.type === 'command')
        return { ...before, lastAt: at, commands: before.commands + 1, tries: before.tries + 1 }
      return observation.type === 'fault' && observation.by === 'learner'
        ? { ...before, lastAt: at, tries: before.tries + 1 }
        : before
    }
    default:
      return before
  }
}
