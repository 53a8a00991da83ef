'use client'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import { useOptionalLive } from '#components/workbench/live-context.tsx'

type Measured = {
  name: string
  /** a check of the lab, and the time in its evidence */
  check: string
  time: string
  /** the one that the others are held against */
  accent?: boolean
}
type Row = { label: string; times: Measured[] }

/** The learner's own numbers, as bars of one scale; what has not been measured yet is said so. */
export function MeasuredTimes({ caption, rows }: { caption: string; rows: Row[] }) {
  const live = useOptionalLive()
  const t = useTranslations('measured')
  const checks = new Map(live?.steps.flatMap((step) => step.checks.map((check) => [check.id, check])))
  const msOf = ({ check, time }: Measured): number | null => checks.get(check)?.times[time] ?? null
  const longest = Math.max(1, ...rows.flatMap(({ times }) => times.map((one) => msOf(one) ?? 0)))
  return (
    <figure className="my-8! rounded-lg border bg-raised px-4 pt-3.5 pb-4">
      <dl className="m-0! space-y-4">
        {rows.map(({ label, times }) => (
          <div key={label}>
            <dt className="m-0! font-medium text-[13.5px] text-ink">{label}</dt>
            {times.map((one) => {
              const ms = msOf(one)
              return (
                <dd key={one.name} className="m-0! mt-1.5 grid grid-cols-[6rem_1fr] items-center gap-3 text-[13px]">
                  <span className="text-ink-soft">{one.name}</span>
                  <span className="flex min-w-0 items-center gap-2 tabular-nums">
                    {ms === null ? (
                      <span className="text-ink-quiet">{t('notYet')}</span>
                    ) : (
                      <>
                        <span
                          aria-hidden
                          className={cn('h-3 min-w-0.5 rounded-sm', one.accent ? 'bg-accent' : 'bg-ink-quiet')}
                          style={{ width: `${(ms / longest) * 75}%` }}
                        />
                        <span className="text-ink">{t('seconds', { seconds: (ms / 1000).toFixed(1) })}</span>
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
