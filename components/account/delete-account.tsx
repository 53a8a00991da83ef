'use client'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { Dialog, DialogActions } from '#components/ui/dialog.tsx'
import { TextField } from '#components/ui/field.tsx'
import { Notice } from '#components/ui/notice.tsx'

/** Asks for the password where there is one, then the gateway deletes everything: it alone can end rooms. */
export function DeleteAccount({ withPassword }: { withPassword: boolean }) {
  const t = useTranslations('account')
  const [open, setOpen] = useState(false)
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const password = String(new FormData(event.currentTarget).get('password') ?? '')
    setBusy(true)
    setProblem('')
    const problem = await deleteAccount(password).catch(() => t('problem.other'))
    if (problem === null) return window.location.assign('/')
    setProblem(problem)
    setBusy(false)
  }

  return (
    <>
      <Button variant="outline" className="text-bad" onClick={() => setOpen(true)}>
        {t('delete')}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={t('deleteTitle')} text={t('deleteWarning')}>
        <form onSubmit={submit} className="mt-4 space-y-4">
          {withPassword && (
            <TextField label={t('password')} name="password" type="password" autoComplete="current-password" required />
          )}
          {problem && <Notice tone="bad">{problem}</Notice>}
          <DialogActions cancel={t('keepAccount')} submit={t('deleteNow')} busy={busy} danger />
        </form>
      </Dialog>
    </>
  )
}

/** @returns what is wrong, for the person; null where it is done */
async function deleteAccount(password: string): Promise<string | null> {
  const response = await fetch('/gateway/account', {
    method: 'DELETE',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ password }),
  })
  if (response.ok) return null
  const { message } = (await response.json()) as { message: string }
  return message
}
