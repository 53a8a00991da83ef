'use client'
import { ChevronsRight, Crown, Scissors, TriangleAlert } from 'lucide-react'
import { memo, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import { clock, number, running } from '#components/workbench/format.ts'
import { FAMILY_TONE, familyOf } from './families.ts'
import { FamilyMark } from './family-mark.tsx'
import { type RecordRow, type Row, sameRow } from './rows.ts'
import type { RecordWords } from './use-record-words.ts'

const LINE_PX = 24
const TWO_LINES_PX = 42
/** A record has one line where there is room for it, else two. */
export const wideRowPx = (): number => LINE_PX
export const narrowRowPx = ({ kind }: Row): number => (kind === 'record' ? TWO_LINES_PX : LINE_PX)

/** Offset, time, mark, type, contents: the same columns in each row of one line. */
const COLUMNS =
  'grid items-center gap-x-2.5 grid-cols-[2.75rem_0.875rem_9.5rem_minmax(0,1fr)_auto] @xl:grid-cols-[2.75rem_3.6rem_0.875rem_11.5rem_minmax(0,1fr)_auto]'
const TIME = 'font-mono text-[11px] text-ink-quiet tabular-nums'

type LogRowProps = { row: Row; words: RecordWords; narrow: boolean }

/** Rows are made anew with each page of the log, most of them as they were. */
export const LogRow = memo(
  LogRowNow,
  (was, is) => was.words === is.words && was.narrow === is.narrow && sameRow(was.row, is.row),
)

function LogRowNow({ row, words, narrow }: LogRowProps): ReactNode {
  const t = useTranslations('inspector')
  switch (row.kind) {
    case 'record':
      return narrow ? <NarrowRecord row={row} words={words} /> : <WideRecord row={row} words={words} />
    case 'begin':
      return (
        <p className="flex h-full items-center gap-2 px-3 text-[12px] text-ink-quiet" data-begin>
          <Scissors aria-hidden className="size-3.5 shrink-0" />
          <span className="truncate tabular-nums">
            {t(row.above ? 'beginsNow' : 'beginsAfter', { offset: String(row.offset) })}
          </span>
        </p>
      )
    case 'epoch':
      return (
        <p className="flex h-full items-center gap-2 bg-accent-wash px-3 text-[12px] text-ink">
          <Crown aria-hidden className="size-3.5 shrink-0 text-accent" />
          <span className="truncate font-semibold">
            {row.leader === null
              ? t('epochRow', { epoch: row.epoch })
              : t('epochLed', { epoch: row.epoch, leader: words.node(row.leader) })}
          </span>
          {row.begins !== null && (
            <span className="ml-auto shrink-0 text-[11.5px] text-ink-quiet tabular-nums">
              {t('fromOffset', { offset: String(row.begins) })}
            </span>
          )}
        </p>
      )
    case 'watermark':
      return (
        <p className="flex h-full items-center gap-2 px-3 text-[11.5px] text-warn" data-watermark>
          <span aria-hidden className="h-px w-6 shrink-0 bg-warn" />
          <span className="shrink-0 font-medium tabular-nums">{t('watermark', { offset: String(row.offset) })}</span>
          <span className="min-w-0 truncate text-ink-soft">{t('watermarkText')}</span>
          <span aria-hidden className="h-px flex-1 bg-warn" />
        </p>
      )
    case 'batch':
      return (
        <Quiet row={row} rail="begin">
          {t('batch', { from: String(row.batch.baseOffset), to: String(row.batch.lastOffset) })}
          {' · '}
          {t('batchRecords', { count: row.batch.records.length + row.batch.left })}
          {' · '}
          {number(row.batch.bytes)} B
        </Quiet>
      )
    case 'left':
      return (
        <Quiet row={row} rail="last">
          {t('left', { count: row.batch.left })}
        </Quiet>
      )
    case 'no-ops': {
      const { count, from, timestamp, baseOffset } = row.noOps
      return (
        <Quiet
          row={row}
          offset={String(baseOffset)}
          time={narrow ? null : timestamp}
          mark={<ChevronsRight aria-hidden className="size-3.5 shrink-0" />}
        >
          {count > 1 ? t('noOpsTime', { count, time: running(timestamp - from) }) : t('noOps', { count })}
        </Quiet>
      )
    }
    case 'damage':
      return (
        <p className="flex h-full items-center gap-2 bg-bad-wash px-3 text-[12px] text-bad" data-damage>
          <TriangleAlert aria-hidden className="size-3.5 shrink-0" />
          <span className="truncate">{t('damage', { bytes: row.damage.bytes, says: row.damage.says })}</span>
          {row.damage.place && <span className="ml-auto shrink-0 font-mono text-[11px]">{row.damage.place.file}</span>}
        </p>
      )
    case 'hole':
      return (
        <p className="flex h-full items-center px-3 text-[12px] text-warn">
          {t('hole', { from: String(row.from), to: String(row.to) })}
        </p>
      )
  }
}

function WideRecord({ row, words }: { row: RecordRow; words: RecordWords }) {
  const { record } = row
  return (
    <span className={cn('relative h-full pr-3 pl-6 text-[12.5px]', COLUMNS)}>
      <Rails row={row} />
      <Offset>{record.offset}</Offset>
      <span className={cn('@max-xl:hidden', TIME)}>{clock(record.timestamp)}</span>
      <FamilyMark type={record.type} />
      <span className={cn('truncate font-medium', FAMILY_TONE[familyOf(record.type)])}>{words.type(record.type)}</span>
      {/* Kafka's own name where all of it fits: else it wraps, out of the line. */}
      <span className="flex h-6 min-w-0 flex-wrap gap-x-3 overflow-hidden leading-6">
        <span className="max-w-full truncate text-ink">{words.summary(record)}</span>
        <span className="@max-3xl:hidden ml-auto whitespace-nowrap font-mono text-[10.5px] text-ink-quiet">
          {record.type}
        </span>
      </span>
      <Uncommitted row={row} />
    </span>
  )
}

function NarrowRecord({ row, words }: { row: RecordRow; words: RecordWords }) {
  const { record } = row
  return (
    <span className="relative flex h-full flex-col justify-center pr-3 pl-6 text-[12.5px] leading-[1.35]">
      <Rails row={row} />
      <span className="flex items-center gap-2">
        <Offset>{record.offset}</Offset>
        <FamilyMark type={record.type} />
        <span className={cn('min-w-0 flex-1 truncate font-medium', FAMILY_TONE[familyOf(record.type)])}>
          {words.type(record.type)}
        </span>
        <Uncommitted row={row} />
        <span className={cn('shrink-0', TIME)}>{clock(record.timestamp)}</span>
      </span>
      <span className="truncate pl-[4.625rem] text-ink">{words.summary(record) || record.type}</span>
    </span>
  )
}

/** What is no record stands back, in the same columns. */
function Quiet(props: {
  row: Row
  offset?: string
  time?: number | null
  mark?: ReactNode
  rail?: 'begin' | 'last'
  children: ReactNode
}) {
  return (
    <span className="relative flex h-full items-center gap-2.5 pr-3 pl-6 text-[12px] text-ink-quiet">
      {props.rail && <Rail part={props.rail} />}
      {props.offset !== undefined && <Offset>{props.offset}</Offset>}
      {props.time != null && (
        <span className={cn('@max-xl:hidden w-[3.6rem] shrink-0', TIME)}>{clock(props.time)}</span>
      )}
      {props.mark}
      <span className={cn('min-w-0 flex-1 truncate tabular-nums', props.offset === undefined && 'pl-1.5')}>
        {props.children}
      </span>
      <Uncommitted row={props.row} />
    </span>
  )
}

const Offset = ({ children }: { children: ReactNode }) => (
  <span className="w-11 shrink-0 text-right font-mono text-[11.5px] text-ink-quiet tabular-nums">{children}</span>
)

function Uncommitted({ row }: { row: Row }) {
  const t = useTranslations('inspector')
  if (row.committed !== false) return null
  return (
    <span className="shrink-0 rounded-full border border-warn border-dashed px-1.5 text-[10.5px] text-warn leading-[1.4]">
      {t('uncommitted')}
    </span>
  )
}

/** Left of the offset: what belongs to one batch, and to one metadata transaction. */
function Rails({ row }: { row: RecordRow }) {
  return (
    <>
      {row.inBatch && <Rail part={row.inBatch} />}
      {row.transaction && (
        <span
          aria-hidden
          className={cn(
            'absolute inset-y-0 left-1.5 w-[3px] bg-family-partition/55',
            row.transaction === 'begin' && 'top-1/2 rounded-t-full',
            row.transaction === 'end' && 'bottom-1/2 rounded-b-full',
          )}
        />
      )}
    </>
  )
}

function Rail({ part }: { part: 'begin' | 'in' | 'last' }) {
  return (
    <span
      aria-hidden
      className={cn(
        'absolute left-3.5 w-2 border-line-strong border-l',
        part === 'begin' && 'top-1/2 bottom-0 rounded-tl-sm border-t',
        part === 'in' && 'inset-y-0',
        part === 'last' && 'top-0 bottom-1/2 rounded-bl-sm border-b',
      )}
    />
  )
}
