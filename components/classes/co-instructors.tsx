'use client'
import { useTranslations } from 'use-intl'
import { addCoInstructor, takeOut } from '#app/classes/actions.ts'
import { Button } from '#components/ui/button.tsx'
import { TextField } from '#components/ui/field.tsx'
import { useAnswer } from '#components/ui/use-answer.ts'

type Instructor = { userId: string; name: string; email: string; isSelf: boolean }

export function CoInstructors({ classId, all, mayAdd }: { classId: string; all: Instructor[]; mayAdd: boolean }) {
  const t = useTranslations('classes')
  const { act, busy, problem } = useAnswer()
  return (
    <div className="space-y-5">
      <ul className="divide-y rounded-md border text-sm">
        {all.map(({ userId, name, email, isSelf }) => (
          <li key={userId} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-3 py-2">
            <span>
              <span className="font-medium text-ink">{name}</span> <span className="text-ink-quiet">{email}</span>
            </span>
            {all.length > 1 && (
              <Button
                variant="ghost"
                size="sm"
                disabled={busy}
                aria-label={t('takeOutNamed', { name })}
                onClick={() => act(() => takeOut(classId, userId), isSelf ? leave : undefined)}
              >
                {t(isSelf ? 'leave' : 'takeOut')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {mayAdd && (
        <form
          className="flex flex-wrap items-end gap-3"
          onSubmit={(event) => {
            event.preventDefault()
            const form = event.currentTarget
            const email = String(new FormData(form).get('email') ?? '')
            act(
              () => addCoInstructor(classId, email),
              () => form.reset(),
            )
          }}
        >
          <TextField
            label={t('instructorEmail')}
            name="email"
            type="email"
            required
            maxLength={200}
            autoComplete="off"
            className="min-w-64 flex-1"
          />
          <Button type="submit" disabled={busy}>
            {t('add')}
          </Button>
        </form>
      )}
      {problem && (
        <p role="alert" className="text-bad text-sm">
          {problem}
        </p>
      )}
    </div>
  )
}

/** This page is another's now. */
const leave = () => window.location.assign('/classes')
