'use client'
import { FileDiff, Layers2 } from 'lucide-react'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import type { TimelineEvent } from '#labs/protocol/live.ts'

/** How many records the metadata log got while a command ran; opens what they changed. Nothing for all other events. */
export function ChangeBadge(props: {
  event: TimelineEvent
  /** another command ran in the same time */
  overlaps: boolean
  onOpen: (seq: number) => void
}) {
  const { event, overlaps } = props
  const t = useTranslations('inspector.change')
  if (event.records === null) return null
  const some = event.records > 0
  const what = t('badge', { count: event.records })
  return (
    <button
      type="button"
      aria-label={t(overlaps ? 'openOverlapping' : 'openWith', { what, command: event.says })}
      title={t(overlaps ? 'overlapTitle' : 'title')}
      onClick={() => props.onOpen(event.seq)}
      className={cn(
        'flex h-5 shrink-0 items-center gap-1 rounded-full border px-2 text-[11.5px] tabular-nums outline-offset-[-1px] hover:border-accent',
        some
          ? 'border-line-strong bg-accent-wash font-medium text-accent'
          : 'border-line-strong bg-page text-ink-quiet',
      )}
      data-change={event.seq}
      data-records={event.records}
    >
      {some && <FileDiff aria-hidden className="size-3" />}
      {what}
      {overlaps && some && <Layers2 aria-hidden className="size-3 text-warn" />}
    </button>
  )
}

/** @returns `seq` of the commands in whose time another one ran: whose change is whose cannot be told */
export function overlapping(events: TimelineEvent[]): ReadonlySet<number> {
  const found = new Set<number>()
  let longest: TimelineEvent | null = null
  const commands = events.filter(({ kind, until }) => kind === 'command' && until !== null)
  for (const command of commands.toSorted((a, b) => a.at - b.at)) {
    if (longest && command.at <= longest.until!) found.add(command.seq).add(longest.seq)
    if (!longest || command.until! > longest.until!) longest = command
  }
  return found
}
