'use client'
import { useRef } from 'react'
import { cn } from '#components/ui/cn.ts'
import { useWidth } from '#components/workbench/use-width.ts'
import type { LogRecord, Node, Quorum } from '#raft/types.ts'
import { epochColour } from './epoch-colour.ts'
import { lookOf, ROLE_TONE, RoleShape } from './role.tsx'
import { useRaftWords } from './use-raft-words.ts'

const CELL_PX = 28
/** Where the name does not fit beside the log, it stands above. */
const NAME_PX = 128
const WIDE_PX = 520
/** Of the place where the high watermark is written. */
const MARK_PX = 64

/** The logs one below the other, offset under offset, so that they can be compared. */
export function LogRows({ quorum }: { quorum: Quorum }) {
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const { t } = useRaftWords()
  const isWide = width === 0 || width >= WIDE_PX
  const room = (width || WIDE_PX) - (isWide ? NAME_PX : 0) - MARK_PX
  const columns = Math.max(4, Math.floor(room / CELL_PX))
  const longest = Math.max(...quorum.nodes.map(({ log }) => log.length))
  // One place is left for what comes next.
  const first = Math.max(0, longest + 1 - columns)
  const offsets = Array.from({ length: Math.min(columns, Math.max(longest + 1, 6)) }, (_, at) => first + at)
  return (
    <div ref={box}>
      <div className="flex items-center text-[11px] text-ink-quiet tabular-nums" aria-hidden="true">
        {isWide && <span style={{ width: NAME_PX }} />}
        {offsets.map((offset) => (
          <span key={offset} className="text-center" style={{ width: CELL_PX }}>
            {offset}
          </span>
        ))}
      </div>
      <ul className="m-0! list-none p-0!">
        {quorum.nodes.map((node) => (
          <LogRow key={node.id} node={node} quorum={quorum} offsets={offsets} isWide={isWide} />
        ))}
      </ul>
      {first > 0 && <p className="mt-1! text-[11.5px] text-ink-quiet">{t('hidden', { count: first })}</p>}
      <Legend />
    </div>
  )
}

function LogRow(props: { node: Node; quorum: Quorum; offsets: number[]; isWide: boolean }) {
  const { node, quorum, offsets, isWide } = props
  const { t, mark } = useRaftWords()
  const look = lookOf(quorum, node)
  const known = node.highWatermark ?? 0
  const markAt = known - (offsets[0] ?? 0)
  return (
    <li className={cn('m-0! p-0!', isWide ? 'flex items-center py-1!' : 'pt-1.5!')}>
      <span
        className={cn('flex items-center gap-1.5 text-[12.5px]', !isWide && 'mb-0.5')}
        style={isWide ? { width: NAME_PX } : undefined}
      >
        <RoleShape look={look} />
        <span className="font-medium text-ink">{node.name}</span>
        {!isWide && <span className={cn('text-[12px]', ROLE_TONE[look])}>{t(`role.${look}`)}</span>}
      </span>
      <span
        className="relative flex items-center"
        role="img"
        aria-label={t('logOf', { node: node.name, count: node.log.length, mark: mark(node.highWatermark) })}
      >
        {offsets.map((offset) => (
          <Cell key={offset} offset={offset} record={node.log[offset]} isCommitted={offset < known} />
        ))}
        {node.highWatermark !== null && markAt >= 0 && (
          <span
            className="absolute -top-1 -bottom-1 w-[3px] -translate-x-1/2 rounded-full bg-ink transition-[left] duration-300 motion-reduce:transition-none"
            style={{ left: markAt * CELL_PX }}
          />
        )}
        <span className="ml-2 whitespace-nowrap text-[11.5px] text-ink-quiet tabular-nums">
          {node.highWatermark === null ? 'HW ?' : `HW ${node.highWatermark}`}
        </span>
      </span>
    </li>
  )
}

function Cell({ offset, record, isCommitted }: { offset: number; record?: LogRecord; isCommitted: boolean }) {
  const { t } = useRaftWords()
  const box = 'relative grid h-7 place-items-center text-[12px] tabular-nums'
  if (!record) return <span className={cn(box, 'border border-line/60 border-dashed')} style={{ width: CELL_PX }} />
  const isStart = record.payload === 'LeaderChange'
  const colour = epochColour(record.epoch)
  const text = isStart ? t('leaderChange') : t('record', { text: record.payload })
  return (
    <span
      title={t('cell', { offset, epoch: record.epoch, text })}
      className={cn(box, 'border font-semibold', !isCommitted && 'border-dashed')}
      style={{
        width: CELL_PX,
        borderColor: colour,
        color: colour,
        background: isCommitted ? `color-mix(in oklch, ${colour} 16%, var(--page))` : 'var(--page)',
      }}
    >
      {record.epoch}
      {isStart && <Corner colour={colour} />}
    </span>
  )
}

const Corner = ({ colour }: { colour: string }) => (
  <svg viewBox="0 0 8 8" className="absolute top-0 left-0 size-2" aria-hidden="true">
    <path d="M0 0h8L0 8z" fill={colour} />
  </svg>
)

function Legend() {
  const { t } = useRaftWords()
  const sample = 'relative inline-block size-4 border border-ink-quiet align-[-3px]'
  return (
    <p className="mt-2.5! flex flex-wrap gap-x-4 gap-y-1 text-[11.5px] text-ink-quiet leading-normal">
      <span>{t('legendEpoch')}</span>
      <span>
        <span className={cn(sample, 'mr-1.5')}>
          <Corner colour="var(--ink-quiet)" />
        </span>
        {t('legendStart')}
      </span>
      <span>
        <span className="mr-1.5 inline-block h-4 w-[3px] rounded-full bg-ink align-[-3px]" />
        {t('legendMark')}
      </span>
      <span>
        <span className={cn(sample, 'mr-1.5 border-dashed')} />
        {t('legendPending')}
      </span>
    </p>
  )
}
