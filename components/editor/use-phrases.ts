'use client'
import { useMemo } from 'react'
import { useTranslations } from 'use-intl'

/** What CodeMirror's search says, by CodeMirror's own words for it. */
export function usePhrases(): Record<string, string> {
  const t = useTranslations('editor.search')
  return useMemo(
    () => ({
      Find: t('find'),
      Replace: t('replaceBy'),
      next: t('next'),
      previous: t('previous'),
      all: t('all'),
      'match case': t('matchCase'),
      regexp: t('regexp'),
      'by word': t('byWord'),
      replace: t('replace'),
      'replace all': t('replaceAll'),
      close: t('close'),
      'current match': t('currentMatch'),
      'on line': t('onLine'),
      'replaced match on line $': t('replacedOnLine'),
      'replaced $ matches': t('replaced'),
      'Go to line': t('goToLine'),
      go: t('go'),
      'Control character': t('controlCharacter'),
    }),
    [t],
  )
}
