'use client'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { addAssignment } from '#app/classes/actions.ts'
import { Button } from '#components/ui/button.tsx'
import { Choice } from '#components/ui/choice.tsx'
import { Dialog, DialogActions } from '#components/ui/dialog.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { useAnswer } from '#components/ui/use-answer.ts'
import { DueAndPoints, type DueAndPointsGiven } from './due-and-points.tsx'

type Choosable = { kind: 'lab' | 'module'; course: string; slug: string; title: string }

export function AssignForm({ classId, choices }: { classId: string; choices: Choosable[] }) {
  const t = useTranslations('classes')
  const { act, busy, problem } = useAnswer()
  const [open, setOpen] = useState(false)
  const [chosen, setChosen] = useState(0)
  const [given, setGiven] = useState<DueAndPointsGiven>({ dueAt: null, points: 10 })
  const what = choices[chosen]
  return (
    <>
      <Button variant="primary" onClick={() => setOpen(true)} disabled={!what}>
        <Plus aria-hidden /> {t('assign')}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={t('assign')} text={t('assignText')}>
        <form
          className="mt-4 space-y-4"
          onSubmit={(event) => {
            event.preventDefault()
            if (!what) return
            const { kind, course, slug } = what
            act(
              () => addAssignment(classId, { kind, course, slug, ...given }),
              () => setOpen(false),
            )
          }}
        >
          <div>
            <span aria-hidden className="mb-1.5 block font-medium text-sm">
              {t('what')}
            </span>
            <Choice
              label={t('what')}
              value={String(chosen)}
              size="md"
              className="w-full"
              onChange={(value) => setChosen(Number(value))}
            >
              {choices.map(({ kind, course, slug, title }, at) => (
                <option key={`${kind} ${course} ${slug}`} value={at}>
                  {kind === 'module' ? t('moduleNamed', { title }) : `\u2003${t('labNamed', { title })}`}
                </option>
              ))}
            </Choice>
          </div>
          <DueAndPoints given={given} onChange={setGiven} />
          {problem && <Notice tone="bad">{problem}</Notice>}
          <DialogActions cancel={t('cancel')} submit={t('assign')} busy={busy} />
        </form>
      </Dialog>
    </>
  )
}
