'use client'
import { useState, useTransition } from 'react'
import { useTranslations } from 'use-intl'
import { becomeFirstAdministrator } from '#app/administration/actions.ts'
import { Button } from '#components/ui/button.tsx'
import { Notice } from '#components/ui/notice.tsx'

export function FirstAdministrator({ token }: { token: string }) {
  const t = useTranslations('administration')
  const [problem, setProblem] = useState('')
  const [busy, act] = useTransition()
  const become = () =>
    act(async () => {
      const answer = await becomeFirstAdministrator(token)
      // The whole page anew: its menu shows what an administrator has.
      if (answer.ok) window.location.assign('/administration/people')
      else setProblem(answer.says)
    })
  return (
    <div className="space-y-4">
      {problem && <Notice tone="bad">{problem}</Notice>}
      <Button variant="primary" onClick={become} disabled={busy}>
        {t('become')}
      </Button>
    </div>
  )
}
