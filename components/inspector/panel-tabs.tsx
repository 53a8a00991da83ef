'use client'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import { useLab, useLive } from '#components/workbench/live-context.tsx'
import type { PanelTab } from './inspector-store.ts'
import { usePanelTab } from './use-inspector.ts'

/**
 * What the panel shows: the cluster, what this lab shows besides, a node's metadata log, the state in snapshots, and the
 * files that can be edited.
 */
export function PanelTabs(props: {
  /** the files are among them */
  files: boolean
  /** false: none of them is shown, until one is chosen */
  open: boolean
  onChoose?: () => void
}) {
  const { files, open, onChoose } = props
  const { client } = useLab()
  const now = usePanelTab(files)
  const { state } = useLive()
  const t = useTranslations()
  const kinds = new Set(state?.facts.map(({ kind }) => kind))
  const nameOf = (id: PanelTab): string => {
    if (id === 'files') return t('editor.tab')
    if (id === 'log' || id === 'snapshots') return t(`inspector.${id}`)
    return id === 'cluster' ? t('inspector.nodes') : t(`facts.${id}`)
  }
  return (
    <fieldset className="flex shrink-0 items-center rounded-md border bg-page p-px">
      <legend className="sr-only">{t('inspector.tabs')}</legend>
      {(['cluster', ...kinds, 'log', 'snapshots', ...(files ? (['files'] as const) : [])] as const).map((id) => (
        <button
          key={id}
          type="button"
          aria-pressed={open && id === now}
          onClick={() => {
            client.inspector.show(id)
            onChoose?.()
          }}
          className={cn(
            'h-6 rounded-[5px] px-2 text-[12px] outline-offset-[-2px]',
            open && id === now ? 'bg-accent-wash font-medium text-ink' : 'text-ink-quiet hover:text-ink',
          )}
        >
          {nameOf(id)}
        </button>
      ))}
    </fieldset>
  )
}
