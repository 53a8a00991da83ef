'use client'
import { Lightbulb } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useTranslations } from 'use-intl'
import { InlineCode } from '#components/lesson/inline-code.tsx'
import { cn } from '#components/ui/cn.ts'
import { CheckMark } from '#components/workbench/check-mark.tsx'
import { Notes } from '#components/workbench/company.tsx'
import { clock, roughly } from '#components/workbench/format.ts'
import { useLive } from '#components/workbench/live-context.tsx'
import type { StepView } from '#components/workbench/step-view.ts'
import { useNow } from '#components/workbench/use-now.ts'
import type { CheckState } from '#labs/protocol/live.ts'

const TICK_MS = 5_000

/** All steps with the evidence of each check, hints, answers, and how long each took. `scrolls`: by itself. */
export function StorySteps({ step, scrolls }: { step: string | null; scrolls: boolean }) {
  const { steps } = useLive()
  const t = useTranslations('story')
  const list = useRef<HTMLOListElement>(null)
  const isThere = steps.length > 0
  useEffect(() => {
    const wanted = step && list.current?.querySelector<HTMLElement>(`[data-step="${CSS.escape(step)}"]`)
    const scroller = list.current?.closest('[data-scrolls]')
    // Only what scrolls by itself: the page around it stays where it is.
    if (isThere && wanted && scroller)
      scroller.scrollTop += wanted.getBoundingClientRect().top - scroller.getBoundingClientRect().top
  }, [step, isThere])
  return (
    <section
      aria-label={t('steps')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      data-scrolls={scrolls || undefined}
      className={cn('outline-offset-[-2px]', scrolls && 'h-full overflow-y-auto')}
    >
      <ol ref={list} className="list-none! divide-y pl-0!">
        {steps.map((one, index) => (
          <StepStory key={one.id} step={one} number={index + 1} isWanted={one.id === step} />
        ))}
      </ol>
    </section>
  )
}

function StepStory({ step, number, isWanted }: { step: StepView; number: number; isWanted: boolean }) {
  const t = useTranslations('story')
  const { predict, ask } = step
  return (
    <li data-step={step.id} className={cn('px-5 py-4', isWanted && 'shadow-[inset_3px_0_0_var(--accent)]')}>
      <h2 className="flex items-baseline gap-2 font-semibold text-[15px] text-ink">
        <span className="font-mono font-normal text-[12.5px] text-ink-quiet">{number}</span>
        {step.title}
      </h2>
      <Time step={step} />
      <div className="mt-3 space-y-3">
        <Notes step={step.id} />
        {predict?.given && (
          <p className="text-ink-soft text-sm">
            {t('predicted', { given: predict.given })}
            {predict.outcome && (
              <span className={predict.outcome.right ? 'text-good' : 'text-ink-quiet'}>
                {' '}
                {t(predict.outcome.right ? 'right' : 'wrong')} {predict.outcome.says}
              </span>
            )}
          </p>
        )}
        {step.checks.map((check) => (
          <CheckStory key={check.id} check={check} />
        ))}
        {ask && (
          <div className="flex gap-3 text-sm leading-snug" data-check={`${step.id}-answer`}>
            <CheckMark
              status={ask.passedAt !== null ? 'passed' : step.status === 'open' ? 'open' : 'closed'}
              className="mt-0.5"
            />
            <div className="min-w-0">
              <p className="font-medium text-ink">{ask.question}</p>
              {ask.given !== null && <p className="mt-1 text-ink-soft">{t('answer', { given: ask.given })}</p>}
              {ask.says && (
                <p className={cn('mt-1', ask.passedAt !== null ? 'text-good' : 'text-ink-quiet')}>{ask.says}</p>
              )}
              <Passed at={ask.passedAt} before={ask.passedBefore} />
            </div>
          </div>
        )}
      </div>
    </li>
  )
}

/** When it opened, and how long it took or has taken. */
function Time({ step }: { step: StepView }) {
  const t = useTranslations('story')
  const last = lastPassOf(step)
  const { state } = useLive()
  const isOpen = step.status === 'open' && step.openedAt !== null && state?.room.status === 'ready'
  const now = useNow(isOpen ? TICK_MS : null)
  if (step.openedAt === null) return <p className="mt-1 text-[13px] text-ink-quiet">{t('notOpened')}</p>
  const hints = step.checks.reduce((sum, { hints }) => sum + hints.length, 0)
  return (
    <p className="mt-1 flex flex-wrap gap-x-3 text-[13px] text-ink-quiet tabular-nums" data-time>
      <span>{t('opened', { time: clock(step.openedAt) })}</span>
      {step.status === 'passed' && last !== null && (
        <span className="text-ink-soft">{t('took', { time: roughly(last - step.openedAt) })}</span>
      )}
      {isOpen && <span className="text-accent">{t('for', { time: roughly(now - step.openedAt) })}</span>}
      <span>{t('hints', { count: hints })}</span>
      {step.solution.shown && <span className="text-warn">{t('solution')}</span>}
    </p>
  )
}

function lastPassOf({ checks, ask }: StepView): number | null {
  const times = [...checks.map(({ passedAt }) => passedAt), ask?.passedAt ?? null].filter((at) => at !== null)
  return times.length > 0 ? Math.max(...times) : null
}

function CheckStory({ check }: { check: CheckState }) {
  return (
    <div className="flex gap-3 text-sm leading-snug" data-check={check.id} data-status={check.status}>
      <CheckMark status={check.status} className="mt-0.5" />
      <div className="min-w-0">
        <p className="font-medium text-ink">{check.title}</p>
        {check.says && (
          <p className={cn('mt-1', check.status === 'passed' ? 'text-good' : 'text-ink-quiet')}>{check.says}</p>
        )}
        <Passed at={check.passedAt} before={check.passedBefore} />
        {check.hints.map((hint) => (
          <p key={hint} className="mt-1.5 flex gap-1.5 text-ink-soft">
            <Lightbulb aria-hidden className="mt-0.5 size-3.5 shrink-0 text-ink-quiet" />
            <span className="min-w-0 break-words">
              <InlineCode text={hint} />
            </span>
          </p>
        ))}
      </div>
    </div>
  )
}

function Passed({ at, before }: { at: number | null; before: boolean }) {
  const t = useTranslations('story')
  if (at === null && !before) return null
  return (
    <p className="mt-0.5 text-[12.5px] text-ink-quiet tabular-nums">
      {at === null ? t('passedBefore') : t('passedAt', { time: clock(at) })}
    </p>
  )
}
