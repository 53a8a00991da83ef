'use client'
import { Play, Save, X } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { ConfirmDialog } from '#components/ui/alert-dialog.tsx'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { Tab, Tabs, TabsList, TabsPanel } from '#components/ui/tabs.tsx'
import { useLab } from '#components/workbench/live-context.tsx'
import type { Editor } from '#labs/engine/define.ts'
import { Unsaved } from './file-list.tsx'
import { isUnsaved, type OpenFile } from './open-file.ts'
import { useEditor } from './use-editor.ts'

/** The files that are open, and what can be done with the one in front, which is `children`. */
export function FileTabs(props: { editor: Editor; mayWrite: boolean; children: ReactNode }) {
  const { editor, mayWrite } = props
  const { store, files, active } = useEditor()
  const { client } = useLab()
  const t = useTranslations('editor')
  const [closing, setClosing] = useState<string | null>(null)
  const file = files.find(({ path }) => path === active)
  // The name is the learner's: no `constructor` of an object's is meant.
  const command = file && Object.hasOwn(editor.run, file.path) ? editor.run[file.path] : undefined
  const unsaved = file !== undefined && isUnsaved(file)
  const list = useRef<HTMLDivElement>(null)
  const closeNow = (path: string) => {
    const editor = list.current?.closest('[data-editor]')
    store.close(path)
    // The tab that had the focus is gone: the next one has it, else the list that files are opened from.
    const found = (what: string) => editor?.querySelector<HTMLElement>(what)
    requestAnimationFrame(() =>
      (found('[role="tab"][aria-selected="true"]') ?? found('[data-files-list] button'))?.focus(),
    )
  }
  const close = (one: OpenFile) => (isUnsaved(one) ? setClosing(one.path) : closeNow(one.path))
  if (files.length === 0) return props.children
  return (
    <Tabs
      value={active}
      onValueChange={(path: string) => store.activate(path)}
      className="flex min-h-0 flex-1 flex-col"
    >
      <div className="flex h-9 shrink-0 items-stretch border-b bg-chrome">
        <TabsList
          ref={list}
          aria-label={t('open')}
          className="flex min-w-0 flex-1 items-stretch overflow-x-auto [scrollbar-width:thin]"
        >
          {files.map((one) => (
            <FileTab key={one.path} file={one} isActive={one.path === active} onClose={() => close(one)} />
          ))}
        </TabsList>
        {mayWrite && file && file.text !== null && (
          <div className="flex shrink-0 items-center gap-1.5 px-1.5">
            <Button
              size="sm"
              className="h-6.5 @max-xl:px-1.5"
              disabled={!unsaved || file.saving !== null}
              title={t('saveKeys')}
              onClick={() => store.save(file.path)}
            >
              <Save aria-hidden className="size-3.5!" />
              <span className="@max-xl:sr-only">{t(file.saving === null ? 'save' : 'saving')}</span>
            </Button>
            {command !== undefined && (
              <Button
                variant="primary"
                size="sm"
                className="h-6.5"
                disabled={file.saving !== null}
                title={command}
                onClick={() => store.save(file.path, () => client.run(editor.host, command))}
              >
                <Play aria-hidden className="size-3! fill-current" />
                {t(unsaved ? 'saveAndRun' : 'run')}
              </Button>
            )}
          </div>
        )}
      </div>
      {active !== null && (
        <TabsPanel value={active} tabIndex={-1} className="flex min-h-0 flex-1 flex-col outline-none">
          {props.children}
        </TabsPanel>
      )}
      <ConfirmDialog
        open={closing !== null}
        onOpenChange={(open) => !open && setClosing(null)}
        title={t('discardTitle', { path: closing ?? '' })}
        text={t('discardText')}
        confirm={t('discard')}
        cancel={t('cancel')}
        onConfirm={() => closing !== null && closeNow(closing)}
      />
    </Tabs>
  )
}

function FileTab({ file, isActive, onClose }: { file: OpenFile; isActive: boolean; onClose: () => void }) {
  const t = useTranslations('editor')
  const tab = useRef<HTMLElement>(null)
  useEffect(() => {
    if (isActive) tab.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [isActive])
  return (
    <Tab
      ref={tab}
      value={file.path}
      title={file.path}
      aria-keyshortcuts="Delete"
      onKeyDown={({ key }) => key === 'Delete' && onClose()}
      className={cn(
        'h-full shrink-0 border-r pr-1 pl-3 font-mono text-[12px]',
        isActive ? 'terminal-ground shadow-[inset_0_2px_0_var(--accent)]' : 'hover:bg-sunken',
      )}
    >
      {file.path.slice(file.path.lastIndexOf('/') + 1)}
      {isUnsaved(file) && <Unsaved />}
      {/* A tab may hold no button: for the keyboard there is Delete. */}
      <span
        aria-hidden
        title={t('close')}
        data-close
        className="grid size-6 cursor-pointer place-items-center rounded-md text-ink-quiet hover:bg-line hover:text-ink"
        onClick={(event) => {
          event.stopPropagation()
          onClose()
        }}
      >
        <X className="size-3.5" />
      </span>
    </Tab>
  )
}
