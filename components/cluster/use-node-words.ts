'use client'
import { useTranslations } from 'use-intl'
import { running } from '#components/workbench/format.ts'
import type { ClusterState, NodeState } from '#labs/protocol/live.ts'
import { conditionOf } from './condition.ts'

/** What is said of a node in the picture and in the tables, in the same words. */
export function useNodeWords() {
  const t = useTranslations('cluster')
  return {
    /** @param now ms since 1970 at the moment shown */
    state(node: NodeState, now: number): string {
      const condition = conditionOf(node)
      const lasts = node.since !== null && condition !== 'up' && condition !== 'fenced' && condition !== 'unknown'
      const words = [
        lasts ? t('lasting', { state: t(`is.${condition}`), time: running(now - node.since!) }) : t(`is.${condition}`),
      ]
      if (node.fenced && condition !== 'fenced') words.push(t('isFenced'))
      if (node.diskFull) words.push(t('diskFull'))
      return words.join(', ')
    },
    roles: ({ roles }: NodeState): string => roles.map((role) => t(role)).join(' + '),
    view({ view }: NodeState): string {
      if (!view) return t('viewUnknown')
      return view.leader === null
        ? t('viewNoLeader', { epoch: view.epoch })
        : t('view', { leader: String(view.leader), epoch: view.epoch })
    },
    name: ({ nodes }: ClusterState, id: number): string =>
      nodes.find(({ node }) => node === id)?.host ?? t('node', { id: String(id) }),
  }
}
