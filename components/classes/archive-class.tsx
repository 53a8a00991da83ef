'use client'
import { useTranslations } from 'use-intl'
import { setArchived } from '#app/classes/actions.ts'
import { Button } from '#components/ui/button.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { useAnswer } from '#components/ui/use-answer.ts'

export function ArchiveClass({ classId, isArchived }: { classId: string; isArchived: boolean }) {
  const t = useTranslations('classes')
  const { act, busy, problem } = useAnswer()
  return (
    <div className="space-y-4">
      {problem && <Notice tone="bad">{problem}</Notice>}
      <Button disabled={busy} onClick={() => act(() => setArchived(classId, !isArchived))}>
        {t(isArchived ? 'bringBack' : 'archive')}
      </Button>
    </div>
  )
}
