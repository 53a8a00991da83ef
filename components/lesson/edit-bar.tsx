'use client'
import { Check, FilePen } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { isAtWork, useOptionalLab, useOptionalLive } from '#components/workbench/live-context.tsx'
import type { ChangeResult, LineChange } from '#labs/protocol/edit.ts'
import { CopyButton } from './copy-button.tsx'

type Props = { path: string; change: LineChange; added: string }

/** Below the lines of a change: the button that makes it in the editor, how that came out, and the new lines to copy. */
export function EditBar({ path, change, added }: Props) {
  const t = useTranslations('lesson')
  const lab = useOptionalLab()
  const live = useOptionalLive()
  const [outcome, setOutcome] = useState<{ session: string | null; state: ChangeResult['state'] } | null>(null)
  const isOwn = lab?.isOwn && lab.outline.editor !== null
  const ready = isAtWork(live)
  // What was done in a room that is gone says nothing of this one.
  const state = ready && outcome?.session === live?.session ? (outcome?.state ?? null) : null
  return (
    <div className="flex min-h-9 items-center gap-2 border-t bg-chrome pr-1 pl-1.5">
      {isOwn && (
        <Button
          variant={ready ? 'primary' : 'outline'}
          size="sm"
          className="h-6.5"
          disabled={!ready}
          onClick={() => {
            const session = live?.session ?? null
            lab.client.edit(path, change, (state) => setOutcome({ session, state }))
          }}
        >
          <FilePen aria-hidden className="size-3!" />
          {t('edit')}
        </Button>
      )}
      <p className="min-w-0 flex-1 px-1 py-1.5 text-[12.5px] text-ink-quiet" aria-live="polite">
        <span className="font-mono">{path}</span>
        {state !== null && (
          <span className={state === 'absent' || state === 'twice' ? 'text-warn' : 'text-good'}>
            {' · '}
            {(state === 'changed' || state === 'done') && <Check aria-hidden className="mr-1 inline size-3.5" />}
            {t(`edited.${state}`)}
          </span>
        )}
      </p>
      {added !== '' && <CopyButton text={added} />}
    </div>
  )
}
