'use client'
import { Crown } from 'lucide-react'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import { measured, number } from '#components/workbench/format.ts'
import type { ClusterState, NodeState } from '#labs/protocol/live.ts'
import { endOf, lagOf } from './condition.ts'
import { LadderBar, ladderPlace, MARK_AT } from './ladder-bar.tsx'

/** How far each replica of the metadata log has come, against the high watermark. */
export function Ladder({ cluster }: { cluster: ClusterState }) {
  const t = useTranslations('cluster')
  const { nodes, highWatermark } = cluster
  const ends = nodes.map(endOf).filter((end) => end !== null)
  const base = highWatermark ?? Math.max(0, ...ends)
  const place = ladderPlace(base, ends)
  return (
    <table className="w-full table-fixed text-[12px]" data-ladder>
      <caption className="pb-1.5 text-left">
        <span className="font-semibold text-ink">{t('ladder')}</span>
        <span className="ml-2 text-ink-quiet tabular-nums">
          {highWatermark === null ? t('highWatermarkUnknown') : t('highWatermarkIs', { offset: number(highWatermark) })}
        </span>
      </caption>
      <thead className="text-[11px] text-ink-quiet">
        <tr className="[&>th]:pb-1 [&>th]:font-normal">
          <th scope="col" className="w-[34%] text-left">
            {t('replica')}
          </th>
          <th scope="col" className="relative text-left">
            <span className="sr-only">{t('against')}</span>
            {highWatermark !== null && (
              <span aria-hidden className="absolute bottom-1 -translate-x-1/2" style={{ left: `${MARK_AT * 100}%` }}>
                {t('highWatermarkShort')}
              </span>
            )}
          </th>
          <th scope="col" className="w-[17%] text-right">
            {t('end')}
          </th>
          <th scope="col" className="w-[32%] text-right">
            {t('lag')}
          </th>
        </tr>
      </thead>
      <tbody>
        {nodes.map((node) => (
          <Rung key={node.host} cluster={cluster} node={node} place={place} watermark={highWatermark !== null} />
        ))}
      </tbody>
    </table>
  )
}

function Rung(props: { cluster: ClusterState; node: NodeState; place: (end: number) => number; watermark: boolean }) {
  const { cluster, node, place, watermark } = props
  const t = useTranslations('cluster')
  const lag = lagOf(cluster, node)
  const end = endOf(node)
  const behind = lag !== null && cluster.highWatermark !== null && (end ?? 0) < cluster.highWatermark
  return (
    <tr className="[&>td]:h-[22px] [&>th]:h-[22px]">
      <th scope="row" className="pr-2 text-left font-mono font-normal text-[11.5px] text-ink">
        <span className="flex items-center gap-1">
          <span className="min-w-0 truncate">{node.host}</span>
          {node.leads && (
            <>
              <Crown aria-hidden className="size-3 shrink-0 text-accent" />
              <span className="sr-only">, {t('leads')}</span>
            </>
          )}
        </span>
      </th>
      <td className="relative p-0" aria-hidden>
        <LadderBar place={place} end={end} tone={behind ? 'behind' : node.leads ? 'leads' : 'good'} mark={watermark} />
      </td>
      <td className="text-right font-mono text-[11.5px] tabular-nums">
        {end === null ? <span className="text-ink-quiet">{t('unknown')}</span> : number(end)}
      </td>
      <td
        className={cn(
          'whitespace-nowrap text-right font-mono text-[11.5px] tabular-nums',
          behind ? 'text-warn' : 'text-ink-quiet',
        )}
      >
        {lag === null ? '' : node.leads ? t('noLag') : lag === 0 ? '0' : `−${number(lag)}`}
        {lag !== null && !node.leads && node.metadataLagMs !== null && ` · ${measured(node.metadataLagMs)}`}
      </td>
    </tr>
  )
}
