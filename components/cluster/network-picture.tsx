'use client'
import { type ReactNode, useRef } from 'react'
import { useTranslations } from 'use-intl'
import type { ClusterState, NodeState } from '#labs/protocol/live.ts'
import { cutPairs, cutsOf, isIsolated } from './condition.ts'
import { CutLines } from './cut-lines.tsx'
import { NodeCard, OtherHostCard } from './host-card.tsx'
import { HostMenu } from './host-menu.tsx'
import type { RoomPicture } from './use-cluster-view.ts'
import { usePlaces } from './use-places.ts'

/** The room as a network: controllers above, brokers below, and between them the bridge that joins them all. */
export function NetworkPicture({ picture, hosts, now }: { picture: RoomPicture; hosts: string[]; now: number }) {
  const { clusters, cuts, otherHosts, stale } = picture
  const t = useTranslations('cluster')
  const ground = useRef<HTMLDivElement>(null)
  const places = usePlaces(ground, hosts.join(' '))
  // Where cards stand in the way of lines, each says its cuts itself.
  const inWords = places?.wrapped ?? false
  const network = (host: string) => ({
    isolated: isIsolated(host, hosts, cuts),
    cuts: inWords ? cutsOf(host, cuts) : null,
  })
  const menu = (host: string, node: NodeState | null) => (
    <HostMenu host={host} node={node} hosts={hosts} cuts={cuts} disabled={stale} />
  )
  const cards = (keep: (node: NodeState) => boolean) =>
    clusters.flatMap((cluster: ClusterState) =>
      cluster.nodes
        .filter(keep)
        .map((node) => (
          <NodeCard
            key={node.host}
            cluster={cluster}
            node={node}
            now={now}
            network={network(node.host)}
            menu={menu(node.host, node)}
          />
        )),
    )
  const above = cards(({ roles }) => roles.includes('controller'))
  const below = [
    ...cards(({ roles }) => !roles.includes('controller')),
    ...otherHosts
      .filter(({ host }) => !clusters.some(({ nodes }) => nodes.some((node) => node.host === host)))
      .map(({ host, address }) => (
        <OtherHostCard key={host} host={host} address={address} network={network(host)} menu={menu(host, null)} />
      )),
  ]
  return (
    <div ref={ground} className="relative isolate px-3 py-3" data-picture>
      {places && !inWords && <CutLines places={places} hosts={hosts} cuts={cuts} />}
      <Row place="upper" label={t('voters')}>
        {above}
      </Row>
      {above.length > 0 && (below.length > 0 || cuts.length > 0) && (
        <div aria-hidden className={inWords ? 'h-2.5' : 'h-11'} />
      )}
      <Row place={above.length > 0 ? 'lower' : 'upper'} label={t('others')}>
        {below}
      </Row>
      <ul className="sr-only">
        {cutPairs(cuts).map(({ a, b, cut }) => (
          <li key={`${a} ${b}`}>{cut === 'both' ? t('cutBoth', { a, b }) : t('cutOne', { a, b })}</li>
        ))}
      </ul>
    </div>
  )
}

function Row({ place, label, children }: { place: 'upper' | 'lower'; label: string; children: ReactNode[] }) {
  if (children.length === 0) return null
  return (
    <ul
      aria-label={label}
      data-row={place}
      className="flex list-none! flex-wrap items-stretch justify-center gap-x-2.5 gap-y-2.5"
    >
      {children.map((card, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the cards have keys of their own and keep their places
        <li key={at} className="min-w-32 max-w-44 flex-1">
          {card}
        </li>
      ))}
    </ul>
  )
}
