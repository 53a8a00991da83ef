'use client'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { measured, number } from '#components/workbench/format.ts'
import { conditionOf, cutPairs, endOf, isIsolated, lagOf } from './condition.ts'
import { ConditionShape } from './condition-shape.tsx'
import { HostMenu } from './host-menu.tsx'
import type { RoomPicture } from './use-cluster-view.ts'
import { useNodeWords } from './use-node-words.ts'

/** The picture and the ladder as tables: the same data, in words. */
export function NodeTables({ picture, hosts, now }: { picture: RoomPicture; hosts: string[]; now: number }) {
  const { clusters, cuts, otherHosts, stale } = picture
  const t = useTranslations('cluster')
  const words = useNodeWords()
  const others = otherHosts.filter(
    ({ host }) => !clusters.some(({ nodes }) => nodes.some((node) => node.host === host)),
  )
  const menu = (host: string, node: Parameters<typeof HostMenu>[0]['node']) => (
    <HostMenu host={host} node={node} hosts={hosts} cuts={cuts} disabled={stale} />
  )
  return (
    <div className="space-y-4 px-3.5 py-3">
      {clusters.map((cluster) => (
        <Table
          key={cluster.name}
          caption={t('nodesOf', { cluster: cluster.name })}
          columns={['host', 'nodeId', 'roles', 'state', 'leads', 'ownView', 'end', 'lag', 'lagMs', 'do']}
        >
          {cluster.nodes.map((node) => {
            const lag = lagOf(cluster, node)
            const end = endOf(node)
            return (
              <tr key={node.host} data-host-row={node.host}>
                <th scope="row">{node.host}</th>
                <td>{node.node ?? t('unknown')}</td>
                <td>
                  {words.roles(node)}
                  {node.votes && `, ${t('votes')}`}
                </td>
                <td>
                  <span className="flex items-center gap-1.5">
                    <ConditionShape condition={conditionOf(node)} />
                    {words.state(node, now)}
                    {isIsolated(node.host, hosts, cuts) && `, ${t('isolated')}`}
                  </span>
                </td>
                <td>{node.leads ? t('yes') : t('no')}</td>
                <td>{node.roles.includes('controller') ? words.view(node) : t('notAsked')}</td>
                <td className="text-right!">{end === null ? t('unknown') : number(end)}</td>
                <td className="text-right!">{lag === null ? t('unknown') : number(lag)}</td>
                <td className="text-right!">
                  {node.metadataLagMs === null ? t('unknown') : measured(node.metadataLagMs)}
                </td>
                <td>{menu(node.host, node)}</td>
              </tr>
            )
          })}
        </Table>
      ))}
      {others.length > 0 && (
        <Table caption={t('otherHosts')} columns={['host', 'address', 'do']}>
          {others.map(({ host, address }) => (
            <tr key={host} data-host-row={host}>
              <th scope="row">{host}</th>
              <td>{address}</td>
              <td>{menu(host, null)}</td>
            </tr>
          ))}
        </Table>
      )}
      <Table
        caption={cuts.length === 0 ? t('noCuts') : t('cuts')}
        columns={cuts.length === 0 ? [] : ['from', 'to', 'cutDirection']}
      >
        {cutPairs(cuts).map(({ a, b, cut }) => (
          <tr key={`${a} ${b}`}>
            <th scope="row">{a}</th>
            <td>{b}</td>
            <td>{cut === 'both' ? t('bothDirections') : t('oneDirection')}</td>
          </tr>
        ))}
      </Table>
    </div>
  )
}

type Column =
  | 'host'
  | 'nodeId'
  | 'roles'
  | 'state'
  | 'leads'
  | 'ownView'
  | 'end'
  | 'lag'
  | 'lagMs'
  | 'do'
  | 'address'
  | 'from'
  | 'to'
  | 'cutDirection'
const NUMBERS: ReadonlySet<Column> = new Set(['end', 'lag', 'lagMs'])

function Table({ caption, columns, children }: { caption: string; columns: Column[]; children: ReactNode }) {
  const t = useTranslations('cluster.column')
  return (
    <table className="w-full text-[12px] tabular-nums [&_td]:border-b [&_td]:py-1 [&_td]:pr-3 [&_th]:border-b [&_th]:py-1 [&_th]:pr-3 [&_th]:text-left [&_tbody_th]:font-mono [&_tbody_th]:font-normal [&_tbody_th]:text-ink">
      <caption className="pb-1 text-left font-semibold text-ink">{caption}</caption>
      {columns.length > 0 && (
        <thead className="text-[11px] text-ink-quiet">
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" className={`font-normal ${NUMBERS.has(column) ? 'text-right!' : ''}`}>
                {t(column)}
              </th>
            ))}
          </tr>
        </thead>
      )}
      <tbody>{children}</tbody>
    </table>
  )
}
