'use client'
import { useTranslations } from 'use-intl'
import { CheckMark } from '#components/workbench/check-mark.tsx'
import { useOptionalLive } from '#components/workbench/live-context.tsx'
import { isDone } from '#components/workbench/step-view.ts'

export function StepState({ id }: { id: string }) {
  const live = useOptionalLive()
  const t = useTranslations('checks')
  const step = live?.steps.find((one) => one.id === id)
  if (!step) return null
  const done = step.status === 'passed' || (step.checks.length > 0 && step.checks.every(isDone))
  if (!done && !live?.state) return null
  const status = done ? 'passed' : step.status
  return (
    <span className="flex shrink-0 items-center gap-1.5 text-[13px] text-ink-quiet">
      <CheckMark status={status} className="size-4" />
      {t(status)}
    </span>
  )
}
