'use client'
import { useActionState } from 'react'
import { useTranslations } from 'use-intl'
import { join } from '#app/classes/actions.ts'
import { Button } from '#components/ui/button.tsx'
import { Notice } from '#components/ui/notice.tsx'

/** A form, so that a click counts that comes before the page's scripts. */
export function JoinButton({ code }: { code: string }) {
  const t = useTranslations('classes')
  const [answer, submit, busy] = useActionState(join.bind(null, code), null)
  return (
    <form action={submit} className="space-y-4">
      {answer?.ok === false && <Notice tone="bad">{answer.says}</Notice>}
      <Button type="submit" variant="primary" disabled={busy}>
        {t('join')}
      </Button>
    </form>
  )
}
