'use client'
import { useEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import { number } from '#components/workbench/format.ts'
import type { ClusterState } from '#labs/protocol/live.ts'
import { useNodeWords } from './use-node-words.ts'

type Partition = ClusterState['topics'][number]['partitions'][number]
type Replica = Partition['replicas'][number]

/** More are for the command line. */
const MAX_ROWS = 100
/** A change stays marked so long. */
const MARKED_MS = 4_000

/** Who leads each partition, and which of its replicas are in sync. */
export function PartitionTable({ cluster, live }: { cluster: ClusterState; live: boolean }) {
  const t = useTranslations('cluster')
  const rows = cluster.topics.flatMap(({ name, partitions }) =>
    partitions.map((partition) => ({ topic: name, partition })),
  )
  return (
    <>
      <table className="w-full text-[12px]" data-partitions>
        <caption className="pb-1.5 text-left font-semibold text-ink">
          {t('partitions')}
          <span className="ml-2 font-normal text-ink-quiet">
            {rows.length === 0 ? t('noTopics') : t('replicaLegend')}
          </span>
        </caption>
        {rows.length > 0 && (
          <thead className="text-[11px] text-ink-quiet">
            <tr className="[&>th]:border-b [&>th]:py-1 [&>th]:pr-3 [&>th]:text-left [&>th]:font-normal">
              <th scope="col">{t('partition')}</th>
              <th scope="col">{t('leader')}</th>
              <th scope="col">{t('replicas')}</th>
            </tr>
          </thead>
        )}
        <tbody>
          {rows.slice(0, MAX_ROWS).map(({ topic, partition }) => (
            <Row
              key={`${topic}-${partition.partition}`}
              cluster={cluster}
              topic={topic}
              partition={partition}
              live={live}
            />
          ))}
        </tbody>
      </table>
      {rows.length > MAX_ROWS && (
        <p className="pt-1.5 text-[12px] text-ink-quiet">{t('morePartitions', { more: rows.length - MAX_ROWS })}</p>
      )}
    </>
  )
}

function Row(props: { cluster: ClusterState; topic: string; partition: Partition; live: boolean }) {
  const { cluster, topic, partition, live } = props
  const t = useTranslations('cluster')
  const words = useNodeWords()
  const { leader, leaderEpoch, replicas } = partition
  const marked = useMarked(
    [leader, ...replicas.map((one) => (one.inSync ? one.node : one.eligible ? 'E' : ''))].join(),
    live,
  )
  return (
    <tr
      data-changed={marked}
      className={cn(
        '[&>*]:border-b [&>*]:py-1 [&>*]:pr-3 align-top transition-colors duration-700',
        marked && 'bg-warn-wash',
      )}
    >
      <th scope="row" className="max-w-40 truncate text-left font-mono font-normal text-[11.5px] text-ink">
        {topic}-{partition.partition}
      </th>
      <td className="whitespace-nowrap font-mono text-[11.5px] tabular-nums">
        {leader < 0 ? (
          <span className="font-medium text-bad">{t('noLeader')}</span>
        ) : (
          <span title={words.name(cluster, leader)}>
            {leader} <span className="text-ink-quiet">{t('inEpoch', { epoch: leaderEpoch })}</span>
          </span>
        )}
      </td>
      <td>
        <ul className="flex list-none! flex-wrap gap-x-3 gap-y-0.5">
          {replicas.map((replica) => (
            <ReplicaChip key={replica.node} replica={replica} leads={replica.node === leader} />
          ))}
        </ul>
      </td>
    </tr>
  )
}

function ReplicaChip({ replica, leads }: { replica: Replica; leads: boolean }) {
  const t = useTranslations('cluster')
  const { node, inSync, eligible, end } = replica
  const state = inSync ? 'inSync' : eligible ? 'eligible' : 'outOfSync'
  return (
    <li
      title={t(state)}
      data-in-sync={inSync}
      className={cn(
        'flex items-center gap-1 whitespace-nowrap font-mono text-[11.5px] tabular-nums',
        inSync ? 'text-ink' : 'text-warn',
      )}
    >
      <svg viewBox="0 0 10 10" aria-hidden="true" className={cn('size-2.5', inSync ? 'text-good' : 'text-warn')}>
        {inSync ? (
          <circle cx="5" cy="5" r="4.5" fill="currentColor" />
        ) : (
          <circle cx="5" cy="5" r="3.8" fill="none" stroke="currentColor" strokeWidth="1.4" />
        )}
        {eligible && !inSync && <circle cx="5" cy="5" r="1.8" fill="currentColor" />}
      </svg>
      <span className={cn(leads && 'font-semibold underline decoration-accent decoration-2 underline-offset-3')}>
        {node}
      </span>
      <span className="sr-only">
        {leads ? `${t('leads')}, ` : ''}
        {t(state)}, {t('end')}
      </span>
      <span className="text-[11px] text-ink-quiet">{end === null ? '–' : number(end)}</span>
    </li>
  )
}

/** True for a while after `value` has changed, of the same live row. */
function useMarked(value: string, live: boolean): boolean {
  const before = useRef({ value, live })
  const [marked, setMarked] = useState(false)
  useEffect(() => {
    const { value: old, live: wasLive } = before.current
    before.current = { value, live }
    if (old === value || !live || !wasLive) return
    setMarked(true)
    const timer = setTimeout(() => setMarked(false), MARKED_MS)
    return () => clearTimeout(timer)
  }, [value, live])
  return marked && live
}
