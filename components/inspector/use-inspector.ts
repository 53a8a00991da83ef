'use client'
import { useEffect, useSyncExternalStore } from 'react'
import { useLab, useLive } from '#components/workbench/live-context.tsx'
import type { ClusterState } from '#labs/protocol/live.ts'
import type { CommandChange } from '#labs/protocol/log.ts'
import type { InspectorView, PanelTab } from './inspector-store.ts'
import type { LogSnapshot } from './log-store.ts'
import type { StatesSnapshot } from './state-store.ts'

export function useInspectorView(): InspectorView {
  const { inspector } = useLab().client
  return useSyncExternalStore(inspector.subscribe, inspector.getSnapshot, inspector.getServerSnapshot)
}

/** @param files whether they are among what the panel shows here */
export function usePanelTab(files: boolean): PanelTab {
  const { tab } = useInspectorView()
  return tab === 'files' && !files ? 'cluster' : tab
}

export function useStates(): StatesSnapshot {
  const { states } = useLab().client.inspector
  return useSyncExternalStore(states.subscribe, states.getSnapshot, states.getServerSnapshot)
}

export function useChanges(): ReadonlyMap<number, CommandChange> {
  const { changes } = useLab().client.inspector
  return useSyncExternalStore(changes.subscribe, changes.getSnapshot, changes.getServerSnapshot)
}

/** The host whose log is looked at, and the cluster it belongs to; null while there is none. */
export function useChosenHost(): { host: string; cluster: ClusterState } | null {
  const { host } = useInspectorView()
  const { state } = useLive()
  const clusters = state?.clusters ?? []
  const chosen = host === null ? undefined : clusters.find(({ nodes }) => nodes.some((node) => node.host === host))
  if (host !== null && chosen) return { host, cluster: chosen }
  for (const cluster of clusters) {
    const leader = cluster.nodes.find(({ leads }) => leads)
    if (leader) return { host: leader.host, cluster }
  }
  // No leader is known: whose files can be read all the same.
  const cluster = clusters[0]
  const first = cluster?.nodes.find(({ votes }) => votes) ?? cluster?.nodes[0]
  return cluster && first ? { host: first.host, cluster } : null
}

/** The log of a host, read for as long as this is mounted and the page is visible. */
export function useLog(host: string | null): LogSnapshot {
  const { log } = useLab().client.inspector
  useEffect(() => {
    const look = () => log.look(document.visibilityState === 'visible' ? host : null)
    look()
    document.addEventListener('visibilitychange', look)
    return () => {
      document.removeEventListener('visibilitychange', look)
      log.look(null)
    }
  }, [log, host])
  return useSyncExternalStore(log.subscribe, log.getSnapshot, log.getServerSnapshot)
}
