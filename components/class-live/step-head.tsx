import { useTranslations } from 'use-intl'
import { roughly } from '#components/workbench/format.ts'
import type { Distribution } from './standings.ts'

/** A step's column: its number and name, and how many are past it, at it and stuck in it. */
export function StepHead(props: { number: number; title: string; of: Distribution; learners: number }) {
  const { number, title, of, learners } = props
  const t = useTranslations('board')
  const share = (count: number) => `${learners === 0 ? 0 : (count / learners) * 100}%`
  const label = t('distributionOf', { number, title, done: of.done, working: of.working, stuck: of.stuck })
  return (
    <th scope="col" className="min-w-36 px-2 py-2 align-top font-normal" data-step-head={number}>
      <span className="flex min-h-8 items-baseline gap-1.5">
        <span className="font-mono text-[12px] text-ink-quiet tabular-nums">{number}</span>
        <span className="line-clamp-2 font-medium text-[13px] text-ink leading-tight" title={title}>
          {title}
        </span>
      </span>
      <span className="mt-2 block" title={label}>
        <span className="sr-only">{label}</span>
        <span aria-hidden className="flex h-1.5 overflow-hidden rounded-full bg-line">
          <span className="bg-good transition-[width]" style={{ width: share(of.done) }} />
          <span className="bg-accent transition-[width]" style={{ width: share(of.working - of.stuck) }} />
          <span className="bg-warn transition-[width]" style={{ width: share(of.stuck) }} />
        </span>
        <span
          aria-hidden
          className="mt-1 flex justify-between gap-2 whitespace-nowrap text-[11.5px] text-ink-quiet tabular-nums"
        >
          <span>
            {of.done}
            {of.working > 0 && <span className="text-accent"> +{of.working}</span>}
            {of.stuck > 0 && <span className="text-warn"> !{of.stuck}</span>}
          </span>
          {of.medianMs !== null && <span>{t('median', { time: roughly(of.medianMs) })}</span>}
        </span>
      </span>
    </th>
  )
}
