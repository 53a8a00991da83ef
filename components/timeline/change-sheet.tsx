'use client'
import { ArrowUpRight, TriangleAlert } from 'lucide-react'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { FamilyMark } from '#components/inspector/family-mark.tsx'
import { useChanges } from '#components/inspector/use-inspector.ts'
import { useNames } from '#components/inspector/use-names.ts'
import { useRecordWords } from '#components/inspector/use-record-words.ts'
import { Counts } from '#components/snapshots/counts.tsx'
import { changedNodes } from '#components/snapshots/state-nodes.ts'
import { StateTree } from '#components/snapshots/state-tree.tsx'
import { useStateWords } from '#components/snapshots/use-state-words.ts'
import { Button } from '#components/ui/button.tsx'
import { Sheet } from '#components/ui/sheet.tsx'
import { clock, measured, number } from '#components/workbench/format.ts'
import { useLab, useLive } from '#components/workbench/live-context.tsx'
import type { TimelineEvent } from '#labs/protocol/live.ts'
import type { CommandChange, LogBatch } from '#labs/protocol/log.ts'
import { useTimeline } from './use-timeline.ts'

/** A question that was answered by an error is told as one that was not answered. */
const ANSWER_LIMIT_MS = 8_000

/** What a command of the timeline changed in the cluster's metadata. */
export function ChangeSheet({ seq, onOpen }: { seq: number | null; onOpen: (seq: number | null) => void }) {
  const { inspector } = useLab().client
  const { events } = useTimeline()
  const changes = useChanges()
  const t = useTranslations('inspector.change')
  const ledAway = useRef(false)
  const event = seq === null ? undefined : events.find((one) => one.seq === seq)
  const change = seq === null ? undefined : changes.get(seq)
  const records = event?.records ?? null

  // Asked again when more records came, which they may do a moment after the command's end.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    ledAway.current = false
    if (seq !== null) inspector.changes.want(seq)
  }, [seq, records, inspector])

  return (
    <Sheet
      open={event !== undefined}
      onOpenChange={(open) => !open && onOpen(null)}
      title={t('title')}
      close={t('close')}
      takesFocusBack={() => !ledAway.current}
    >
      {event && (
        <div className="space-y-4 px-4 py-3.5" data-change-of={event.seq}>
          <Command event={event} />
          {change ? (
            <Change
              change={change}
              onOpen={onOpen}
              onOffsets={(first, last) => {
                ledAway.current = true
                onOpen(null)
                inspector.showOffsets(first, last)
              }}
            />
          ) : (
            <Reading key={event.seq} onAgain={() => inspector.changes.want(event.seq)} />
          )}
        </div>
      )}
    </Sheet>
  )
}

function Command({ event }: { event: TimelineEvent }) {
  return (
    <div>
      <pre className="whitespace-pre-wrap wrap-anywhere rounded-md border bg-sunken px-3 py-2 font-mono text-[12.5px] text-ink">
        {event.says}
      </pre>
      <p className="mt-1 text-[12px] text-ink-quiet tabular-nums">
        {[event.host, clock(event.at), event.until === null ? '' : measured(event.until - event.at)]
          .filter(Boolean)
          .join(' · ')}
      </p>
    </div>
  )
}

function Reading({ onAgain }: { onAgain: () => void }) {
  const t = useTranslations('inspector')
  const [late, setLate] = useState(false)
  useEffect(() => {
    if (late) return
    const timer = setTimeout(() => setLate(true), ANSWER_LIMIT_MS)
    return () => clearTimeout(timer)
  }, [late])
  if (!late) return <p className="text-[13px] text-ink-quiet">{t('change.reading')}</p>
  return (
    <p role="alert" className="flex items-center gap-3 text-[13px] text-warn">
      {t('noAnswer')}
      <Button
        size="sm"
        onClick={() => {
          setLate(false)
          onAgain()
        }}
      >
        {t('again')}
      </Button>
    </p>
  )
}

function Change(props: {
  change: CommandChange
  onOpen: (seq: number) => void
  onOffsets: (first: number, last: number) => void
}) {
  const { change } = props
  const { first, last, says, overlaps, changes } = change
  const t = useTranslations('inspector.change')
  const words = useStateWords()
  const nodes = useMemo(() => changedNodes(changes), [changes])
  return (
    <>
      {overlaps.length > 0 && (
        <div className="rounded-md bg-warn-wash px-3 py-2 text-[12.5px] text-ink-soft" data-overlaps={overlaps.length}>
          <p className="flex items-start gap-1.5 font-medium text-warn">
            <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
            {t('overlaps', { count: overlaps.length })}
          </p>
          <ul className="mt-1 list-none! space-y-0.5 pl-5">
            {overlaps.map((one) => (
              <li key={one.seq}>
                <button
                  type="button"
                  className="wrap-anywhere text-left font-mono text-[12px] text-ink underline decoration-line-strong underline-offset-2 hover:decoration-current"
                  onClick={() => props.onOpen(one.seq)}
                >
                  {one.says}
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
      {first === null || last === null ? (
        <p className="text-[13.5px] text-ink-soft">{t('noRecords')}</p>
      ) : (
        <>
          <Part title={t('inWords')}>
            <ul className="list-none! space-y-1 text-[13.5px] text-ink leading-snug" data-says>
              {says.map((line) => (
                <li key={line} className="border-accent border-l-2 pl-2.5 break-words">
                  {line}
                </li>
              ))}
            </ul>
          </Part>
          <Part title={t('diff')} aside={<Counts changes={changes} left={0} />}>
            {changes.length > 0 && (
              <div className="overflow-hidden rounded-md border">
                <StateTree nodes={nodes} label={t('diff')} words={words} />
              </div>
            )}
          </Part>
          <Part
            title={t('records')}
            aside={
              <Button
                size="sm"
                className="h-6.5 gap-1 text-[12px] tabular-nums"
                onClick={() => props.onOffsets(first, last)}
              >
                {first === last
                  ? t('offsetInLog', { first: number(first) })
                  : t('offsetsInLog', { first: number(first), last: number(last) })}
                <ArrowUpRight aria-hidden className="size-3.5!" />
              </Button>
            }
          >
            <Records change={change} />
          </Part>
        </>
      )}
    </>
  )
}

function Part(props: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={props.title}>
      <div className="mb-1.5 flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <h3 className="font-semibold text-[13px] text-ink">{props.title}</h3>
        {props.aside}
      </div>
      {props.children}
    </section>
  )
}

function Records({ change }: { change: CommandChange }) {
  const { state } = useLive()
  const t = useTranslations('inspector.change')
  const { records, left } = change
  const items = useMemo(() => [asBatch(change)], [change])
  const words = useRecordWords(useNames(items, state?.clusters ?? []))
  return (
    <>
      <ol className="list-none! divide-y overflow-hidden rounded-md border text-[12.5px]">
        {records.map((record) => (
          <li key={record.offset} className="flex items-baseline gap-2 px-2.5 py-1" data-record={record.type}>
            <span className="w-11 shrink-0 text-right font-mono text-[11.5px] text-ink-quiet tabular-nums">
              {record.offset}
            </span>
            <FamilyMark type={record.type} className="self-center" />
            <span className="min-w-0 flex-1">
              <span className="font-medium text-ink">{words.type(record.type)}</span>{' '}
              <span className="break-words text-ink-soft">{words.summary(record)}</span>
            </span>
          </li>
        ))}
      </ol>
      {left > 0 && <p className="mt-1 text-[12.5px] text-ink-quiet">{t('left', { left })}</p>}
    </>
  )
}

/** Names are learnt from batches; where the command's records lay in the log does not matter for that. */
const asBatch = ({ records, first, last, left }: CommandChange): LogBatch => ({
  kind: 'batch',
  baseOffset: first ?? 0,
  lastOffset: last ?? 0,
  epoch: records[0]?.epoch ?? 0,
  timestamp: records.at(-1)?.timestamp ?? 0,
  bytes: 0,
  control: false,
  compression: 'none',
  place: null,
  records,
  left,
})
