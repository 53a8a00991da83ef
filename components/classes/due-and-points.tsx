'use client'
import { useTranslations } from 'use-intl'
import { TextField } from '#components/ui/field.tsx'
import { TimeField } from '#components/ui/time-field.tsx'

/** `dueAt`: ms since 1970; null: no date. */
export type DueAndPointsGiven = { dueAt: number | null; points: number }

export function DueAndPoints(props: { given: DueAndPointsGiven; onChange: (given: DueAndPointsGiven) => void }) {
  const { given, onChange } = props
  const t = useTranslations('classes')
  return (
    <div className="grid gap-4 sm:grid-cols-[1fr_7rem]">
      <TimeField
        label={t('due')}
        name="due"
        help={t('dueHelp')}
        at={given.dueAt}
        onChange={(dueAt) => onChange({ ...given, dueAt })}
      />
      <TextField
        label={t('points')}
        name="points"
        type="number"
        min={0}
        max={10_000}
        step="any"
        required
        defaultValue={given.points}
        onChange={({ target }: { target: HTMLInputElement }) =>
          onChange({ ...given, points: target.valueAsNumber || 0 })
        }
      />
    </div>
  )
}
