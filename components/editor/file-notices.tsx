'use client'
import { X } from 'lucide-react'
import type { MouseEvent, ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { CopyButton } from '#components/lesson/copy-button.tsx'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { EDITOR_CAPS } from '#labs/protocol/files.ts'
import { isUnsaved, type OpenFile } from './open-file.ts'
import { useEditor } from './use-editor.ts'

/** What is the matter with the file in front, and the ways out. */
export function FileNotices({ file, host, mayWrite }: { file: OpenFile; host: string; mayWrite: boolean }) {
  const { store, keeps } = useEditor()
  const t = useTranslations('editor')
  const { path, conflict, problem, restored, text } = file
  const isGone = conflict !== null && conflict.hash === null
  return (
    <>
      {!mayWrite && text !== null && isUnsaved(file) && (
        <Strip tone="quiet">
          <span className="mr-auto">{t('copyText')}</span>
          <CopyButton text={text} />
        </Strip>
      )}
      {conflict && mayWrite && (
        <Strip tone="warn" alert>
          <span className="mr-auto">{t(isGone ? 'goneMeanwhile' : 'changed', { path, host })}</span>
          <span className="flex gap-2">
            {isGone ? (
              <Button size="sm" className="h-6.5" onClick={() => store.close(path)}>
                {t('close')}
              </Button>
            ) : (
              <Button
                size="sm"
                className="h-6.5"
                title={t('reloadTitle')}
                onClick={andToText(() => store.reload(path))}
              >
                {t('reload')}
              </Button>
            )}
            <Button
              size="sm"
              className="h-6.5"
              title={t('overwriteTitle')}
              onClick={andToText(() => store.overwrite(path))}
            >
              {t(isGone ? 'saveAgain' : 'overwrite')}
            </Button>
          </span>
        </Strip>
      )}
      {problem && text !== null && (
        <Strip tone="bad" alert>
          <span className="mr-auto">
            {problem.kind === 'says' ? problem.says : t(problem.kind, { path, host, kib: EDITOR_CAPS.bytes / 1_024 })}
          </span>
          <Button
            variant="ghost"
            size="icon"
            className="size-6 text-bad"
            aria-label={t('dismiss')}
            onClick={andToText(() => store.dismiss(path))}
          >
            <X />
          </Button>
        </Strip>
      )}
      {restored && !conflict && mayWrite && isUnsaved(file) && <Strip tone="quiet">{t('restored')}</Strip>}
      {!keeps && isUnsaved(file) && mayWrite && <Strip tone="warn">{t('notKept')}</Strip>}
    </>
  )
}

/** The button goes with what it settles: the focus goes back to the text. */
const andToText =
  (act: () => void) =>
  ({ currentTarget }: MouseEvent<HTMLElement>): void => {
    const text = currentTarget.closest('[data-editor]')?.querySelector<HTMLElement>('.cm-content')
    act()
    text?.focus()
  }

const TONES = { quiet: 'bg-accent-wash text-ink', warn: 'bg-warn-wash text-warn', bad: 'bg-bad-wash text-bad' }

function Strip({ tone, alert, children }: { tone: keyof typeof TONES; alert?: boolean; children: ReactNode }) {
  return (
    <div
      role={alert ? 'alert' : 'status'}
      className={cn(
        'flex min-h-8 shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-b px-3.5 py-0.5 text-[12.5px]',
        TONES[tone],
      )}
      data-file-notice={tone}
    >
      {children}
    </div>
  )
}
