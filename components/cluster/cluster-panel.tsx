'use client'
import { ChevronDown, ChevronRight, Table2, Workflow } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { useTranslations } from 'use-intl'
import { LazyEditor } from '#components/editor/lazy-editor.tsx'
import { FactsPanel } from '#components/facts/facts-panel.tsx'
import { LogPanel } from '#components/inspector/log-panel.tsx'
import { PanelTabs } from '#components/inspector/panel-tabs.tsx'
import { usePanelTab } from '#components/inspector/use-inspector.ts'
import { SnapshotsPanel } from '#components/snapshots/snapshots-panel.tsx'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { useLab, useLive } from '#components/workbench/live-context.tsx'
import { useNow } from '#components/workbench/use-now.ts'
import { useStoredFlag } from '#components/workbench/use-stored.ts'
import { hasMetadataLog } from './condition.ts'
import { Headline, Leaders, Unknowns } from './headline.tsx'
import { Ladder } from './ladder.tsx'
import { LookedAt } from './looked-at.tsx'
import { NetworkPicture } from './network-picture.tsx'
import { NodeTables } from './node-table.tsx'
import { PartitionTable } from './partition-table.tsx'
import { Probe } from './probe.tsx'
import { RoomMenu } from './room-menu.tsx'
import { type RoomPicture, useRoomPicture } from './use-cluster-view.ts'

/** Tenths of a second are read while something lasts; else the clock only ages what is old. */
const BUSY_TICK_MS = 100
const CALM_TICK_MS = 1_000
/** A quiet answer to a button goes by itself. */
const REFUSAL_MS = 8_000

/** One line of what the cluster says of itself; opens and closes the panel. */
export function ClusterBar(props: {
  open: boolean
  onOpen: ((open: boolean) => void) | null
  /** the lab's files are among what the panel shows */
  files?: boolean
}) {
  const { open, onOpen, files = false } = props
  const picture = useRoomPicture()
  const { state } = useLive()
  const t = useTranslations('cluster')
  const tab = usePanelTab(files)
  const [asTable, setAsTable] = useStoredFlag('kraftlab.cluster-table')
  const now = useMoment(picture)
  if (!picture || !state) return null
  const { clusters } = picture
  const [only] = clusters
  return (
    <div
      data-cluster-bar
      className={cn(
        '@container shrink-0 border-b bg-chrome py-1 pr-1.5 pl-1.5',
        picture.at !== null && 'bg-accent-wash',
      )}
    >
      <div className="flex min-h-8 @max-2xl:flex-wrap items-center gap-x-1 gap-y-0.5">
        {onOpen ? (
          <Button
            variant="ghost"
            size="sm"
            aria-expanded={open}
            onClick={() => onOpen(!open)}
            className="px-2 font-semibold text-ink"
          >
            {open ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
            {t('title')}
          </Button>
        ) : (
          <h2 className="px-2 font-semibold text-[13px] text-ink">{t('title')}</h2>
        )}
        {(open || files) && <PanelTabs files={files} open={open} onChoose={() => onOpen?.(true)} />}
        <div
          className={cn(
            'flex min-w-0 flex-1 items-center px-1',
            (open || files) && '@max-2xl:order-last @max-2xl:basis-full @max-2xl:px-2 @max-2xl:pb-0.5',
          )}
        >
          {clusters.length > 1 ? (
            <Leaders clusters={clusters} />
          ) : (
            only && <Headline cluster={only} now={now} live={picture.at === null} />
          )}
        </div>
        {open && (
          <span className="ml-auto flex shrink-0 items-center gap-1">
            <RoomMenuWhereUseful picture={picture} hosts={state.hosts} />
            {tab === 'cluster' && (
              <Button
                variant="ghost"
                size="sm"
                className={cn('px-2', asTable && 'bg-accent-wash text-ink')}
                aria-pressed={asTable}
                title={t('asTable')}
                aria-label={t('asTable')}
                onClick={() => setAsTable(!asTable)}
              >
                {asTable ? <Workflow aria-hidden /> : <Table2 aria-hidden />}
              </Button>
            )}
          </span>
        )}
      </div>
    </div>
  )
}

const RoomMenuWhereUseful = ({ picture, hosts }: { picture: RoomPicture; hosts: string[] }) =>
  hosts.length > 1 && <RoomMenu hosts={hosts} cuts={picture.cuts} disabled={picture.stale} />

/** The cluster, the metadata log of one of its hosts, states of the metadata, the files, or what else the lab shows. */
export function ClusterPanel({ files = false }: { files?: boolean }) {
  const tab = usePanelTab(files)
  if (tab === 'files') return <LazyEditor />
  if (tab === 'cluster') return <ClusterPicture />
  if (tab === 'log') return <LogPanel />
  return tab === 'snapshots' ? <SnapshotsPanel /> : <FactsPanel kind={tab} />
}

/** Hosts and network as a picture, the metadata log as a ladder, partitions, the probe; or all of it as tables. */
function ClusterPicture() {
  const picture = useRoomPicture()
  const { state, connection } = useLive()
  const t = useTranslations('cluster')
  const [asTable] = useStoredFlag('kraftlab.cluster-table')
  const now = useMoment(picture)
  if (!picture || !state) return null
  const { clusters, at } = picture
  const live = at === null
  const { hosts } = state
  return (
    <section aria-label={t('title')} data-cluster className="flex h-full min-h-0 flex-col bg-page">
      {at !== null && <LookedAt at={at} />}
      <Refusal />
      {clusters.map((cluster) => (
        <Unknowns key={cluster.name} cluster={cluster} now={now} live={live} connected={connection === 'open'} />
      ))}
      <div className="@container min-h-0 flex-1 overflow-auto">
        {asTable ? (
          <NodeTables picture={picture} hosts={hosts} now={now} />
        ) : (
          <div className="@3xl:grid @3xl:grid-cols-[minmax(0,1fr)_22rem]">
            <NetworkPicture picture={picture} hosts={hosts} now={now} />
            <div className="space-y-4 px-3.5 py-3 @3xl:border-l">
              {clusters.map((cluster) => (
                <Named key={cluster.name} name={clusters.length > 1 ? cluster.name : null}>
                  {clusters.length > 1 && <Headline cluster={cluster} now={now} live={live} named />}
                  {hasMetadataLog(cluster) && <Ladder cluster={cluster} />}
                  {cluster.probe && <Probe probe={cluster.probe} now={now} />}
                </Named>
              ))}
            </div>
          </div>
        )}
        <div className={cn('space-y-4 px-3.5 pb-3', !asTable && 'border-t pt-2.5')}>
          {clusters.map((cluster) => (
            <Named key={cluster.name} name={clusters.length > 1 ? cluster.name : null}>
              <PartitionTable cluster={cluster} live={live} />
              {asTable && cluster.probe && <Probe probe={cluster.probe} now={now} />}
            </Named>
          ))}
        </div>
      </div>
    </section>
  )
}

function Named({ name, children }: { name: string | null; children: ReactNode }) {
  return name === null ? (
    children
  ) : (
    <section aria-label={name} className="space-y-3" data-named={name}>
      <h3 className="pb-1 font-mono font-semibold text-[12px] text-ink-quiet">{name}</h3>
      {children}
    </section>
  )
}

/** A button that had nothing to do says so, and that is all. */
function Refusal() {
  const { notice } = useLive()
  const { client } = useLab()
  const shown = notice?.code === 'ALREADY_SO' ? notice : null
  useEffect(() => {
    if (!shown) return
    const timer = setTimeout(() => client.dismissNotice(), REFUSAL_MS)
    return () => clearTimeout(timer)
  }, [client, shown])
  return (
    <p role="status" className={cn('px-3.5 text-[12.5px] text-ink-quiet', shown && 'border-b py-1')} data-refusal>
      {shown?.message}
    </p>
  )
}

/** The moment shown: now, ticking, or the one looked at. */
function useMoment(picture: RoomPicture | null): number {
  const lasts = picture?.clusters.some(
    ({ leader, leaderSince, probe, nodes }) =>
      (leader === null && leaderSince !== null) ||
      (probe?.outages.length ?? 0) > 0 ||
      nodes.some(({ up, since }) => !up && since !== null),
  )
  const now = useNow(picture === null || picture.at !== null ? null : lasts ? BUSY_TICK_MS : CALM_TICK_MS)
  return picture?.at ?? now
}
