'use client'
import { useTranslations } from 'use-intl'
import { CheckMark } from '#components/workbench/check-mark.tsx'
import { useOptionalLive } from '#components/workbench/live-context.tsx'
import { wantsPrediction } from '#components/workbench/step-view.ts'

export function StepState({ id }: { id: string }) {
  const live = useOptionalLive()
  const t = useTranslations('checks')
  const step = live?.steps.find((one) => one.id === id)
  if (!step) return null
  // Without a room nothing waits to be opened.
  if (step.status === 'closed' && !live?.state) return null
  const { status } = step
  return (
    <span className="flex shrink-0 items-center gap-1.5 text-[13px] text-ink-quiet">
      <CheckMark status={status} className="size-4" />
      {wantsPrediction(step) ? t('predict') : t(status)}
    </span>
  )
}
