'use client'
import { useMemo } from 'react'
import { useTranslations } from 'use-intl'
import { clock } from '#components/workbench/format.ts'
import { useLive } from '#components/workbench/live-context.tsx'
import type { MetadataLeaf, MetadataTree, StateSource } from '#labs/protocol/log.ts'
import { isTree, type StateNode } from './state-nodes.ts'

/** Leaves whose numbers are node ids, as labs/kafka/metadata/image.ts names them. */
const NODES: ReadonlySet<string> = new Set([
  'leader',
  'replicas',
  'isr',
  'elr',
  'lastKnownElr',
  'addingReplicas',
  'removingReplicas',
])
const SECTIONS_OF_NODES: ReadonlySet<string> = new Set(['brokers', 'controllers', 'voters'])
/** Depths of a path: `topics` → name → `partitions` → index */
const TOPIC = 2
const PARTITION = 4

/** What is said of a state's parts beside their names, with hosts in place of node ids. */
export function useStateWords() {
  const { state } = useLive()
  const t = useTranslations('inspector')
  // The state of the room comes anew with every sample; what nodes are called does not change with it.
  const known = JSON.stringify(
    state?.clusters.flatMap(({ nodes }) => nodes.map(({ node, host }) => [node, host])) ?? [],
  )
  return useMemo(() => {
    const hosts = new Map(JSON.parse(known) as [number | null, string][])
    const host = (id: unknown): string => (typeof id === 'number' ? (hosts.get(id) ?? '') : '')
    const value = (is: MetadataTree | MetadataLeaf): string => {
      if (isTree(is)) return JSON.stringify(is)
      if (Array.isArray(is)) return `[${is.join(', ')}]`
      return is === null ? 'null' : String(is)
    }
    const leafOf = (node: StateNode, name: string): MetadataLeaf | undefined => {
      const is = node.children.find((one) => one.name === name)?.value?.is
      return isTree(is) ? undefined : is
    }

    return {
      value,
      /** what a value stands for; empty where it says so itself */
      meaning(node: StateNode): string {
        const is = node.value?.is
        if (NODES.has(node.name)) {
          if (is === -1) return t('says.none')
          return (Array.isArray(is) ? is : [is]).map(host).filter(Boolean).join(', ')
        }
        if (/Timestamp$/.test(node.name) && typeof is === 'number' && is > 0) return clock(is)
        return ''
      },
      /** of a branch, in a few words */
      gist(node: StateNode, open: boolean): string {
        const [section] = node.path
        const depth = node.path.length
        if (section !== undefined && SECTIONS_OF_NODES.has(section) && depth === 2) {
          const fenced = leafOf(node, 'fenced') === true ? t('says.fenced') : ''
          return [host(Number(node.name)), fenced].filter(Boolean).join(', ')
        }
        if (section === 'topics' && depth === PARTITION) {
          const leader = leafOf(node, 'leader')
          const isr = leafOf(node, 'isr')
          const leads = leader === -1 ? t('says.none') : host(leader) || String(leader)
          return [t('says.leader', { is: leads }), isr === undefined ? '' : t('says.isr', { is: value(isr) })]
            .filter(Boolean)
            .join(', ')
        }
        if (section === 'topics' && depth === TOPIC) {
          const partitions = node.children.find(({ name }) => name === 'partitions')
          return partitions && node.differences === 0 ? t('partitions', { count: partitions.children.length }) : ''
        }
        return open ? '' : t('entries', { count: node.children.length })
      },
      /** a state by its place in the log */
      source(source: StateSource): string {
        if (source.of === 'live') return t('liveSource')
        return t('snapshotOf', { host: source.host, offset: String(endOf(source.file)) })
      },
    }
  }, [known, t])
}
export type StateWords = ReturnType<typeof useStateWords>

/** 00000000000000001204-0000000003.checkpoint → 1204: one behind the last offset in it */
export const endOf = (file: string): number => Number(/^\d+/.exec(file)?.[0] ?? 0)
