'use client'
import { useTranslations } from 'use-intl'
import { keepSettings } from '#app/classes/actions.ts'
import { Button } from '#components/ui/button.tsx'
import { CheckField } from '#components/ui/check-field.tsx'
import { TextField } from '#components/ui/field.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { TimeField, timeOf } from '#components/ui/time-field.tsx'
import { useAnswer } from '#components/ui/use-answer.ts'

/** `joinUntil`: ms since 1970 */
type Settings = {
  name: string
  joinOpen: boolean
  joinUntil: number | null
  joinApproval: boolean
  stuckMinutes: number
}

export function SettingsForm({ classId, kept }: { classId: string; kept: Settings }) {
  const t = useTranslations('classes')
  const { act, busy, problem, done } = useAnswer()
  return (
    <form
      className="space-y-5"
      onSubmit={(event) => {
        event.preventDefault()
        const given = new FormData(event.currentTarget)
        act(() =>
          keepSettings(classId, {
            name: String(given.get('name') ?? ''),
            joinOpen: given.has('joinOpen'),
            joinUntil: timeOf(String(given.get('joinUntil') ?? '')),
            joinApproval: given.has('joinApproval'),
            stuckMinutes: Number(given.get('stuckMinutes')),
          }),
        )
      }}
    >
      <TextField label={t('name')} name="name" defaultValue={kept.name} required maxLength={100} pattern=".*\S.*" />
      <CheckField label={t('joinOpen')} help={t('joinOpenHelp')} name="joinOpen" defaultChecked={kept.joinOpen} />
      <TimeField label={t('joinUntil')} help={t('joinUntilHelp')} name="joinUntil" at={kept.joinUntil} />
      <CheckField
        label={t('approval')}
        help={t('approvalHelp')}
        name="joinApproval"
        defaultChecked={kept.joinApproval}
      />
      <TextField
        label={t('stuckMinutes')}
        help={t('stuckMinutesHelp')}
        name="stuckMinutes"
        type="number"
        min={1}
        max={240}
        required
        defaultValue={kept.stuckMinutes}
      />
      {problem && <Notice tone="bad">{problem}</Notice>}
      {done && <Notice tone="good">{t('kept')}</Notice>}
      <Button type="submit" disabled={busy}>
        {t('keep')}
      </Button>
    </form>
  )
}
