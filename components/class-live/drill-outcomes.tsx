'use client'
import { CircleCheck, Minus, TriangleAlert } from 'lucide-react'
import { useTranslations } from 'use-intl'
import { Cell, HeadCell, Table } from '#components/ui/table.tsx'
import { clock, measured } from '#components/workbench/format.ts'
import type { Board, DrillOutcome } from '#labs/protocol/class.ts'

const LOOKS = {
  recovered: { Icon: CircleCheck, ink: 'text-good' },
  impaired: { Icon: TriangleAlert, ink: 'text-warn' },
  nothing: { Icon: Minus, ink: 'text-ink-quiet' },
}

/** How each learner's cluster came through the newest drill, as it goes on. */
export function DrillOutcomes({ board }: { board: Board }) {
  const t = useTranslations('board')
  const { drill } = board
  if (!drill) return null
  const rows = board.rows.flatMap((row) =>
    row.drill?.id === drill.id ? [{ userId: row.userId, name: row.name, outcome: row.drill.outcome }] : [],
  )
  const what = t(`drills.${drill.drill}`)
  return (
    <section className="mt-10" data-drill={drill.drill}>
      <h2 className="font-semibold text-ink text-lg tracking-tight">{t('outcomes')}</h2>
      <p className="mt-1 text-ink-quiet text-sm">{t('drillAt', { what, time: clock(drill.at), name: drill.by })}</p>
      <Table
        label={t('outcomes')}
        head={(['learner', 'outcome', 'done', 'newLeader', 'election', 'outage', 'lost', 'down'] as const).map(
          (column) => <HeadCell key={column}>{t(column)}</HeadCell>,
        )}
      >
        {rows.map(({ userId, name, outcome }) => (
          <tr key={userId} data-outcome={outcome.is} data-of={name}>
            <Cell className="font-medium text-ink">{name}</Cell>
            <Cell>
              <Outcome is={outcome.is} />
            </Cell>
            <Cell className="font-mono text-[12.5px]">{outcome.hosts.join(', ')}</Cell>
            <Cell className="font-mono text-[12.5px]">
              {outcome.leader ?? t('none')}
              {outcome.epoch !== null && (
                <span className="ml-2 font-sans text-ink-quiet">{t('epoch', { epoch: outcome.epoch })}</span>
              )}
            </Cell>
            <Cell className="tabular-nums">
              {outcome.electedAfterMs === null ? '' : measured(outcome.electedAfterMs)}
            </Cell>
            <Cell className="tabular-nums">
              <Outages outages={outcome.outages} />
            </Cell>
            <Cell className={outcome.lost > 0 ? 'font-medium text-bad tabular-nums' : 'tabular-nums'}>
              {outcome.lost}
            </Cell>
            <Cell className="font-mono text-[12.5px]">{outcome.down.join(', ')}</Cell>
          </tr>
        ))}
      </Table>
    </section>
  )
}

function Outcome({ is }: { is: DrillOutcome['is'] }) {
  const t = useTranslations('board')
  const { Icon, ink } = LOOKS[is]
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap font-medium ${ink}`}>
      <Icon aria-hidden className="size-4" />
      {t(`outcomeIs.${is}`)}
    </span>
  )
}

function Outages({ outages }: { outages: DrillOutcome['outages'] }) {
  const t = useTranslations('board')
  return outages.map(({ kind, ms }) => (
    <span key={kind} className="mr-3 whitespace-nowrap">
      <span className="text-ink-quiet">{t(`kind.${kind}`)}</span> {ms === null ? t('lasting') : measured(ms)}
    </span>
  ))
}
