'use client'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { TextField } from '#components/ui/field.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { authClient } from './auth-client.ts'

export function NameForm({ name }: { name: string }) {
  const t = useTranslations('account')
  const [outcome, setOutcome] = useState<'kept' | 'failed' | null>(null)

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const given = String(new FormData(event.currentTarget).get('name') ?? '').trim()
    const { error } = await authClient.updateUser({ name: given })
    setOutcome(error ? 'failed' : 'kept')
  }

  return (
    <form onSubmit={submit} className="space-y-4">
      <TextField
        label={t('name')}
        name="name"
        defaultValue={name}
        autoComplete="name"
        required
        maxLength={100}
        pattern=".*\S.*"
      />
      {outcome && <Notice tone={outcome === 'kept' ? 'good' : 'bad'}>{t(outcome)}</Notice>}
      <Button type="submit">{t('keepName')}</Button>
    </form>
  )
}
