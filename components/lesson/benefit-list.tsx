'use client'
import { Check, Minus } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import type { Benefit } from '#lessons/benefits.ts'
import { InlineCode } from './inline-code.tsx'

type Row = Pick<Benefit, 'title' | 'group' | 'text'> & {
  /** where the course shows it; without an address where there is no such lesson */
  shown: { title: string; href: string | null } | null
  not: string | null
}
type Group = Benefit['group'] | 'all'

/** Numbered through, so that a number means the same under every filter. */
export function BenefitList({ benefits }: { benefits: Row[] }) {
  const t = useTranslations('benefits')
  const [group, setGroup] = useState<Group>('all')
  const rows = benefits.map((benefit, at) => ({ ...benefit, number: at + 1 }))
  const seen = rows.filter((row) => group === 'all' || row.group === group)
  const shown = seen.filter((row) => row.shown).length
  const groups: Group[] = ['all', ...new Set(benefits.map((benefit) => benefit.group))]
  const countOf = (one: Group) => (one === 'all' ? rows.length : rows.filter((row) => row.group === one).length)
  return (
    <section aria-label={t('title')} className="rounded-xl border">
      <div className="border-b px-4 pt-4 pb-3">
        <fieldset className="flex flex-wrap gap-1.5">
          <legend className="sr-only">{t('group')}</legend>
          {groups.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={group === one}
              onClick={() => setGroup(one)}
              className={cn(
                'rounded-full border px-3 py-1 font-medium text-[13px] leading-5',
                group === one
                  ? 'border-accent bg-accent-wash text-ink'
                  : 'border-line-strong text-ink-soft hover:bg-chrome hover:text-ink',
              )}
            >
              {t(`groups.${one}`)} <span className="ml-1 text-ink-quiet tabular-nums">{countOf(one)}</span>
            </button>
          ))}
        </fieldset>
        <div className="mt-3.5 flex items-center gap-3">
          <div aria-hidden className="flex h-1.5 flex-1 gap-px overflow-hidden rounded-full">
            {seen.map(({ number, shown }) => (
              <span key={number} className={cn('flex-1', shown ? 'bg-accent' : 'bg-line-strong')} />
            ))}
          </div>
          <p role="status" className="text-[13px] text-ink-quiet tabular-nums">
            {t('count', { all: seen.length, shown, not: seen.length - shown })}
          </p>
        </div>
      </div>
      <ol className="list-none! divide-y p-0!">
        {seen.map((row) => (
          <li key={row.number} className="mt-0! grid grid-cols-[2.25rem_1fr] px-4 py-3">
            <span className="pt-px font-mono text-[13px] text-ink-quiet tabular-nums">{row.number}</span>
            <div>
              <p className="font-semibold text-[15px] text-ink leading-snug">{row.title}</p>
              <p className="mt-0.5 text-[14.5px] leading-relaxed">
                <InlineCode text={row.text} />
              </p>
              <Where row={row} />
            </div>
          </li>
        ))}
      </ol>
    </section>
  )
}

function Where({ row: { shown, not } }: { row: Row }) {
  const t = useTranslations('benefits')
  const Icon = shown ? Check : Minus
  return (
    <p className="mt-1 flex gap-1.5 text-[13px] text-ink-quiet leading-snug">
      <Icon aria-hidden className={cn('mt-px size-3.5 shrink-0', shown && 'text-good')} strokeWidth={2.5} />
      <span>
        {shown ? `${t('seenIn')} ` : `${t('notShown')} `}
        {shown && (shown.href ? <Link href={shown.href}>{shown.title}</Link> : shown.title)}
        {not && <InlineCode text={not} />}
      </span>
    </p>
  )
}
