'use client'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import { number } from '#components/workbench/format.ts'
import { useOptionalLive } from '#components/workbench/live-context.tsx'

type Value = {
  name: string
  /** a check of the lab, and what its evidence calls this */
  check: string
  of: string
  /** the one that the others are held against */
  accent?: boolean
}
type Row = { label: string; values: Value[] }
/** what the evidence has is in the first unit, what is shown in the second */
const UNITS = {
  seconds: { of: (ms: number) => (ms / 1000).toFixed(1), text: 'seconds' },
  milliseconds: { of: (ms: number) => number(Math.round(ms)), text: 'milliseconds' },
  perSecond: { of: (rate: number) => number(Math.round(rate)), text: 'perSecond' },
} as const

/** The learner's own numbers, as bars of one scale; what has not been measured yet is said so. */
export function Measured({
  caption,
  rows,
  unit = 'seconds',
}: {
  caption: string
  rows: Row[]
  unit?: keyof typeof UNITS
}) {
  const live = useOptionalLive()
  const t = useTranslations('measured')
  const checks = new Map(live?.steps.flatMap((step) => step.checks.map((check) => [check.id, check])))
  const measuredOf = ({ check, of }: Value): number | null => checks.get(check)?.measured[of] ?? null
  const largest = Math.max(1, ...rows.flatMap(({ values }) => values.map((one) => measuredOf(one) ?? 0)))
  const { of, text } = UNITS[unit]
  return (
    <figure className="my-8! rounded-lg border bg-raised px-4 pt-3.5 pb-4">
      <dl className="m-0! space-y-4">
        {rows.map(({ label, values }) => (
          <div key={label}>
            <dt className="m-0! font-medium text-[13.5px] text-ink">{label}</dt>
            {values.map((one) => {
              const value = measuredOf(one)
              return (
                <dd key={one.name} className="m-0! mt-1.5 grid grid-cols-[6rem_1fr] items-center gap-3 text-[13px]">
                  <span className="text-ink-soft">{one.name}</span>
                  <span className="flex min-w-0 items-center gap-2 tabular-nums">
                    {value === null ? (
                      <span className="text-ink-quiet">{t('notYet')}</span>
                    ) : (
                      <>
                        <span
                          aria-hidden
                          className={cn('h-3 min-w-0.5 rounded-sm', one.accent ? 'bg-accent' : 'bg-ink-quiet')}
                          style={{ width: `${(value / largest) * 75}%` }}
                        />
                        <span className="text-ink">{t(text, { value: of(value) })}</span>
                      </>
                    )}
                  </span>
                </dd>
              )
            })}
          </div>
        ))}
      </dl>
      <figcaption className="mt-3.5 text-ink-quiet text-sm leading-relaxed">{caption}</figcaption>
    </figure>
  )
}
