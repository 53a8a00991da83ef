'use client'
import { History } from 'lucide-react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { clock } from '#components/workbench/format.ts'
import { useLab } from '#components/workbench/live-context.tsx'

/** Says plainly that the panel is not live, with the way back. */
export function LookedAt({ at }: { at: number }) {
  const { client } = useLab()
  const t = useTranslations('timeline')
  return (
    <p className="flex items-center gap-2 border-b bg-accent-wash px-3.5 py-1 text-[12.5px] text-ink">
      <History aria-hidden className="size-3.5 text-accent" />
      <span className="font-medium tabular-nums">{t('looking', { time: clock(at) })}</span>
      <Button variant="outline" size="sm" className="ml-auto h-6" onClick={() => client.timeline.look(null)}>
        {t('live')}
      </Button>
    </p>
  )
}
