'use client'
import { useEffect, useMemo, useRef } from 'react'
import { useLab } from '#components/workbench/live-context.tsx'
import type { ClusterState } from '#labs/protocol/live.ts'
import type { LogBatch, LogItem } from '#labs/protocol/log.ts'
import { hasUnnamedTopic, learnNames, type Names } from './names.ts'
import { useStates } from './use-inspector.ts'

/** Names from the records that are there, from the nodes, and from the live state where the records do not say. */
export function useNames(items: LogItem[], clusters: ClusterState[]): Names {
  const { states } = useLab().client.inspector
  const live = useStates().views.get('live')
  const tree = live?.answer?.tree ?? null
  // The state of the room comes anew with every sample; what nodes are called does not change with it.
  const hosts = JSON.stringify(clusters.map(({ nodes }) => nodes.map(({ node, host }) => [node, host])))
  const batches = useBatches(items)
  // biome-ignore lint/correctness/useExhaustiveDependencies: see hosts
  const names = useMemo(() => learnNames(batches, clusters, tree), [batches, hosts, tree])
  const unnamed = useMemo(() => live === undefined && hasUnnamedTopic(batches, names), [batches, names, live])
  useEffect(() => {
    if (unnamed) states.read({ of: 'live' })
  }, [unnamed, states])
  return names
}

/** The same list for as long as only NoOps come. */
function useBatches(items: LogItem[]): LogBatch[] {
  const kept = useRef<LogBatch[]>([])
  return useMemo(() => {
    const batches = items.filter((item) => item.kind === 'batch')
    const isSame = batches.length === kept.current.length && batches.every((one, at) => one === kept.current[at])
    if (!isSame) kept.current = batches
    return kept.current
  }, [items])
}
