'use client'
import { History } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { ConfirmDialog } from '#components/ui/alert-dialog.tsx'
import { Button } from '#components/ui/button.tsx'
import { useLab } from './live-context.tsx'
import type { StepView } from './step-view.ts'

/** Back to the beginning of this step, in a fresh room of the same lab session. */
export function StepReset({ step }: { step: StepView }) {
  const { client, isOwn } = useLab()
  const [asking, setAsking] = useState(false)
  const t = useTranslations('reset')
  if (!isOwn || !step.mayReset) return null
  return (
    <>
      <Button
        variant="ghost"
        size="sm"
        className="-my-1 text-ink-quiet"
        onClick={() => setAsking(true)}
        data-reset={step.id}
      >
        <History aria-hidden />
        {t('toStep')}
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('title', { step: step.title })}
        text={t('text')}
        confirm={t('confirm')}
        cancel={t('cancel')}
        onConfirm={() => client.send({ type: 'step.reset', step: step.id })}
      />
    </>
  )
}
