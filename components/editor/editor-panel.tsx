'use client'
/** The files of the lab's directory: which there are, those that are open, and one of them to edit. */
import { useId } from 'react'
import { useTranslations } from 'use-intl'
import { isOver } from '#components/workbench/live-client.ts'
import { useLab, useLive } from '#components/workbench/live-context.tsx'
import type { Editor } from '#labs/engine/define.ts'
import { CodePane } from './code-pane.tsx'
import { FileList } from './file-list.tsx'
import { FileNotices } from './file-notices.tsx'
import { FileTabs } from './file-tabs.tsx'
import { homely } from './homely.ts'
import { StatusLine } from './status-line.tsx'
import { useDirectory, useEditor } from './use-editor.ts'

export default function EditorPanel({ editor }: { editor: Editor }) {
  const { isOwn } = useLab()
  const { state } = useLive()
  const { store, files, active } = useEditor()
  const t = useTranslations('editor')
  const keysId = useId()
  useDirectory(editor.host)
  const file = files.find(({ path }) => path === active)
  const over = isOver(state)
  const mayWrite = isOwn && !over
  return (
    <section
      aria-label={t('title', { directory: homely(editor.directory), host: editor.host })}
      className="@container h-full min-h-0 bg-page"
      data-editor
      onKeyDown={(event) => {
        if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== 's') return
        event.preventDefault()
        if (mayWrite && active !== null) store.save(active)
      }}
    >
      <div className="flex h-full min-h-0 @md:flex-row flex-col">
        <FileList editor={editor} mayWrite={mayWrite} />
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <FileTabs editor={editor} mayWrite={mayWrite}>
            {over && state && (
              <p role="status" className="shrink-0 border-b bg-warn-wash px-3.5 py-1.5 text-[12.5px] text-warn">
                {t('over')}
              </p>
            )}
            {file ? (
              <>
                <FileNotices file={file} host={editor.host} mayWrite={mayWrite} />
                <CodePane key={file.path} file={file} host={editor.host} readOnly={!mayWrite} describedBy={keysId} />
                <StatusLine file={file} editor={editor} keysId={keysId} />
              </>
            ) : (
              <p className="max-w-md p-5 text-[14px] text-ink-quiet leading-relaxed">{t('choose')}</p>
            )}
          </FileTabs>
        </div>
      </div>
    </section>
  )
}
