'use client'
import { UserMinus } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { setMatches, takeOut } from '#app/classes/actions.ts'
import { ConfirmDialog } from '#components/ui/alert-dialog.tsx'
import { Button } from '#components/ui/button.tsx'
import { Choice } from '#components/ui/choice.tsx'
import { Cell } from '#components/ui/table.tsx'
import { useAnswer } from '#components/ui/use-answer.ts'

type Line = { entryId: string; label: string }

/** One learner. `entry`: their line of the roster; `free`: lines that are nobody yet */
export function MemberRow(props: {
  classId: string
  userId: string
  name: string
  email: string
  entry: Line | null
  free: Line[]
  mayChange: boolean
}) {
  const { classId, userId, name, email, entry, free, mayChange } = props
  const t = useTranslations('classes')
  const { act, busy, problem } = useAnswer()
  const [asked, setAsked] = useState(false)
  const lines = entry ? [entry, ...free] : free

  const match = (entryId: string) =>
    act(() =>
      setMatches(classId, entryId ? [{ entryId, userId }] : entry ? [{ entryId: entry.entryId, userId: null }] : []),
    )

  return (
    <tr>
      <Cell className="font-medium text-ink">{name}</Cell>
      <Cell>{email}</Cell>
      <Cell>
        {!mayChange || lines.length === 0 ? (
          (entry?.label ?? '')
        ) : (
          <Choice
            label={t('rosterOf', { name })}
            value={entry?.entryId ?? ''}
            disabled={busy}
            onChange={match}
            className="max-w-64"
          >
            <option value="">{t('noLine')}</option>
            {lines.map(({ entryId, label }) => (
              <option key={entryId} value={entryId}>
                {label}
              </option>
            ))}
          </Choice>
        )}
        {problem && (
          <p role="alert" className="mt-1 text-[13px] text-bad">
            {problem}
          </p>
        )}
      </Cell>
      <Cell className="text-right">
        <Button
          variant="ghost"
          size="icon"
          aria-label={t('takeOutNamed', { name })}
          disabled={busy}
          onClick={() => setAsked(true)}
        >
          <UserMinus aria-hidden />
        </Button>
        <ConfirmDialog
          open={asked}
          onOpenChange={setAsked}
          title={t('takeOutTitle', { name })}
          text={t('takeOutText')}
          confirm={t('takeOut')}
          cancel={t('cancel')}
          onConfirm={() => act(() => takeOut(classId, userId))}
        />
      </Cell>
    </tr>
  )
}
