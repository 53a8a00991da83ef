'use client'
import { useTranslations } from 'use-intl'
import { join } from '#app/classes/actions.ts'
import { Button } from '#components/ui/button.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { useAnswer } from '#components/ui/use-answer.ts'

export function JoinButton({ code }: { code: string }) {
  const t = useTranslations('classes')
  const { act, busy, problem } = useAnswer()
  return (
    <div className="space-y-4">
      {problem && <Notice tone="bad">{problem}</Notice>}
      <Button variant="primary" disabled={busy} onClick={() => act(() => join(code))}>
        {t('join')}
      </Button>
    </div>
  )
}
