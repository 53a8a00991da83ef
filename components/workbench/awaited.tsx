'use client'
import { Hourglass } from 'lucide-react'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import { Progress } from '#components/ui/progress.tsx'
import type { CheckState } from '#labs/protocol/live.ts'
import { running } from './format.ts'
import { useNow } from './use-now.ts'

const TICK_MS = 500

/** What takes its time whatever the learner does: why, and how long at most. */
export function Awaited({ awaits }: { awaits: NonNullable<CheckState['awaits']> }) {
  const t = useTranslations('checks')
  const now = useNow(TICK_MS)
  const { says, from, due } = awaits
  const late = now > due
  return (
    <div className="mt-2 max-w-120 rounded-md border bg-chrome px-2.5 py-2 text-[12.5px]" data-awaits>
      <p className="mb-1.5 flex items-baseline gap-3 tabular-nums">
        <span className="flex items-center gap-1.5 font-medium text-ink">
          <Hourglass aria-hidden className="size-3.5 translate-y-px text-accent" />
          {t('awaits')}
        </span>
        <span className={cn('ml-auto', late ? 'text-warn' : 'text-ink-soft')}>
          {late ? t('awaitsLate', { time: running(now - due) }) : t('awaitsLeft', { time: running(due - now) })}
        </span>
      </p>
      <Progress
        value={Math.max(0, Math.min(now, due) - from)}
        max={due - from}
        label={says}
        tone={late ? 'bg-warn' : 'bg-accent'}
      />
      <p className="mt-1.5 text-ink-soft leading-snug">{says}</p>
    </div>
  )
}
