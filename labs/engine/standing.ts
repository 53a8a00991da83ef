/** How a learner stands in a lab, as an instructor wants to know it. Pure: time comes from outside. */
import type { Standing } from '#labs/protocol/class.ts'
import type { Deeds } from './deeds.ts'

/** Nothing done for so long: they are elsewhere. */
export const IDLE_MS = 5 * 60_000
/** The same question answered wrongly so many times in a row. */
export const WRONG_ANSWERS = 3
/** So many commands and no check passed. */
export const COMMANDS = 15

/**
 * @param of.activeAt when the learner last did anything at their page, written down or not, ms since 1970
 * @param of.open steps that are open and have not passed
 * @param of.stuckMs active for so long without getting further: stuck
 */
export function standingOf(
  deeds: Deeds,
  of: { done: boolean; open: string[]; activeAt: number; stuckMs: number; now: number },
): Standing {
  const { done, open, activeAt, stuckMs, now } = of
  if (done) return { is: 'done' }
  const lastAt = Math.max(activeAt, deeds.lastAt ?? 0)
  if (now - lastAt >= IDLE_MS) return { is: 'idle', since: lastAt }
  const wrong = Math.max(0, ...open.map((step) => deeds.wrong[step] ?? 0))
  if (wrong >= WRONG_ANSWERS) return { is: 'stuck', because: 'answers', times: wrong, since: deeds.furtherAt ?? lastAt }
  if (deeds.commands >= COMMANDS)
    return { is: 'stuck', because: 'commands', times: deeds.commands, since: deeds.furtherAt ?? lastAt }
  if (deeds.furtherAt !== null && now - deeds.furtherAt >= stuckMs)
    return { is: 'stuck', because: 'time', times: 0, since: deeds.furtherAt }
  return { is: 'working' }
}
