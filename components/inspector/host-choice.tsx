'use client'
import { useTranslations } from 'use-intl'
import { conditionOf } from '#components/cluster/condition.ts'
import { Choice } from '#components/ui/choice.tsx'
import { useLab, useLive } from '#components/workbench/live-context.tsx'
import type { NodeState } from '#labs/protocol/live.ts'
import { useInspectorView } from './use-inspector.ts'

/** Whose log: the leader's, whoever leads, or that of one host. */
export function HostChoice({ className }: { className?: string }) {
  const { client } = useLab()
  const { state } = useLive()
  const { host } = useInspectorView()
  const t = useTranslations('inspector')
  const states = useTranslations('cluster.is')
  const nodes = state?.clusters.flatMap((cluster) => cluster.nodes) ?? []
  const leader = nodes.find(({ leads }) => leads)
  const named = (node: NodeState): string => {
    const condition = conditionOf(node)
    if (node.leads) return t('nodeLeads', { host: node.host })
    return condition === 'up' ? node.host : t('nodeIs', { host: node.host, state: states(condition) })
  }
  return (
    <Choice
      label={t('node')}
      value={host ?? ''}
      onChange={(value) => client.inspector.choose(value === '' ? null : value)}
      className={className}
      strong
    >
      <option value="">{leader ? t('leaderNow', { host: leader.host }) : t('leaderUnknown')}</option>
      {nodes.map((node) => (
        <option key={node.host} value={node.host}>
          {named(node)}
        </option>
      ))}
    </Choice>
  )
}
