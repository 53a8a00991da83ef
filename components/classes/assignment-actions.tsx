'use client'
import { Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { dropAssignment, keepAssignment } from '#app/classes/actions.ts'
import { ConfirmDialog } from '#components/ui/alert-dialog.tsx'
import { Button } from '#components/ui/button.tsx'
import { Dialog, DialogActions } from '#components/ui/dialog.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { useAnswer } from '#components/ui/use-answer.ts'
import { DueAndPoints, type DueAndPointsGiven } from './due-and-points.tsx'

/** `dueAt`: ms since 1970 */
export function AssignmentActions(props: {
  classId: string
  id: string
  title: string
  dueAt: number | null
  points: number
}) {
  const { classId, id, title, dueAt, points } = props
  const t = useTranslations('classes')
  const { act, busy, problem } = useAnswer()
  const [shown, setShown] = useState<'change' | 'remove' | null>(null)
  const [given, setGiven] = useState<DueAndPointsGiven>({ dueAt, points })
  return (
    <div className="flex justify-end gap-1">
      <Button
        variant="ghost"
        size="icon"
        aria-label={t('changeNamed', { title })}
        onClick={() => {
          setGiven({ dueAt, points })
          setShown('change')
        }}
      >
        <Pencil aria-hidden />
      </Button>
      <Button variant="ghost" size="icon" aria-label={t('removeNamed', { title })} onClick={() => setShown('remove')}>
        <Trash2 aria-hidden />
      </Button>
      <Dialog
        open={shown === 'change'}
        onOpenChange={(open) => open || setShown(null)}
        title={title}
        text={t('changeText')}
      >
        <form
          className="mt-4 space-y-4"
          onSubmit={(event) => {
            event.preventDefault()
            act(
              () => keepAssignment(classId, { id, ...given }),
              () => setShown(null),
            )
          }}
        >
          <DueAndPoints given={given} onChange={setGiven} />
          {problem && <Notice tone="bad">{problem}</Notice>}
          <DialogActions cancel={t('cancel')} submit={t('keep')} busy={busy} />
        </form>
      </Dialog>
      <ConfirmDialog
        open={shown === 'remove'}
        onOpenChange={(open) => open || setShown(null)}
        title={t('removeTitle', { title })}
        text={t('removeText')}
        confirm={t('remove')}
        cancel={t('cancel')}
        onConfirm={() => act(() => dropAssignment(classId, id))}
      />
    </div>
  )
}
