'use client'
import { useState, useTransition } from 'react'
import { useTranslations } from 'use-intl'
import { giveRole } from '#app/administration/actions.ts'
import { ConfirmDialog } from '#components/ui/alert-dialog.tsx'
import { Choice } from '#components/ui/choice.tsx'
import { ROLES, type Role } from '#config/roles.ts'

/** Gives another role; to give up one's own is asked first. */
export function RoleSelect(props: { userId: string; name: string; role: Role; isSelf: boolean }) {
  const { userId, name, role, isSelf } = props
  const t = useTranslations('administration')
  const tRole = useTranslations('role')
  const [problem, setProblem] = useState('')
  const [asked, setAsked] = useState<Role | null>(null)
  const [busy, act] = useTransition()

  const give = (wanted: Role) =>
    act(async () => {
      const answer = await giveRole(userId, wanted)
      setProblem(answer.ok ? '' : answer.says)
    })

  return (
    <div>
      <Choice
        label={t('roleOf', { name })}
        value={role}
        size="md"
        className="w-44"
        disabled={busy}
        onChange={(wanted) => (isSelf ? setAsked(wanted as Role) : give(wanted as Role))}
      >
        {ROLES.map((one) => (
          <option key={one} value={one}>
            {tRole(one)}
          </option>
        ))}
      </Choice>
      {problem && (
        <p role="alert" className="mt-1.5 max-w-64 text-[13px] text-bad leading-snug">
          {problem}
        </p>
      )}
      <ConfirmDialog
        open={asked !== null}
        onOpenChange={(open) => open || setAsked(null)}
        title={t('ownRole')}
        text={t('ownRoleText')}
        confirm={t('ownRoleConfirm')}
        cancel={t('cancel')}
        onConfirm={() => asked && give(asked)}
      />
    </div>
  )
}
