'use client'
import { Camera, FileText, Trash2 } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import { clock } from '#components/workbench/format.ts'
import type { LogFile } from '#labs/protocol/observation.ts'
import { bytesOf } from './bytes.ts'
import { type GoneFile, keyOf } from './log-items.ts'

/** Segments and snapshots of a host, oldest first; what was deleted while somebody looked stays, struck through. */
export function FileStrip(props: {
  host: string
  files: LogFile[]
  gone: GoneFile[]
  onOffset: (offset: number) => void
}) {
  const { files, gone } = props
  const t = useTranslations('inspector')
  const list = useRef<HTMLUListElement>(null)
  const all: (LogFile & { goneAt?: number })[] = [...files, ...gone].toSorted(
    (a, b) => a.offset - b.offset || Number(a.kind === 'segment') - Number(b.kind === 'segment'),
  )
  const lastSegment = files.findLast(({ kind }) => kind === 'segment')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the newest file is to be seen
  useEffect(() => {
    if (list.current) list.current.scrollLeft = list.current.scrollWidth
  }, [all.length])
  return (
    <ul
      ref={list}
      aria-label={t('filesOf', { host: props.host })}
      className="flex shrink-0 list-none! gap-1 overflow-x-auto border-b bg-page px-2 py-1 [scrollbar-width:thin]"
      data-files
    >
      {all.map((file) => {
        const isSnapshot = file.name.includes('.checkpoint')
        const deleted = file.kind === 'deleted' || file.goneAt !== undefined
        const Icon = deleted ? Trash2 : isSnapshot ? Camera : FileText
        const where = isSnapshot
          ? t('snapshotTo', { offset: String(file.offset), epoch: String(file.epoch ?? '?') })
          : t('segmentFrom', { offset: String(file.offset) })
        const what = t(isSnapshot ? 'snapshot' : 'segment')
        const fate =
          file.goneAt !== undefined
            ? t('deletedAt', { time: clock(file.goneAt) })
            : file.kind === 'deleted'
              ? t('renamed', { time: clock(file.modified) })
              : file === lastSegment
                ? t('active')
                : null
        const body = (
          <>
            <Icon aria-hidden className={cn('size-3.5 shrink-0', isSnapshot && !deleted && 'text-accent')} />
            <span className={cn('font-mono text-[11.5px]', deleted ? 'line-through' : 'text-ink')}>
              {shortName(file.name)}
            </span>
            <span className="text-ink-quiet tabular-nums">{bytesOf(file.bytes)}</span>
            {fate && (
              <span className={cn('tabular-nums', deleted ? 'text-warn' : 'text-ink-quiet')}>
                <span aria-hidden>· </span>
                {fate}
              </span>
            )}
          </>
        )
        const look = cn(
          'flex h-6 items-center gap-1.5 whitespace-nowrap rounded-md border px-2 text-left text-[11.5px]',
          deleted ? 'border-line-strong border-dashed text-ink-quiet' : 'border-line-strong bg-raised text-ink-soft',
        )
        return (
          <li key={keyOf(file)} data-file={file.name} data-deleted={deleted} className="shrink-0">
            {deleted ? (
              <span className={look} title={`${file.name}: ${what} ${where}`}>
                {body}
              </span>
            ) : (
              <button
                type="button"
                className={cn(look, 'outline-offset-[-2px] hover:border-accent')}
                title={`${file.name}: ${what} ${where}. ${t('jumpTo', { offset: String(file.offset) })}`}
                onClick={() => props.onOffset(file.offset)}
              >
                {body}
              </button>
            )}
          </li>
        )
      })}
    </ul>
  )
}

/** 00000000000000001204-0000000003.checkpoint → …1204-3.checkpoint */
const shortName = (name: string): string => `…${name.replace(/\d{5,}/g, (digits) => digits.replace(/^0+(?=\d)/, ''))}`
