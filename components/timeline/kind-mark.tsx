import { cn } from '#components/ui/cn.ts'
import { KINDS, type Kind, type Tone } from './kinds.ts'

const TONES: Record<Tone, string> = {
  'ink-quiet': 'text-ink-quiet',
  'ink-soft': 'text-ink-soft',
  accent: 'text-accent',
  good: 'text-good',
  warn: 'text-warn',
  bad: 'text-bad',
}

export function KindMark({ kind, className }: { kind: Kind; className?: string }) {
  const { path, tone } = KINDS[kind]
  return (
    <svg viewBox="0 0 10 10" aria-hidden="true" className={cn('size-2.5 shrink-0', TONES[tone], className)}>
      <path d={path} fill="currentColor" fillRule="evenodd" />
    </svg>
  )
}
