'use client'
import { useTranslations } from 'use-intl'
import { useEditor } from '#components/editor/use-editor.ts'
import { cn } from '#components/ui/cn.ts'
import { useLab, useLive } from '#components/workbench/live-context.tsx'
import { useInspectorView } from './use-inspector.ts'

const NAMES = { cluster: 'inspector.nodes', log: 'inspector.log', snapshots: 'inspector.snapshots' } as const

/**
 * What the panel shows: the cluster, what this lab shows besides, a node's metadata log, the state in snapshots, or the
 * files that can be edited.
 */
export function PanelTabs(props: {
  /** the files are among them */
  files?: boolean
  /** false: none of them is shown, until one is chosen */
  open?: boolean
  onOpen?: ((open: boolean) => void) | null
}) {
  const { files = false, open = true, onOpen } = props
  const { client } = useLab()
  const { tab } = useInspectorView()
  const { state } = useLive()
  const { shown, store } = useEditor()
  const t = useTranslations()
  const kinds = new Set(state?.facts.map(({ kind }) => kind))
  const now = files && shown ? 'files' : tab
  const choice = (id: typeof now, name: string, choose: () => void) => (
    <button
      key={id}
      type="button"
      aria-pressed={open && id === now}
      onClick={() => {
        choose()
        onOpen?.(true)
      }}
      className={cn(
        'h-6 rounded-[5px] px-2 text-[12px] outline-offset-[-2px]',
        open && id === now ? 'bg-accent-wash font-medium text-ink' : 'text-ink-quiet hover:text-ink',
      )}
    >
      {name}
    </button>
  )
  return (
    <fieldset className="flex shrink-0 items-center rounded-md border bg-page p-px">
      <legend className="sr-only">{t('inspector.tabs')}</legend>
      {(['cluster', ...kinds, 'log', 'snapshots'] as const).map((id) =>
        choice(
          id,
          t(id in NAMES ? NAMES[id as keyof typeof NAMES] : `facts.${id as Exclude<typeof id, keyof typeof NAMES>}`),
          () => {
            store.show(false)
            client.inspector.show(id)
          },
        ),
      )}
      {files && choice('files', t('editor.tab'), () => store.show(true))}
    </fieldset>
  )
}
