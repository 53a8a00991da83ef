'use client'
import { useTranslations } from 'use-intl'
import { join } from '#app/classes/actions.ts'
import { Button } from '#components/ui/button.tsx'
import { TextField } from '#components/ui/field.tsx'
import { useAnswer } from '#components/ui/use-answer.ts'

export function JoinForm() {
  const t = useTranslations('classes')
  const { act, busy, problem } = useAnswer()
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        const code = String(new FormData(event.currentTarget).get('code') ?? '')
        act(() => join(code))
      }}
    >
      <TextField
        label={t('code')}
        name="code"
        required
        maxLength={40}
        autoComplete="off"
        spellCheck={false}
        help={t('codeHelp')}
        problem={problem}
      />
      <Button type="submit" disabled={busy}>
        {t('join')}
      </Button>
    </form>
  )
}
