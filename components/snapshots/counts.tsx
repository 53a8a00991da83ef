import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import type { TreeChange } from '#labs/protocol/log.ts'

/** How many were added, removed and changed, with the signs that the tree has. */
export function Counts({ changes, left }: { changes: TreeChange[]; left: number }) {
  const t = useTranslations('inspector')
  const of = (kind: TreeChange['kind']) => changes.filter((one) => one.kind === kind).length
  if (changes.length === 0) return <p className="text-[12.5px] text-ink-soft">{t('noDifference')}</p>
  return (
    <p className="flex flex-wrap gap-x-3 text-[12.5px] tabular-nums" data-counts={changes.length + left}>
      {(
        [
          ['added', '+', 'text-good'],
          ['removed', '−', 'text-bad'],
          ['changed', '±', 'text-warn'],
        ] as const
      ).map(([kind, sign, tone]) => (
        <span key={kind} className={cn('font-medium', of(kind) > 0 ? tone : 'text-ink-quiet')}>
          <span aria-hidden className="font-mono">
            {sign}
          </span>{' '}
          {t('countOf', { count: of(kind), kind: t(kind) })}
        </span>
      ))}
      {left > 0 && <span className="text-ink-quiet">{t('leftOut', { left })}</span>}
    </p>
  )
}
