'use client'
import { useTranslations } from 'use-intl'
import { newClass } from '#app/classes/actions.ts'
import { Button } from '#components/ui/button.tsx'
import { TextField } from '#components/ui/field.tsx'
import { useAnswer } from '#components/ui/use-answer.ts'

export function NewClassForm() {
  const t = useTranslations('classes')
  const { act, busy, problem } = useAnswer()
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        const name = String(new FormData(event.currentTarget).get('name') ?? '')
        act(() => newClass(name))
      }}
    >
      <TextField
        label={t('newName')}
        name="name"
        required
        maxLength={100}
        autoComplete="off"
        help={t('newHelp')}
        problem={problem}
      />
      <Button type="submit" disabled={busy}>
        {t('make')}
      </Button>
    </form>
  )
}
