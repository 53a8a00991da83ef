/** What the board shows of a learner in one word, and which need an instructor first. */
import { Check, CircleDot, Hand, type LucideIcon, Minus, Moon, TriangleAlert } from 'lucide-react'
import type { BoardRow } from '#labs/protocol/class.ts'

/** In the order in which they need somebody. */
export const SHOWN = ['hands', 'stuck', 'working', 'idle', 'away', 'done'] as const
export type Shown = (typeof SHOWN)[number]

export const LOOKS: Record<Shown, { Icon: LucideIcon; ink: string; wash: string }> = {
  hands: { Icon: Hand, ink: 'text-bad', wash: 'bg-bad-wash' },
  stuck: { Icon: TriangleAlert, ink: 'text-warn', wash: 'bg-warn-wash' },
  working: { Icon: CircleDot, ink: 'text-accent', wash: 'bg-accent-wash' },
  idle: { Icon: Moon, ink: 'text-ink-quiet', wash: 'bg-sunken' },
  away: { Icon: Minus, ink: 'text-ink-quiet', wash: '' },
  done: { Icon: Check, ink: 'text-good', wash: 'bg-good-wash' },
}

export const shownOf = ({ helpSince, standing, live }: BoardRow): Shown =>
  helpSince !== null && live ? 'hands' : standing.is

export function counted(rows: BoardRow[]): Record<Shown, number> {
  const counts = { hands: 0, stuck: 0, working: 0, idle: 0, away: 0, done: 0 }
  for (const row of rows) counts[shownOf(row)]++
  return counts
}

/** Hands first, the longest up before all; within the others those who are furthest behind. */
export function byNeed(rows: BoardRow[]): BoardRow[] {
  const rank = (row: BoardRow) => SHOWN.indexOf(shownOf(row))
  const since = (row: BoardRow) => row.helpSince ?? ('since' in row.standing ? row.standing.since : 0)
  const at = ({ at }: BoardRow) => at ?? Number.MAX_SAFE_INTEGER
  return rows.toSorted((one, other) => rank(one) - rank(other) || since(one) - since(other) || at(one) - at(other))
}

export type Distribution = { done: number; working: number; stuck: number; medianMs: number | null }

/** Of each step: who has passed it, who is at it, who of them is stuck, and how long it took those whose time is known. */
export function distributionOf(rows: BoardRow[], steps: { checks: number }[]): Distribution[] {
  return steps.map(({ checks }, index) => {
    const there = rows.filter((row) => row.at === index && row.standing.is !== 'away')
    const times = rows.flatMap(({ steps }) => steps[index]?.ms ?? []).sort((one, other) => one - other)
    return {
      done: rows.filter(({ steps }) => (steps[index]?.passed ?? 0) >= checks).length,
      working: there.length,
      stuck: there.filter(({ standing }) => standing.is === 'stuck').length,
      medianMs: times[Math.floor((times.length - 1) / 2)] ?? null,
    }
  })
}
