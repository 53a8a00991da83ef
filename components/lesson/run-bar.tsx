'use client'
import { Play } from 'lucide-react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { isAtWork, useOptionalLab, useOptionalLive } from '#components/workbench/live-context.tsx'
import { CopyButton } from './copy-button.tsx'

export function RunBar({ host, command }: { host: string | null; command: string }) {
  const t = useTranslations('lesson')
  const lab = useOptionalLab()
  const live = useOptionalLive()
  const state = live?.state
  const ready = isAtWork(live)
  const on = host ?? state?.hosts[0] ?? lab?.outline.hosts[0]
  return (
    <div className="flex h-9 items-center gap-2 border-t bg-chrome pr-1 pl-1.5">
      {lab && (
        <Button
          variant={ready ? 'primary' : 'outline'}
          size="sm"
          className="h-6.5"
          disabled={!ready || !on}
          onClick={() => on && lab.client.run(on, command)}
        >
          <Play aria-hidden className="size-3! fill-current" />
          {t('run')}
        </Button>
      )}
      <p className="min-w-0 flex-1 truncate px-1 text-[12.5px] text-ink-quiet">
        {ready || !lab ? (
          <span className="font-mono">{on}</span>
        ) : (
          t(state?.room.status === 'ready' ? 'reconnecting' : 'startFirst')
        )}
      </p>
      <CopyButton text={command} />
    </div>
  )
}
