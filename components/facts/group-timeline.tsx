'use client'
import { useTranslations } from 'use-intl'
import { useRoomPicture } from '#components/cluster/use-cluster-view.ts'
import { cn } from '#components/ui/cn.ts'
import { clock, running } from '#components/workbench/format.ts'
import { useNow } from '#components/workbench/use-now.ts'
import type { GroupPast } from '#labs/protocol/live.ts'
import { type Bar, type Lane, lanesOf, pausesOf } from './group-lanes.ts'
import { DenseTable, Figure, Heading, Name } from './table.tsx'

/** So much is drawn, ms; an earlier part is seen from an earlier moment. */
const WINDOW_MS = 90_000
const REDRAWN_MS = 500

/** Which member had which partition when, and when nothing of a partition was committed, as it was seen. */
export function GroupTimeline({ past }: { past: GroupPast }) {
  const t = useTranslations('facts')
  const at = useRoomPicture()?.at ?? null
  const now = useNow(at === null ? REDRAWN_MS : null)
  const to = at ?? now
  const from = Math.max(to - WINDOW_MS, Math.min(to - 1, past.states[0]?.from ?? to))
  const { members, states } = lanesOf(past, from, to)
  if (members.length === 0) return null
  const pauses = pausesOf(past, from, to)
  return (
    <figure data-timeline={past.group} className="space-y-1.5">
      <figcaption>
        <Heading says={t('timelineSays')}>{t('timeline')}</Heading>
      </figcaption>
      <div aria-hidden className="space-y-1">
        <Row name={t('state')}>
          <Track bars={states} className="h-4" />
        </Row>
        {members.map(({ name, lanes }) => (
          <Row key={name} name={name}>
            <div className="space-y-px py-0.5">
              {lanes.map((lane) => (
                <Partition key={lane.partition} lane={lane} />
              ))}
            </div>
          </Row>
        ))}
        <Row name="">
          <span className="flex justify-between text-[10.5px] text-ink-quiet tabular-nums">
            <span>{clock(from)}</span>
            <span>{clock(to)}</span>
          </span>
        </Row>
      </div>
      {pauses.length > 0 && (
        <DenseTable
          caption={<span className="text-[11px] text-ink-quiet">{t('pauses')}</span>}
          columns={[
            { head: t('partition') },
            { head: t('pauseFrom') },
            { head: t('pauseTook'), right: true },
            { head: t('pauseOf') },
          ]}
        >
          {pauses.map(({ partition, from, ms, lasts, members }) => (
            <tr key={`${partition} ${from}`} data-pause={partition}>
              <Name>{partition}</Name>
              <td className="font-mono text-[11.5px] text-ink-quiet tabular-nums">{clock(from)}</td>
              <Figure className="text-warn">
                {running(ms)}
                {lasts && <span className="font-sans text-ink-quiet"> {t('pauseLasts')}</span>}
              </Figure>
              <td className="font-mono text-[11.5px] text-ink-soft">{members.join(' → ') || t('nobody')}</td>
            </tr>
          ))}
        </DenseTable>
      )}
    </figure>
  )
}

function Row({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="grid grid-cols-[6.5rem_1fr] items-center gap-x-2">
      <span className="truncate font-mono text-[11.5px] text-ink-soft">{name}</span>
      {children}
    </div>
  )
}

/** One partition of a member: where it had it, and in that where nothing was committed. */
function Partition({ lane: { partition, held, still } }: { lane: Lane }) {
  return (
    <span className="relative block h-3" title={partition}>
      <span className="absolute inset-x-0 top-1/2 h-px bg-line" />
      {held.map(({ left, width }) => (
        <span
          key={left}
          className="absolute inset-y-0 rounded-[2px] bg-accent/45"
          style={{ left: `${left}%`, width: `${width}%` }}
        />
      ))}
      {still.map(({ left, width }) => (
        <span
          key={left}
          className="absolute inset-y-0 border-warn border-y bg-page/70"
          style={{ left: `${left}%`, width: `${width}%` }}
        />
      ))}
      {held.map(({ left, width }) => (
        <span
          key={left}
          className="absolute inset-y-0 overflow-hidden pl-1 font-mono text-[9px] text-ink leading-3"
          style={{ left: `${left}%`, width: `${width}%` }}
        >
          {partition}
        </span>
      ))}
    </span>
  )
}

function Track({ bars, className }: { bars: (Bar & { says: string; good: boolean })[]; className: string }) {
  return (
    <span className={cn('relative block', className)}>
      {bars.map(({ left, width, says, good }) => (
        <span
          key={left}
          title={says}
          className={cn(
            'absolute inset-y-0 overflow-hidden whitespace-nowrap border-page border-r px-1 text-[10px] leading-4',
            good ? 'bg-good-wash text-ink-soft' : 'bg-warn-wash text-warn',
          )}
          style={{ left: `${left}%`, width: `${width}%` }}
        >
          {says}
        </span>
      ))}
    </span>
  )
}
