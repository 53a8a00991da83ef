'use client'
import { lazy, Suspense } from 'react'
import { useTranslations } from 'use-intl'
import { useLab } from '#components/workbench/live-context.tsx'

/** Only who opens the files pays for them. */
const EditorPanel = lazy(() => import('./editor-panel.tsx'))

/** The files of the lab's editor; nothing where it has none. */
export function LazyEditor() {
  const { editor } = useLab().outline
  const t = useTranslations('editor')
  if (!editor) return null
  return (
    <Suspense fallback={<p className="p-5 text-[14px] text-ink-quiet">{t('loading')}</p>}>
      <EditorPanel editor={editor} />
    </Suspense>
  )
}
