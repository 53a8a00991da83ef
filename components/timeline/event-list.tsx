'use client'
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import { clock, measured } from '#components/workbench/format.ts'
import type { TimelineEvent } from '#labs/protocol/live.ts'
import { ChangeBadge } from './change-badge.tsx'
import { KindMark } from './kind-mark.tsx'
import { lastUntil } from './timeline-store.ts'

const ROW_PX = 26
/** Rows above and below what is in view, so that a scroll does not outrun them. */
const SPARE_ROWS = 12

/** All events in words, oldest first; only the rows in view are in the page. */
export function EventList(props: {
  events: TimelineEvent[]
  /** `seq` of the commands in whose time another one ran */
  overlaps: ReadonlySet<number>
  at: number | null
  onLook: (at: number) => void
  /** what this command changed is wanted */
  onOpen: (seq: number) => void
  onKeyDown: (event: KeyboardEvent) => void
}) {
  const { events, at, onLook } = props
  const t = useTranslations('timeline')
  const scroller = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 220 })
  const following = useRef(true)
  const current = at === null ? -1 : lastUntil(events, at)

  // biome-ignore lint/correctness/useExhaustiveDependencies: with each event there is a new end to follow
  useLayoutEffect(() => {
    const box = scroller.current
    if (!box) return
    if (at === null) {
      if (following.current) box.scrollTop = box.scrollHeight
    } else if (current >= 0) {
      const top = current * ROW_PX
      if (top < box.scrollTop) box.scrollTop = top
      else if (top + ROW_PX > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW_PX - box.clientHeight
    }
    setView({ top: box.scrollTop, height: box.clientHeight })
  }, [at, current, events.length])

  const first = Math.max(0, Math.floor(view.top / ROW_PX) - SPARE_ROWS)
  const last = Math.min(events.length, Math.ceil((view.top + view.height) / ROW_PX) + SPARE_ROWS)
  return (
    <div
      ref={scroller}
      onScroll={({ currentTarget: box }) => {
        following.current = box.scrollTop + box.clientHeight >= box.scrollHeight - ROW_PX
        setView({ top: box.scrollTop, height: box.clientHeight })
      }}
      className="h-[min(13rem,24dvh)] shrink-0 overflow-y-auto border-t bg-page"
    >
      {events.length === 0 && <p className="px-4 py-3 text-[13px] text-ink-quiet">{t('none')}</p>}
      <ol
        aria-label={t('events')}
        className="relative list-none!"
        style={{ height: events.length * ROW_PX }}
        onKeyDown={props.onKeyDown}
      >
        {events.slice(first, last).map((event, offset) => (
          <li
            key={event.seq}
            aria-posinset={first + offset + 1}
            aria-setsize={events.length}
            className={cn(
              'absolute inset-x-0 flex items-center gap-1.5 pr-2',
              first + offset === current ? 'bg-accent-wash text-ink' : 'text-ink-soft has-[>button:hover]:bg-sunken',
            )}
            style={{ top: (first + offset) * ROW_PX, height: ROW_PX }}
          >
            <button
              type="button"
              aria-current={first + offset === current ? 'true' : undefined}
              onClick={() => onLook(event.at)}
              className="flex h-full min-w-0 flex-1 items-center gap-2.5 pr-2 pl-4 text-left text-[12.5px] outline-offset-[-2px]"
            >
              <span className="shrink-0 font-mono text-[11.5px] text-ink-quiet tabular-nums">{clock(event.at)}</span>
              <KindMark kind={event.kind} />
              <span className="w-16 shrink-0 text-ink-quiet max-sm:sr-only">{t(`kind.${event.kind}`)}</span>
              <span className="min-w-0 truncate" title={event.says}>
                {event.says}
              </span>
              {event.kind === 'outage' && (
                <span className="ml-auto shrink-0 font-mono text-[11.5px] tabular-nums">
                  {event.until === null ? t('lasting') : measured(event.until - event.at)}
                </span>
              )}
            </button>
            <ChangeBadge event={event} overlaps={props.overlaps.has(event.seq)} onOpen={props.onOpen} />
          </li>
        ))}
      </ol>
    </div>
  )
}
