'use client'
import { Crown, TriangleAlert } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import { number, running } from '#components/workbench/format.ts'
import type { ClusterState } from '#labs/protocol/live.ts'
import { conditionOf, hasMetadataLog } from './condition.ts'
import { useNodeWords } from './use-node-words.ts'

/** Samples come once a second: older than this, one is missing. */
const OLD_SAMPLE_MS = 2_500
/** A screen reader hears of leaders no more often than this. */
const ANNOUNCE_EVERY_MS = 2_000

/** Who leads, in which epoch, how far the log is committed. What is not known is said so. */
export function Headline(props: {
  cluster: ClusterState
  now: number
  live: boolean
  /** one of several: a screen reader hears which */
  named?: boolean
}) {
  const { cluster, now, live, named = false } = props
  const t = useTranslations('cluster')
  const words = useNodeWords()
  const { leader, epoch, leaderSince, highWatermark, zookeeper } = cluster
  const hasLog = hasMetadataLog(cluster)
  return (
    <p className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-0.5 text-[13px] tabular-nums" data-headline>
      {leader === null && leaderSince === null && !cluster.nodes.some(({ up }) => up) ? (
        <span className="text-ink-quiet">{t('nothingRuns')}</span>
      ) : leader === null ? (
        <span className="flex items-center gap-1.5 font-medium text-warn" data-leader="">
          <TriangleAlert aria-hidden className="size-3.5" />
          {leaderSince === null ? t('noLeaderKnown') : t('noLeaderSince', { time: running(now - leaderSince) })}
        </span>
      ) : (
        <span className="flex items-center gap-1.5 text-ink" data-leader={words.name(cluster, leader)}>
          <Crown aria-hidden className="size-3.5 text-accent" />
          <span className="text-ink-quiet">{t(hasLog ? 'leader' : 'controller')}</span>
          <span className="font-medium font-mono text-[12.5px]">{words.name(cluster, leader)}</span>
        </span>
      )}
      <Fact
        name={t(hasLog ? 'epoch' : 'controllerEpoch')}
        value={epoch === null ? t('unknown') : number(epoch)}
        id="epoch"
      />
      {hasLog && (
        <Fact
          name={t('highWatermark')}
          value={highWatermark === null ? t('unknown') : number(highWatermark)}
          id="high-watermark"
        />
      )}
      {zookeeper && (
        <Fact
          name={t('byZooKeeper')}
          value={zookeeper.controller === null ? t('nobody') : words.name(cluster, zookeeper.controller)}
          id="zookeeper-controller"
        />
      )}
      {live && (
        <LeaderAnnouncer
          text={[
            ...(named ? [cluster.name] : []),
            leader === null
              ? t('noLeaderKnown')
              : t('announce', { leader: words.name(cluster, leader), epoch: epoch ?? 0 }),
          ].join(': ')}
        />
      )}
    </p>
  )
}

/** Of several clusters: who leads each. */
export function Leaders({ clusters }: { clusters: ClusterState[] }) {
  const t = useTranslations('cluster')
  const words = useNodeWords()
  return (
    <ul className="flex min-w-0 list-none! flex-wrap gap-x-4 gap-y-0.5 text-[13px]" data-leaders>
      {clusters.map((cluster) => (
        <li key={cluster.name} className="flex items-center gap-1.5">
          <span className="text-ink-quiet">{cluster.name}</span>
          {cluster.leader === null ? (
            <span className="font-medium text-warn">{t('noLeaderKnown')}</span>
          ) : (
            <>
              <Crown aria-hidden className="size-3.5 text-accent" />
              <span className="sr-only">{t('leader')}</span>
              <span className="font-medium font-mono text-[12.5px] text-ink">
                {words.name(cluster, cluster.leader)}
              </span>
            </>
          )}
        </li>
      ))}
    </ul>
  )
}

const Fact = ({ name, value, id }: { name: string; value: string; id: string }) => (
  <span className="whitespace-nowrap">
    <span className="text-ink-quiet">{name}</span>{' '}
    <span className="font-mono text-[12.5px] text-ink" data-fact={id}>
      {value}
    </span>
  </span>
)

/** What is not known just now, each with since when. */
export function Unknowns(props: { cluster: ClusterState; now: number; live: boolean; connected: boolean }) {
  const { cluster, now, live, connected } = props
  const t = useTranslations('cluster')
  const lines = cluster.nodes
    .filter((node) => conditionOf(node) === 'silent' && node.since !== null)
    .map(({ host, since }) => t('notAnswered', { host, time: running(now - since!) }))
  const age = cluster.sampledAt === null ? null : now - cluster.sampledAt
  if (live && age !== null && age > OLD_SAMPLE_MS) lines.push(t('oldSamples', { time: running(age) }))
  if (live && !connected) lines.push(t('notConnected'))
  if (lines.length === 0) return null
  return (
    <p
      className={cn(
        'flex flex-wrap gap-x-4 gap-y-0.5 border-b bg-warn-wash px-3.5 py-1 text-[12px] text-warn tabular-nums',
      )}
      data-unknowns
    >
      {lines.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </p>
  )
}

function LeaderAnnouncer({ text }: { text: string }) {
  const [told, setTold] = useState('')
  const lastTold = useRef(0)
  useEffect(() => {
    const wait = Math.max(0, lastTold.current + ANNOUNCE_EVERY_MS - Date.now())
    const timer = setTimeout(() => {
      lastTold.current = Date.now()
      setTold(text)
    }, wait)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <span aria-live="polite" className="sr-only">
      {told}
    </span>
  )
}
