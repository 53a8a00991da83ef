'use client'
import { useTranslations } from 'use-intl'
import { clock } from '#components/workbench/format.ts'
import type { Editor } from '#labs/engine/define.ts'
import { homely } from './homely.ts'
import { isUnsaved, type OpenFile } from './open-file.ts'

/** Where the file is and whether it is saved; and how the keyboard gets out. */
export function StatusLine({ file, editor, keysId }: { file: OpenFile; editor: Editor; keysId: string }) {
  const t = useTranslations('editor')
  const { path, saving, savedAt } = file
  const says =
    saving !== null
      ? t('saving')
      : isUnsaved(file)
        ? t('notSaved')
        : savedAt !== null
          ? t('savedAt', { time: clock(savedAt) })
          : ''
  return (
    <div className="flex min-h-6 shrink-0 items-center gap-3 border-t bg-chrome px-3 text-[11.5px] text-ink-quiet">
      <span className="truncate font-mono" title={`${editor.directory}/${path}`}>
        {editor.host}:{homely(editor.directory)}/{path}
      </span>
      <span role="status" className="shrink-0 text-ink-soft tabular-nums" data-saved>
        {says}
      </span>
      <span id={keysId} className="ml-auto shrink-0 @max-xl:sr-only">
        {t('keys')}
      </span>
    </div>
  )
}
