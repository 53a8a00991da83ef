'use client'
import { lazy, Suspense } from 'react'
import { useTranslations } from 'use-intl'
import type { Editor } from '#labs/engine/define.ts'

/** Only who opens the files pays for them. */
const EditorPanel = lazy(() => import('./editor-panel.tsx'))

export function LazyEditor({ editor }: { editor: Editor }) {
  const t = useTranslations('editor')
  return (
    <Suspense fallback={<p className="p-5 text-[14px] text-ink-quiet">{t('loading')}</p>}>
      <EditorPanel editor={editor} />
    </Suspense>
  )
}
