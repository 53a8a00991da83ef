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

/** `choices`: by course */
export function AssignForm(props: { classId: string; choices: { course: string; title: string; of: Choosable[] }[] }) {
  const { classId, choices } = props
  const t = useTranslations('classes')
  const { act, busy, problem } = useAnswer()
  const [open, setOpen] = useState(false)
  const all = choices.flatMap(({ of }) => of)
  const [chosen, setChosen] = useState(0)
  const [given, setGiven] = useState<DueAndPointsGiven>({ dueAt: null, points: 10 })
  const what = all[chosen]
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
              {choices.map(({ course, title: courseTitle, of }) => (
                <optgroup key={course} label={courseTitle}>
                  {of.map((one) => (
                    <option key={`${one.kind} ${one.slug}`} value={all.indexOf(one)}>
                      {one.kind === 'module'
                        ? t('moduleNamed', { title: one.title })
                        : `\u2003${t('labNamed', { title: one.title })}`}
                    </option>
                  ))}
                </optgroup>
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
