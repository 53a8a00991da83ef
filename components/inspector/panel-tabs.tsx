'use client'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import { useLab, useLive } from '#components/workbench/live-context.tsx'
import { useInspectorView } from './use-inspector.ts'

/** What the panel shows: the cluster, a node's metadata log, the state in snapshots, and what this lab shows besides. */
export function PanelTabs() {
  const { client } = useLab()
  const { tab } = useInspectorView()
  const { state } = useLive()
  const t = useTranslations('inspector')
  const facts = useTranslations('facts')
  const kinds = new Set(state?.facts.map(({ kind }) => kind))
  return (
    <fieldset className="flex shrink-0 items-center rounded-md border bg-page p-px">
      <legend className="sr-only">{t('tabs')}</legend>
      {(['cluster', ...kinds, 'log', 'snapshots'] as const).map((id) => (
        <button
          key={id}
          type="button"
          aria-pressed={id === tab}
          onClick={() => client.inspector.show(id)}
          className={cn(
            'h-6 rounded-[5px] px-2 text-[12px] outline-offset-[-2px]',
            id === tab ? 'bg-accent-wash font-medium text-ink' : 'text-ink-quiet hover:text-ink',
          )}
        >
          {id === 'log' || id === 'snapshots' ? t(id) : id === 'cluster' ? t('nodes') : facts(id)}
        </button>
      ))}
    </fieldset>
  )
}
