'use client'
import { ChevronDown, ChevronUp, History, List, Radio } from 'lucide-react'
import { type KeyboardEvent, useDeferredValue, useMemo, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { clock } from '#components/workbench/format.ts'
import { useLab, useLive } from '#components/workbench/live-context.tsx'
import { useNow } from '#components/workbench/use-now.ts'
import { useStoredFlag } from '#components/workbench/use-stored.ts'
import type { TimelineEvent } from '#labs/protocol/live.ts'
import { ChangeBadge, overlapping } from './change-badge.tsx'
import { ChangeSheet } from './change-sheet.tsx'
import { EventList } from './event-list.tsx'
import { KindFilter } from './kind-filter.tsx'
import { KindMark } from './kind-mark.tsx'
import { type Kind, LANES } from './kinds.ts'
import { Line } from './line.tsx'
import { lastUntil } from './timeline-store.ts'
import { useTimeline } from './use-timeline.ts'

const MINUTE_MS = 60_000
const SPANS = [
  { id: 'two', ms: 2 * MINUTE_MS },
  { id: 'ten', ms: 10 * MINUTE_MS },
  { id: 'all', ms: null },
] as const
/** The line moves on so often. */
const TICK_MS = 1_000
const PAGE_EVENTS = 10

/** What happened in the room so far, on one line; a moment of it can be chosen, and the panel shows that one. */
export function Timeline() {
  const { outline, client, isOwn } = useLab()
  const { state } = useLive()
  const { events: all, looking } = useTimeline()
  const t = useTranslations('timeline')
  const many = outline.hosts.length > 1
  const [open, setOpen] = useStoredFlag(`kraftlab.timeline.${many ? 'many' : 'one'}`, many)
  const [listed, setListed] = useStoredFlag('kraftlab.timeline-list')
  const [span, setSpan] = useState<(typeof SPANS)[number]>(SPANS[0])
  const [hidden, setHidden] = useState<ReadonlySet<Kind>>(new Set())
  const [pointed, setPointed] = useState<TimelineEvent | null>(null)
  /** the command whose change is looked at */
  const [changeOf, setChangeOf] = useState<number | null>(null)
  const now = useNow(TICK_MS)
  const events = useMemo(() => (hidden.size === 0 ? all : all.filter(({ kind }) => !hidden.has(kind))), [all, hidden])
  const overlaps = useMemo(() => overlapping(all), [all])
  const at = looking?.at ?? null
  // The list follows a drag when there is time for it.
  const listedAt = useDeferredValue(at)
  // An instructor reads what was, too.
  if (!state || (isOwn && state.room.status !== 'ready')) return null

  const look = (moment: number | null) => client.timeline.look(moment)
  const step = (by: number) => look(stepFrom(events, at, by))
  const keys = (event: KeyboardEvent) => {
    const move = KEYS[event.key]
    if (event.key === 'Escape' || event.key === 'End') look(null)
    else if (event.key === 'Home') look(events[0]?.at ?? null)
    else if (move) step(move)
    else return
    event.preventDefault()
  }
  const told = pointed ?? events[at === null ? events.length - 1 : lastUntil(events, at)]
  return (
    <section aria-label={t('title')} data-timeline className="flex shrink-0 flex-col border-t bg-chrome">
      <div className={cn('flex h-9 items-center gap-1 pr-1.5 pl-2', at !== null && 'bg-accent-wash')}>
        <Button
          variant="ghost"
          size="sm"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="px-2 font-semibold text-ink"
        >
          {open ? <ChevronDown aria-hidden /> : <ChevronUp aria-hidden />}
          {t('title')}
        </Button>
        {at !== null && <LookingBack at={at} onLive={() => look(null)} />}
        <div
          className={cn(
            'flex min-w-0 flex-1 items-center gap-2 px-1.5 text-[12.5px] text-ink-soft',
            at !== null && 'max-sm:invisible',
          )}
          data-told
        >
          {told && (
            <>
              <KindMark kind={told.kind} />
              <span className="font-mono text-[11.5px] text-ink-quiet tabular-nums">{clock(told.at)}</span>
              <span className="min-w-0 truncate">{told.says}</span>
              <ChangeBadge event={told} overlaps={overlaps.has(told.seq)} onOpen={setChangeOf} />
            </>
          )}
        </div>
        {open && (
          <>
            <fieldset className="flex shrink-0 items-center rounded-md border bg-page p-px max-sm:hidden">
              <legend className="sr-only">{t('span')}</legend>
              {SPANS.map((one) => (
                <button
                  key={one.id}
                  type="button"
                  aria-pressed={one.id === span.id}
                  onClick={() => setSpan(one)}
                  className={cn(
                    'h-6 rounded-[5px] px-2 text-[12px] outline-offset-[-2px]',
                    one.id === span.id ? 'bg-accent-wash font-medium text-ink' : 'text-ink-quiet hover:text-ink',
                  )}
                >
                  {t(`spans.${one.id}`)}
                </button>
              ))}
            </fieldset>
            <KindFilter hidden={hidden} onChange={setHidden} />
            <Button
              variant="ghost"
              size="sm"
              aria-pressed={listed}
              title={t('list')}
              aria-label={t('list')}
              onClick={() => setListed(!listed)}
              className={cn('px-2', listed && 'bg-accent-wash text-ink')}
            >
              <List aria-hidden />
            </Button>
          </>
        )}
      </div>
      {open && (
        <div className="flex border-t bg-page">
          <ul
            aria-hidden
            className="w-17 shrink-0 list-none! border-r bg-chrome pl-3.5 text-[11px] text-ink-quiet max-sm:hidden"
          >
            {LANES.map((lane) => (
              <li key={lane} className="h-[15px] leading-[15px]">
                {t(`lanes.${lane}`)}
              </li>
            ))}
          </ul>
          <Line events={events} span={span.ms} now={now} at={at} onLook={look} onPoint={setPointed} onKeyDown={keys} />
        </div>
      )}
      {open && listed && (
        <EventList
          events={events}
          overlaps={overlaps}
          at={listedAt}
          onLook={look}
          onOpen={setChangeOf}
          onKeyDown={keys}
        />
      )}
      <ChangeSheet seq={changeOf} onOpen={setChangeOf} />
    </section>
  )
}

/** The moment of the event that many further on, where several of one moment are one step; null: live. */
function stepFrom(events: TimelineEvent[], at: number | null, by: number): number | null {
  if (at === null) return by < 0 ? (events.at(by)?.at ?? events[0]?.at ?? null) : null
  const before = lastUntil(events, by < 0 ? at - 1 : at)
  const next = by < 0 ? Math.max(0, before + by + 1) : before + by
  return events[next]?.at ?? null
}

const KEYS: Record<string, number> = {
  ArrowLeft: -1,
  ArrowUp: -1,
  ArrowRight: 1,
  ArrowDown: 1,
  PageUp: -PAGE_EVENTS,
  PageDown: PAGE_EVENTS,
}

/** Says plainly that what is shown is not now. */
function LookingBack({ at, onLive }: { at: number; onLive: () => void }) {
  const t = useTranslations('timeline')
  return (
    <p className="flex shrink-0 items-center gap-1.5 text-[12.5px] text-ink" data-looking>
      <History aria-hidden className="size-3.5 text-accent" />
      <span className="font-medium tabular-nums max-sm:hidden">{t('looking', { time: clock(at) })}</span>
      <Button variant="outline" size="sm" className="h-6" onClick={onLive}>
        <Radio aria-hidden />
        {t('live')}
      </Button>
    </p>
  )
}
