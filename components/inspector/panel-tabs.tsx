'use client'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import { useLab } from '#components/workbench/live-context.tsx'
import { useInspectorView } from './use-inspector.ts'

/** What the panel shows: the cluster, a node's metadata log, or the state in snapshots. */
export function PanelTabs() {
  const { client } = useLab()
  const { tab } = useInspectorView()
  const t = useTranslations('inspector')
  return (
    <fieldset className="flex shrink-0 items-center rounded-md border bg-page p-px">
      <legend className="sr-only">{t('tabs')}</legend>
      {(['cluster', 'log', 'snapshots'] as const).map((id) => (
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
          {t(id === 'cluster' ? 'nodes' : id)}
        </button>
      ))}
    </fieldset>
  )
}
