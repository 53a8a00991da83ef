'use client'
import { ArrowDown, FolderOpen } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useTimeline } from '#components/timeline/use-timeline.ts'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { number } from '#components/workbench/format.ts'
import { useLab, useLive } from '#components/workbench/live-context.tsx'
import { useStoredFlag } from '#components/workbench/use-stored.ts'
import { useWidth } from '#components/workbench/use-width.ts'
import type { ClusterState } from '#labs/protocol/live.ts'
import type { MetadataRecord } from '#labs/protocol/observation.ts'
import { KNOWN_TYPES } from './families.ts'
import { FileStrip } from './file-strip.tsx'
import { type Filter, isFiltered, matcher, NO_FILTER } from './filter.ts'
import { FilterBar } from './filter-bar.tsx'
import { HostChoice } from './host-choice.tsx'
import { withoutOpenNoOps } from './log-items.ts'
import { LogRow, narrowRowPx, wideRowPx } from './log-row.tsx'
import type { LogSnapshot } from './log-store.ts'
import { RowDetail } from './record-detail.tsx'
import { RowList, type RowListHandle } from './row-list.tsx'
import { lastRecord, type Row, recordsBehind, rowAt, rowsOf } from './rows.ts'
import { useChosenHost, useInspectorView, useLog } from './use-inspector.ts'
import { useNames } from './use-names.ts'
import { useRecordWords } from './use-record-words.ts'

/** Below it what is opened is shown below the list instead of beside it. */
const BESIDE_PX = 560
/** Below it a record takes two lines. */
const ONE_LINE_PX = 400
/** NoOps that wait to be committed are shown after this: else they would come and go twice a second. */
const COMMIT_MS = 1_000
/** What is opened takes of the width beside the list. */
const DETAIL_SHARE = 0.42

/** The metadata log of one host, live: its records, and what each of them says. */
export function LogPanel() {
  const chosen = useChosenHost()
  const log = useLog(chosen?.host ?? null)
  const t = useTranslations('inspector')
  if (!chosen) return <p className="px-3.5 py-3 text-[13px] text-ink-quiet">{t('noNode')}</p>
  return <HostLog cluster={chosen.cluster} host={chosen.host} log={log} />
}

function HostLog({ cluster, host, log }: { cluster: ClusterState; host: string; log: LogSnapshot }) {
  const { inspector } = useLab().client
  const { state } = useLive()
  const { target, filter, opened } = useInspectorView()
  const t = useTranslations('inspector')
  /** of the last record when the end of the list was left; null: it is in view */
  const [leftAt, setLeftAt] = useState<number | null>(null)
  const [filesShown, setFilesShown] = useStoredFlag('kraftlab.inspector-files', true)
  const panel = useRef<HTMLDivElement>(null)
  const list = useRef<RowListHandle>(null)
  const search = useRef<HTMLInputElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)

  const { highWatermark, openSince, answeredAt } = log
  const waits = openSince !== null && (answeredAt ?? 0) - openSince >= COMMIT_MS
  const items = useMemo(
    () => (waits ? log.items : withoutOpenNoOps(log.items, highWatermark)),
    [log.items, highWatermark, waits],
  )
  const beginsAt = !log.earlier && log.logStart !== null && log.logStart > 0 ? log.logStart : null
  const names = useNames(items, state?.clusters ?? [])
  const words = useRecordWords(names)
  // Typing goes on while thousands of records are looked through.
  const wanted = useDeferredValue(filter)
  const matches = useMemo(
    () => (isFiltered(wanted) ? matcher(wanted, names, words.type) : null),
    [wanted, names, words],
  )
  const rows = useMemo(
    () =>
      rowsOf({
        items,
        highWatermark,
        matches,
        latest: { epoch: cluster.epoch, leader: cluster.leader },
        beginsAt,
      }),
    [items, highWatermark, matches, cluster.epoch, cluster.leader, beginsAt],
  )
  const all = useMemo(
    () => items.reduce((sum, item) => sum + (item.kind === 'batch' ? item.records.length : 0), 0),
    [items],
  )
  const shown = useMemo(() => rows.filter(({ kind }) => kind === 'record').length, [rows])
  const offered = useOffered(items, names.topics, wanted)
  const row = opened === null ? undefined : rows.find(({ key }) => key === opened)

  const width = useWidth(panel)
  const beside = width >= BESIDE_PX
  const twoLines = (row && beside ? width * (1 - DETAIL_SHARE) : width) < ONE_LINE_PX

  // Another log begins at its end.
  // biome-ignore lint/correctness/useExhaustiveDependencies: of another host
  useEffect(() => setLeftAt(null), [log.host])
  useTarget(target, rows, log, (index) => {
    const at = rows[index]
    if (at) inspector.open(at.key)
    list.current?.goTo(index)
    list.current?.focus()
  })

  const open = (at: Row) => {
    if (!opens(at)) return
    if (opened === at.key) heading.current?.focus()
    inspector.open(at.key)
  }
  const close = () => {
    inspector.open(null)
    list.current?.focus()
  }
  const keys = (event: KeyboardEvent) => {
    // In a field a slash is a slash.
    if (event.key === '/' && !(event.target instanceof HTMLInputElement)) search.current?.focus()
    else if (event.key === 'Escape' && row) close()
    else return
    event.preventDefault()
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys that lead to the filter and back
    <div
      ref={panel}
      onKeyDown={keys}
      className="@container/inspector flex h-full min-h-0 flex-col bg-page"
      data-log={host}
    >
      <div className="flex shrink-0 flex-wrap items-center gap-1 border-b px-2 py-1">
        <HostChoice className="@max-2xl/inspector:max-w-[50%] @2xl/inspector:max-w-56" />
        <FilterBar
          filter={filter}
          onChange={(next) => inspector.setFilter(next)}
          types={offered.types}
          topics={offered.topics}
          nodes={[...names.hosts].map(([node, at]) => ({ node, host: at }))}
          words={words}
          searchRef={search}
          onLeave={() => list.current?.focus()}
        />
        {log.files && (
          <Button
            variant="ghost"
            size="sm"
            className={cn('h-6.5 gap-1.5 px-2', filesShown && 'bg-accent-wash text-ink')}
            aria-pressed={filesShown}
            aria-label={t('filesOf', { host })}
            title={t('filesOf', { host })}
            onClick={() => setFilesShown(!filesShown)}
          >
            <FolderOpen aria-hidden />
            <span aria-hidden className="tabular-nums">
              {log.files.length}
            </span>
          </Button>
        )}
      </div>
      {filesShown && log.files && (
        <FileStrip host={host} files={log.files} gone={log.gone} onOffset={(offset) => inspector.showOffsets(offset)} />
      )}
      <Notes log={log} />
      <div className={cn('flex min-h-0 flex-1', !beside && 'flex-col')}>
        <div className="@container relative flex min-h-0 min-w-0 flex-1 flex-col">
          {rows.length === 0 && (
            <p className="px-4 py-3 text-[13px] text-ink-quiet">{emptyText(log, matches !== null, t)}</p>
          )}
          <RowList
            key={log.host}
            role="listbox"
            label={t('list', { host })}
            rows={rows}
            rowPx={twoLines ? narrowRowPx : wideRowPx}
            rowProps={(at) => ({ 'aria-selected': at.key === opened })}
            rowClass={(at) =>
              at.key === opened
                ? 'bg-accent-wash shadow-[inset_2px_0_var(--accent)]'
                : cn(opens(at) && 'hover:bg-sunken')
            }
            onOpen={open}
            // Once one is open, what is moved to opens.
            onActive={(at) => row && opens(at) && inspector.open(at.key)}
            follows
            onFollowing={(following) => setLeftAt(following ? null : lastRecord(rows))}
            onTop={() => inspector.log.fetchEarlier()}
            handle={list}
            className={cn(rows.length === 0 && 'flex-none')}
          >
            {(at) => <LogRow row={at} words={words} narrow={twoLines} />}
          </RowList>
        </div>
        {row && (
          <section
            aria-label={t('open')}
            className={cn('min-h-0 overflow-y-auto bg-page [scrollbar-width:thin]', beside ? 'border-l' : 'border-t')}
            style={beside ? { width: `${DETAIL_SHARE * 100}%`, maxWidth: '30rem' } : { height: '55%' }}
            data-detail
          >
            <RowDetail
              row={row}
              names={names}
              words={words}
              headingRef={heading}
              onClose={close}
              onFilter={(part) => inspector.setFilter({ ...NO_FILTER, ...part })}
            />
          </section>
        )}
      </div>
      <Foot log={log} all={all} shown={matches ? shown : null}>
        {leftAt !== null && <Newest count={recordsBehind(rows, leftAt)} onClick={() => list.current?.follow()} />}
      </Foot>
    </div>
  )
}

const DIVIDERS: ReadonlySet<Row['kind']> = new Set(['begin', 'epoch', 'watermark', 'hole'])
const opens = ({ kind }: Row): boolean => !DIVIDERS.has(kind)

/** Back to the end, and how much has come there meanwhile. */
function Newest({ count, onClick }: { count: number; onClick: () => void }) {
  const t = useTranslations('inspector')
  return (
    <Button
      variant={count > 0 ? 'primary' : 'outline'}
      size="sm"
      className="-mr-2 h-5.5 gap-1 px-2 text-[11.5px] tabular-nums"
      onClick={onClick}
      data-newest={count}
    >
      <ArrowDown aria-hidden className="size-3!" />
      {count > 0 ? t('new', { count }) : t('newest')}
    </Button>
  )
}

/** What is missing, and why; nothing where all is well. */
function Notes({ log }: { log: LogSnapshot }) {
  const { looking } = useTimeline()
  const t = useTranslations('inspector')
  // Where there is nothing, the list's place says why.
  const isEmpty = log.items.length === 0
  const notes = [isEmpty ? '' : log.says, log.silent ? t('silent') : ''].filter(Boolean)
  if (!isEmpty && log.highWatermark === null) notes.push(t('watermarkUnknown'))
  if (looking !== null) notes.push(t('logIsNow'))
  if (notes.length === 0) return null
  return (
    <p className="shrink-0 border-b bg-warn-wash px-3.5 py-1 text-[12px] text-warn" data-notes>
      {notes.join(' ')}
    </p>
  )
}

/** How much there is, where the log begins and ends, and how it is read. */
function Foot(props: { log: LogSnapshot; all: number; shown: number | null; children: ReactNode }) {
  const { log, all, shown } = props
  const t = useTranslations('inspector')
  const { logStart, logEnd, highWatermark, source, earlier, fetchingEarlier, items } = log
  if (log.answeredAt === null) return null
  const first = items[0]?.baseOffset
  const behind = source === 'files' && highWatermark !== null && logEnd !== null ? highWatermark - logEnd : 0
  return (
    <div className="flex h-6.5 shrink-0 items-center gap-x-4 overflow-hidden whitespace-nowrap border-t bg-chrome px-3.5 text-[11.5px] text-ink-quiet tabular-nums">
      <p role="status" className={cn(shown !== null && 'font-medium text-ink')} data-count={shown ?? all}>
        {shown === null ? t('records', { all }) : t('shown', { shown, all })}
      </p>
      {logStart !== null && logEnd !== null && logEnd > logStart && (
        <span data-end={logEnd - 1}>{t('logFromTo', { from: number(logStart), to: number(logEnd - 1) })}</span>
      )}
      {highWatermark !== null && (
        <span className="@max-lg/inspector:hidden">{t('watermark', { offset: number(highWatermark) })}</span>
      )}
      {behind > 0 && (
        <span className="text-warn" data-behind={behind}>
          {t('behind', { count: behind })}
        </span>
      )}
      <span className="ml-auto flex min-w-0 items-center gap-x-3">
        <span className="@max-lg/inspector:hidden truncate">
          {fetchingEarlier
            ? t('earlier')
            : earlier && first !== undefined
              ? t('loadedFrom', { offset: number(first) })
              : t(source === 'wire' ? 'wire' : 'files')}
        </span>
        {props.children}
      </span>
    </div>
  )
}

type Translate = ReturnType<typeof useTranslations<'inspector'>>
function emptyText(log: LogSnapshot, filtered: boolean, t: Translate): string {
  if (log.answeredAt === null) return t('waiting')
  if (log.items.length === 0) return log.says || t('empty')
  if (!filtered) return t('empty')
  return log.earlier ? t('noneMatchEarlier') : t('noneMatch')
}

/** Types and topics that occur, in the order of their families and by name. */
function useOffered(items: LogSnapshot['items'], topics: ReadonlyMap<string, string>, filter: Filter) {
  return useMemo(() => {
    const types = new Set<string>()
    for (const item of items)
      if (item.kind === 'batch') for (const { type } of item.records as MetadataRecord[]) types.add(type)
    if (filter.type !== '' && !filter.type.startsWith('family:')) types.add(filter.type)
    const order = (type: string) => (KNOWN_TYPES.indexOf(type) + KNOWN_TYPES.length) % KNOWN_TYPES.length
    return {
      types: [...types].toSorted((a, b) => order(a) - order(b)),
      topics: [...new Set([...topics.values(), ...(filter.topic === '' ? [] : [filter.topic])])].toSorted(),
    }
  }, [items, topics, filter])
}

/** Goes to the offsets that were asked for, once they are there: older ones are fetched until they are. */
function useTarget(
  target: { first: number; number: number } | null,
  rows: Row[],
  log: LogSnapshot,
  go: (index: number) => void,
) {
  const { client } = useLab()
  const done = useRef(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each new page it may be there
  useEffect(() => {
    if (!target || done.current === target.number || log.answeredAt === null) return
    const first = log.items[0]?.baseOffset
    if (first === undefined) return
    if (first > target.first && log.earlier) {
      client.inspector.log.fetchEarlier()
      return
    }
    done.current = target.number
    const index = rowAt(rows, target.first)
    if (index >= 0) go(index)
  }, [target, rows, log])
}
