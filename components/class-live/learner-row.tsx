'use client'
import { BookCheck, Check, Lightbulb } from 'lucide-react'
import Link from 'next/link'
import { memo } from 'react'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import { clock, roughly } from '#components/workbench/format.ts'
import { useNow } from '#components/workbench/use-now.ts'
import type { Board, BoardRow, Standing } from '#labs/protocol/class.ts'
import { ClusterMarks } from './cluster-marks.tsx'
import { LOOKS, type Shown, shownOf } from './standings.ts'

const TICK_MS = 15_000

/** One learner: how they stand, their cluster, and each step. Drawn again only when their row differs. */
export const LearnerRow = memo(function LearnerRow(props: {
  row: BoardRow
  steps: Board['lab']['steps']
  base: string
}) {
  const { row, steps, base } = props
  const shown = shownOf(row)
  return (
    <tr data-learner={row.name} data-standing={shown} className="group">
      <th
        scope="row"
        className="sticky left-0 z-1 max-w-52 border-r bg-page px-3 py-1.5 text-left font-medium text-ink text-sm group-hover:bg-chrome"
      >
        <span className="block truncate" title={row.name}>
          {row.name}
        </span>
      </th>
      <td className="px-3 py-1.5">
        <StandingOf row={row} shown={shown} />
      </td>
      <td className="px-3 py-1.5">
        <span className="flex gap-2.5">
          {row.pictures.map((picture) => (
            <ClusterMarks key={picture.cluster} picture={picture} />
          ))}
        </span>
      </td>
      {steps.map((step, index) => (
        <td key={step.id} className="p-1">
          <StepCell row={row} step={step} index={index} shown={shown} href={`${base}/${row.userId}?step=${step.id}`} />
        </td>
      ))}
    </tr>
  )
})

function StandingOf({ row, shown }: { row: BoardRow; shown: Shown }) {
  const t = useTranslations('board')
  const { Icon, ink, wash } = LOOKS[shown]
  return (
    <span className="flex items-center gap-2 whitespace-nowrap text-[13px]">
      <span className={cn('inline-flex items-center gap-1.5 rounded-full px-2 py-0.5 font-medium', ink, wash)}>
        <Icon aria-hidden className="size-3.5" />
        {t(`is.${shown}`)}
      </span>
      <span className="text-[12px] text-ink-quiet tabular-nums">
        {shown === 'hands' && row.helpSince !== null ? clock(row.helpSince) : <Why standing={row.standing} />}
        {row.elsewhere && t('elsewhere')}
      </span>
    </span>
  )
}

function Why({ standing }: { standing: Standing }) {
  const t = useTranslations('board')
  const now = useNow('since' in standing ? TICK_MS : null)
  if (standing.is === 'idle') return t('since', { time: roughly(now - standing.since) })
  if (standing.is !== 'stuck') return null
  const { because, times, since } = standing
  return t(`because.${because}`, { times, time: roughly(now - since) })
}

/** Leads to the learner's story at this step. */
function StepCell(props: {
  row: BoardRow
  step: Board['lab']['steps'][number]
  index: number
  shown: Shown
  href: string
}) {
  const { row, step, index, shown, href } = props
  const t = useTranslations('board')
  const { passed, hints, solution, ms } = row.steps[index] ?? { passed: 0, hints: 0, solution: false, ms: null }
  const isDone = passed >= step.checks
  const isHere = row.at === index && row.standing.is !== 'away'
  const looks = LOOKS[isDone ? 'done' : isHere ? shown : 'away']
  const label = t('stepOf', { title: step.title, passed, all: step.checks })
  const text = (
    <>
      {isDone ? (
        <Check aria-hidden className="size-4" strokeWidth={2.5} />
      ) : (
        <span aria-hidden className="tabular-nums">
          {passed > 0 || isHere ? `${passed}/${step.checks}` : '·'}
        </span>
      )}
      {hints > 0 && (
        <span className="flex items-center gap-0.5 text-[11px] text-ink-quiet" title={t('hints', { count: hints })}>
          <Lightbulb aria-hidden className="size-3" />
          <span aria-hidden>{hints}</span>
          <span className="sr-only">{t('hints', { count: hints })}</span>
        </span>
      )}
      {solution && (
        <span className="text-ink-quiet" title={t('solution')}>
          <BookCheck aria-hidden className="size-3" />
          <span className="sr-only">{t('solution')}</span>
        </span>
      )}
      {ms !== null && <span className="ml-auto text-[11px] text-ink-quiet tabular-nums">{roughly(ms)}</span>}
    </>
  )
  const className = cn(
    'flex h-8 items-center gap-2 rounded-md px-2.5 font-medium text-[13px]',
    isDone || isHere ? [looks.ink, looks.wash] : 'text-ink-quiet',
    isHere && !isDone && 'ring-1 ring-current ring-inset',
  )
  if (row.session === null)
    return (
      <span className={className} title={t('noSession', { name: row.name })}>
        <span className="sr-only">{label}</span>
        {text}
      </span>
    )
  return (
    <Link
      href={href}
      prefetch={false}
      className={cn(className, 'outline-offset-[-2px] hover:ring-1 hover:ring-accent hover:ring-inset')}
      title={label}
      data-cell={`${row.name}/${step.id}`}
    >
      <span className="sr-only">
        {t('story', { name: row.name, step: step.title })}: {label}
      </span>
      {text}
    </Link>
  )
}
