'use client'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'use-intl'
import { Choice } from '#components/ui/choice.tsx'
import { AUDIT_ACTIONS } from '#config/audit-actions.ts'

/** Only events of one kind. '' : all */
export function ActionFilter({ action }: { action: string }) {
  const router = useRouter()
  const t = useTranslations('audit')
  const tAdministration = useTranslations('administration')
  return (
    <Choice
      label={tAdministration('filter')}
      value={action}
      size="md"
      chosen={action !== ''}
      onChange={(chosen) => router.push(chosen ? `?action=${chosen}` : '?')}
    >
      <option value="">{tAdministration('all')}</option>
      {AUDIT_ACTIONS.map((one) => (
        <option key={one} value={one}>
          {t(one)}
        </option>
      ))}
    </Choice>
  )
}
