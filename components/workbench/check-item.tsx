'use client'
import { Lightbulb } from 'lucide-react'
import { useTranslations } from 'use-intl'
import { InlineCode } from '#components/lesson/inline-code.tsx'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import type { CheckState } from '#labs/protocol/live.ts'
import { Awaited } from './awaited.tsx'
import { CheckMark } from './check-mark.tsx'
import { useLab, useLive } from './live-context.tsx'
import { Trial } from './trial.tsx'

const HINT_LEVELS = 3

/** One check: its state, what the cluster showed or lacks, and hints on request. */
export function CheckItem({ check, className }: { check: CheckState; className?: string }) {
  const { client, pastPasses } = useLab()
  const { state } = useLive()
  const t = useTranslations('checks')
  const live = state?.room.status === 'ready'
  const before = check.passedBefore && check.passedAt === null
  const past = before ? pastPasses[check.id]?.says : undefined
  const canHint = live && check.status === 'open' && check.hintsLeft > 0
  return (
    <div className={cn('flex gap-3', className)} data-check={check.id} data-status={check.status}>
      <CheckMark status={check.status} className="mt-0.5" />
      <div className="min-w-0 flex-1 text-sm leading-snug">
        <div className="flex items-start gap-3">
          <p className="min-w-0 flex-1 font-medium text-ink">
            {check.title}
            <span className="sr-only"> ({t(check.status)})</span>
          </p>
          {canHint && (
            <Button
              variant="ghost"
              size="sm"
              className="-my-1 h-6.5 px-2 text-ink-quiet"
              onClick={() => client.send({ type: 'hint', check: check.id, level: HINT_LEVELS - check.hintsLeft + 1 })}
            >
              <Lightbulb aria-hidden className="size-3.5" />
              {check.hints.length === 0 ? t('hint') : t('nextHint')}
            </Button>
          )}
        </div>
        <div aria-live="polite">
          {check.says && (live || check.status === 'passed') && (
            <p className={cn('mt-1', check.status === 'passed' ? 'text-good' : 'text-ink-quiet')}>{check.says}</p>
          )}
          {check.noLongerTrue && <p className="mt-1 text-warn">{t('noLongerTrue')}</p>}
        </div>
        {check.status === 'passed' && !check.counts && !check.passedBefore && (
          <p className="mt-1 text-ink-quiet">{t('doneForYou')}</p>
        )}
        {check.trial && live && check.status !== 'closed' && <Trial check={check} trial={check.trial} />}
        {check.awaits && live && check.status === 'open' && <Awaited awaits={check.awaits} />}
        {before && (
          <p className="mt-1 text-ink-quiet">{past ? t('passedBeforeSaying', { says: past }) : t('passedBefore')}</p>
        )}
        {check.hints.length > 0 && (
          <ol className="mt-2 list-none! space-y-1.5 border-line-strong border-l-2 pl-3! text-ink-soft">
            {check.hints.map((hint, at) => (
              <li key={hint} className="break-words">
                <span className="text-ink-quiet">{t('hintLevel', { level: at + 1 })}</span> <InlineCode text={hint} />
              </li>
            ))}
          </ol>
        )}
      </div>
    </div>
  )
}
