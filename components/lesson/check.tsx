'use client'
import { useTranslations } from 'use-intl'
import { CheckItem } from '#components/workbench/check-item.tsx'
import { useOptionalLive } from '#components/workbench/live-context.tsx'

/** A check of the lab, live in the text. */
export function Check({ id }: { id: string }) {
  const live = useOptionalLive()
  const t = useTranslations('checks')
  const check = live?.steps.flatMap(({ checks }) => checks).find((one) => one.id === id)
  return (
    <div className="rounded-lg border bg-chrome px-4 py-3 text-sm">
      {check ? <CheckItem check={check} /> : <p className="text-ink-quiet">{t('unknown', { id })}</p>}
    </div>
  )
}
