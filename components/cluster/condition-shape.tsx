import { cn } from '#components/ui/cn.ts'
import type { Condition } from './condition.ts'

export const CONDITION_TONE: Record<Condition, string> = {
  up: 'text-good',
  fenced: 'text-warn',
  paused: 'text-warn',
  silent: 'text-warn',
  down: 'text-bad',
  unknown: 'text-ink-quiet',
}

/** A shape for each condition, so that colour never stands alone; the caller says it in words. */
export function ConditionShape({ condition, className }: { condition: Condition; className?: string }) {
  return (
    <svg
      viewBox="0 0 12 12"
      aria-hidden="true"
      className={cn('size-3 shrink-0', CONDITION_TONE[condition], className)}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
    >
      {SHAPES[condition]}
    </svg>
  )
}

const SHAPES: Record<Condition, React.ReactNode> = {
  up: <circle cx="6" cy="6" r="5" fill="currentColor" stroke="none" />,
  fenced: (
    <>
      <circle cx="6" cy="6" r="4.7" />
      <path d="M6 1.3a4.7 4.7 0 0 0 0 9.4z" fill="currentColor" stroke="none" />
    </>
  ),
  paused: <path d="M3.8 1.5v9M8.2 1.5v9" strokeWidth="2.4" />,
  silent: (
    <>
      <circle cx="6" cy="6" r="4.7" />
      <path d="M3.8 6h4.4" />
    </>
  ),
  down: <path d="M2 2l8 8M10 2l-8 8" strokeWidth="2" />,
  unknown: <circle cx="6" cy="6" r="4.7" strokeDasharray="2 1.7" />,
}
