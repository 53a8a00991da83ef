'use client'
import { Crown, SquareTerminal } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import { useLab } from '#components/workbench/live-context.tsx'
import type { ClusterState, NodeState } from '#labs/protocol/live.ts'
import { conditionOf, type HostCuts, hasMetadataLog, seesOtherwise } from './condition.ts'
import { CONDITION_TONE, ConditionShape } from './condition-shape.tsx'
import { useNodeWords } from './use-node-words.ts'

const CARD =
  'relative flex h-full w-full flex-col gap-0.5 rounded-lg border bg-raised px-2.5 pt-1 pb-1.5 text-[12px] leading-[1.35]'

/** `cuts`: to be said in words; null where lines show them */
type Network = { isolated: boolean; cuts: HostCuts | null }

/** A host with its node: what it is, in which state, and what it sees itself. */
export function NodeCard(props: {
  cluster: ClusterState
  node: NodeState
  now: number
  network: Network
  menu: ReactNode
}) {
  const { cluster, node, now, network, menu } = props
  const t = useTranslations('cluster')
  const words = useNodeWords()
  const condition = conditionOf(node)
  const otherwise = seesOtherwise(cluster, node)
  return (
    <div
      data-host={node.host}
      data-condition={condition}
      data-leads={node.leads}
      className={cn(
        CARD,
        node.leads ? 'border-accent shadow-[inset_3px_0_0_var(--accent)]' : 'border-line-strong',
        (condition === 'down' || condition === 'unknown') && 'border-dashed bg-chrome',
      )}
    >
      <CardHead host={node.host} menu={menu} shape={<ConditionShape condition={condition} />} />
      <p className="truncate text-ink-quiet">
        {node.node !== null && <span className="tabular-nums">{t('node', { id: String(node.node) })} · </span>}
        {node.node === null && node.roles.length === 0 ? t('noNodeYet') : words.roles(node)}
      </p>
      <p
        className={cn('flex items-center gap-1.5 tabular-nums', CONDITION_TONE[condition], node.diskFull && 'text-bad')}
      >
        <span className="min-w-0 truncate" title={words.state(node, now)}>
          {words.state(node, now)}
          {network.isolated && <span className="text-bad">, {t('isolated')}</span>}
        </span>
        {node.leads && (
          <span className="ml-auto flex shrink-0 items-center gap-1 rounded-full bg-accent-wash px-1.5 font-medium text-[11px] text-accent">
            <Crown aria-hidden className="size-3" />
            {t(hasMetadataLog(cluster) ? 'leads' : 'controller')}
          </span>
        )}
      </p>
      {node.roles.includes('controller') && (
        <p
          className={cn('truncate text-[11.5px] tabular-nums', otherwise ? 'font-medium text-warn' : 'text-ink-quiet')}
          title={`${t('viewTitle')}: ${words.view(node)}`}
        >
          {otherwise && <span aria-hidden>≠ </span>}
          {words.view(node)}
        </p>
      )}
      <CutWords network={network} />
    </div>
  )
}

/** A host without a node, such as `client`. */
export function OtherHostCard(props: { host: string; address: string; network: Network; menu: ReactNode }) {
  const t = useTranslations('cluster')
  return (
    <div data-host={props.host} className={cn(CARD, 'border-line bg-page')}>
      <CardHead
        host={props.host}
        menu={props.menu}
        shape={<SquareTerminal aria-hidden className="size-3 text-ink-quiet" />}
      />
      <p className="text-ink-quiet">{t('otherHost')}</p>
      {props.network.isolated && <p className="text-bad">{t('isolated')}</p>}
      <CutWords network={props.network} />
    </div>
  )
}

/** To whom the links are cut, where no line can show it. The list below the picture tells screen readers. */
function CutWords({ network: { isolated, cuts } }: { network: Network }) {
  const t = useTranslations('cluster')
  if (!cuts || isolated) return null
  const words = (['both', 'to', 'from'] as const).filter((which) => cuts[which].length > 0)
  if (words.length === 0) return null
  return (
    <ul aria-hidden className="list-none! text-[11.5px] text-bad" data-cut-words>
      {words.map((which) => (
        <li key={which}>✕ {t(`cutWords.${which}`, { hosts: cuts[which].join(', ') })}</li>
      ))}
    </ul>
  )
}

function CardHead({ host, shape, menu }: { host: string; shape: ReactNode; menu: ReactNode }) {
  const { client } = useLab()
  const t = useTranslations('cluster')
  return (
    <div className="flex h-6 items-center gap-1.5">
      {shape}
      <button
        type="button"
        title={t('showTerminal', { host })}
        aria-label={t('showTerminal', { host })}
        onClick={() => client.showTerminal(host)}
        className="min-w-0 truncate rounded-sm font-medium font-mono text-[12px] text-ink decoration-line-strong underline-offset-3 hover:underline"
      >
        {host}
      </button>
      <span className="ml-auto">{menu}</span>
    </div>
  )
}
