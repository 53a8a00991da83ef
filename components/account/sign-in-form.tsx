'use client'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { TextField } from '#components/ui/field.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { authClient } from './auth-client.ts'
import { useAuthProblem } from './use-auth-problem.ts'

/** `isNew`: makes an account. `to`: where to go on. */
export function SignInForm({ isNew, to, passwordChars }: { isNew: boolean; to: string; passwordChars: number }) {
  const t = useTranslations('account')
  const { problem, clear, tell } = useAuthProblem()
  const [busy, setBusy] = useState(false)

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const [name, email, password] = ['name', 'email', 'password'].map((field) => String(given.get(field) ?? ''))
    clear()
    setBusy(true)
    const answer = isNew
      ? await authClient.signUp.email({ name: name!.trim(), email: email!, password: password! })
      : await authClient.signIn.email({ email: email!, password: password! })
    // The whole page anew, as whoever signed in.
    if (!answer.error) return window.location.assign(to)
    tell(answer.error)
    setBusy(false)
  }

  return (
    <form onSubmit={submit} className="space-y-5" noValidate={false}>
      {problem && !problem.field && <Notice tone="bad">{problem.says}</Notice>}
      {isNew && (
        <TextField label={t('name')} name="name" autoComplete="name" required maxLength={100} help={t('nameHelp')} />
      )}
      <TextField
        label={t('email')}
        name="email"
        type="email"
        autoComplete="username"
        required
        maxLength={200}
        problem={problem?.field === 'email' ? problem.says : null}
      />
      <TextField
        label={t('password')}
        name="password"
        type="password"
        autoComplete={isNew ? 'new-password' : 'current-password'}
        required
        minLength={isNew ? passwordChars : undefined}
        help={isNew ? t('passwordHelp', { chars: passwordChars }) : undefined}
        problem={problem?.field === 'password' ? problem.says : null}
      />
      <Button type="submit" variant="primary" className="w-full" disabled={busy}>
        {t(isNew ? 'create' : 'signIn')}
      </Button>
    </form>
  )
}
