'use client'
import { Check, Copy, X } from 'lucide-react'
import { type ReactNode, type Ref, useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { clock, number, running } from '#components/workbench/format.ts'
import type { LogBatch } from '#labs/protocol/log.ts'
import { FAMILY_TONE, familyOf } from './families.ts'
import { FamilyMark } from './family-mark.tsx'
import type { Filter } from './filter.ts'
import type { Names } from './names.ts'
import { RecordFields } from './record-fields.tsx'
import type { Row } from './rows.ts'
import type { RecordWords } from './use-record-words.ts'

const COPIED_MS = 2_000

/** A row opened: all that is known of a record, a batch, NoOps or damage. */
export function RowDetail(props: {
  row: Row
  names: Names
  words: RecordWords
  onFilter: (filter: Partial<Filter>) => void
  onClose: () => void
  headingRef: Ref<HTMLHeadingElement>
}) {
  const { row, words, names, onFilter } = props
  const t = useTranslations('inspector')
  const head = (title: ReactNode, aside: ReactNode = null, actions: ReactNode = null) => (
    <header className="sticky top-0 z-[1] flex items-start gap-1 border-b bg-chrome px-3 py-1.5">
      <div className="min-w-0 flex-1">
        <h3
          ref={props.headingRef}
          tabIndex={-1}
          className="flex items-center gap-1.5 font-semibold text-[13px] text-ink outline-offset-2"
        >
          {title}
        </h3>
        {aside}
      </div>
      {actions}
      <Button
        variant="ghost"
        size="icon"
        className="-mr-1 size-6"
        aria-label={t('closeRecord')}
        onClick={props.onClose}
      >
        <X />
      </Button>
    </header>
  )
  switch (row.kind) {
    case 'record': {
      const { record, batch } = row
      return (
        <>
          {head(
            <>
              <FamilyMark type={record.type} />
              <span className="min-w-0">{words.type(record.type)}</span>
            </>,
            <p
              className={cn('break-all font-mono text-[11px]', FAMILY_TONE[familyOf(record.type)])}
              data-type={record.type}
            >
              {record.type}
            </p>,
            <CopyButton text={JSON.stringify(record, null, 2)} />,
          )}
          <div className="space-y-3 px-3 py-2.5">
            <Facts
              facts={{
                offset: record.offset,
                epoch: record.epoch,
                version: record.version,
                time: <Time at={record.timestamp} />,
                state: <State committed={row.committed} transaction={row.transaction !== null} />,
              }}
            />
            <RecordFields record={record} names={names} onFilter={onFilter} />
            <section>
              <h4 className="pb-1 font-semibold text-[12px] text-ink">{batchTitle(batch, t)}</h4>
              <BatchFacts batch={batch} />
            </section>
          </div>
        </>
      )
    }
    case 'batch':
    case 'left':
      return (
        <>
          {head(batchTitle(row.batch, t))}
          <div className="space-y-3 px-3 py-2.5">
            <BatchFacts batch={row.batch} />
            {row.batch.left > 0 && <p className="text-[12.5px] text-warn">{t('left', { count: row.batch.left })}</p>}
            <ol className="list-none! space-y-0.5 text-[12.5px]">
              {row.batch.records.map((record) => (
                <li key={record.offset} className="flex items-baseline gap-2">
                  <span className="font-mono text-[11.5px] text-ink-quiet tabular-nums">{record.offset}</span>
                  <FamilyMark type={record.type} className="translate-y-0.5" />
                  <span className="min-w-0">
                    <span className="font-medium text-ink">{words.type(record.type)}</span>{' '}
                    <span className="break-words text-ink-soft">{words.summary(record)}</span>
                  </span>
                </li>
              ))}
            </ol>
          </div>
        </>
      )
    case 'no-ops': {
      const { count, bytes, baseOffset, lastOffset, from, timestamp, epoch } = row.noOps
      return (
        <>
          {head(t('noOpsTime', { count, time: running(timestamp - from) }))}
          <div className="space-y-3 px-3 py-2.5">
            <Facts
              facts={{
                offset: baseOffset === lastOffset ? baseOffset : `${baseOffset}–${lastOffset}`,
                epoch,
                bytes: number(bytes),
                from: <Time at={from} />,
                last: <Time at={timestamp} />,
                state: <State committed={row.committed} transaction={false} />,
              }}
            />
            <p className="text-[12.5px] text-ink-quiet">{t('noOpsText')}</p>
          </div>
        </>
      )
    }
    case 'damage': {
      const { place, bytes, says } = row.damage
      return (
        <>
          {head(t('damageTitle'))}
          <div className="px-3 py-2.5">
            <Facts
              facts={{
                says: <span className="font-sans">{says}</span>,
                bytes: number(bytes),
                file: place?.file ?? <span className="font-sans">{t('overWire')}</span>,
                ...(place && { position: number(place.position) }),
              }}
            />
          </div>
        </>
      )
    }
    default:
      return null
  }
}

type Translate = ReturnType<typeof useTranslations<'inspector'>>
const batchTitle = ({ baseOffset, lastOffset }: LogBatch, t: Translate): string =>
  baseOffset === lastOffset
    ? t('batchOne', { from: String(baseOffset) })
    : t('batch', { from: String(baseOffset), to: String(lastOffset) })

function BatchFacts({ batch }: { batch: LogBatch }) {
  const t = useTranslations('inspector')
  const { place } = batch
  return (
    <Facts
      facts={{
        records: number(batch.records.length + batch.left),
        bytes: number(batch.bytes),
        compression: batch.compression,
        file: place ? place.file : <span className="font-sans">{t('overWire')}</span>,
        ...(place && { position: number(place.position) }),
      }}
    />
  )
}

type FactName =
  | 'offset'
  | 'epoch'
  | 'time'
  | 'version'
  | 'state'
  | 'bytes'
  | 'compression'
  | 'file'
  | 'position'
  | 'records'
  | 'from'
  | 'last'
  | 'says'

function Facts({ facts }: { facts: Partial<Record<FactName, ReactNode>> }) {
  const t = useTranslations('inspector.facts')
  return (
    <dl className="flex flex-wrap gap-x-4 gap-y-1.5 tabular-nums">
      {Object.entries(facts).map(([name, value]) => (
        <div key={name} className="min-w-0">
          <dt className="text-[11px] text-ink-quiet leading-4">{t(name as FactName)}</dt>
          <dd className="min-w-0 break-words font-mono text-[12px] text-ink leading-4" data-record-fact={name}>
            {value}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** To the millisecond: batches are told apart by it. */
function Time({ at }: { at: number }) {
  return (
    <time dateTime={new Date(at).toISOString()}>
      {clock(at)}.{String(at % 1_000).padStart(3, '0')}
    </time>
  )
}

function State({ committed, transaction }: { committed: boolean | null; transaction: boolean }) {
  const t = useTranslations('inspector')
  return (
    <span className={cn('font-sans', committed === false && 'font-medium text-warn')}>
      {committed === null ? t('commitUnknown') : committed ? t('committed') : t('uncommitted')}
      {transaction && `, ${t('inTransaction')}`}
    </span>
  )
}

function CopyButton({ text }: { text: string }) {
  const t = useTranslations('inspector')
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), COPIED_MS)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
  }
  return (
    <Button
      variant="ghost"
      size="icon"
      className="size-6"
      aria-label={t('copy')}
      title={copied ? t('copied') : t('copy')}
      onClick={() => void copy()}
    >
      {copied ? <Check /> : <Copy />}
    </Button>
  )
}
