'use client'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { TextField } from '#components/ui/field.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { authClient } from './auth-client.ts'
import { useAuthProblem } from './use-auth-problem.ts'

/** Changes it, and signs out everywhere else. `email` for password managers. */
export function PasswordForm({ email, passwordChars }: { email: string; passwordChars: number }) {
  const t = useTranslations('account')
  const { problem, clear, tell } = useAuthProblem()
  const [changed, setChanged] = useState(false)

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    const given = new FormData(form)
    clear()
    setChanged(false)
    const { error } = await authClient.changePassword({
      currentPassword: String(given.get('current') ?? ''),
      newPassword: String(given.get('new') ?? ''),
      revokeOtherSessions: true,
    })
    if (error) return tell(error)
    setChanged(true)
    form.reset()
  }

  return (
    <form onSubmit={submit} className="space-y-4">
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <TextField
        label={t('currentPassword')}
        name="current"
        type="password"
        autoComplete="current-password"
        required
        problem={problem?.field === 'password' ? problem.says : null}
      />
      <TextField
        label={t('newPassword')}
        name="new"
        type="password"
        autoComplete="new-password"
        required
        minLength={passwordChars}
        help={t('passwordHelp', { chars: passwordChars })}
      />
      {problem && !problem.field && <Notice tone="bad">{problem.says}</Notice>}
      {changed && <Notice tone="good">{t('passwordChanged')}</Notice>}
      <Button type="submit">{t('changePassword')}</Button>
    </form>
  )
}
