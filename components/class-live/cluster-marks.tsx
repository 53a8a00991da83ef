import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import type { Picture } from '#labs/protocol/class.ts'

const SIZE = 13
const GAP = 5
type Node = Picture['nodes'][number]

const INK: Record<Node['is'], string> = {
  leads: 'text-accent',
  up: 'text-good',
  paused: 'text-warn',
  down: 'text-bad',
  unknown: 'text-line-strong',
}

/** A quorum and its brokers in a few marks: circles vote, squares serve; filled: up, with a ring: leads, hollow: down. */
export function ClusterMarks({ picture }: { picture: Picture }) {
  const t = useTranslations('board')
  const { cluster, leader, epoch, nodes } = picture
  const words = nodes.map(({ host, is }) => t('node', { host, is: t(`nodeIs.${is}`) })).join(', ')
  const label =
    leader === null
      ? t('pictureNone', { cluster, nodes: words })
      : t('picture', { cluster, leader, epoch: epoch ?? 0, nodes: words })
  const ordered = [...nodes.filter(({ role }) => role !== 'broker'), ...nodes.filter(({ role }) => role === 'broker')]
  const width = Math.max(1, ordered.length) * (SIZE + GAP) - GAP
  return (
    <svg
      role="img"
      aria-label={label}
      width={width}
      height={SIZE}
      viewBox={`0 0 ${width} ${SIZE}`}
      className="block shrink-0"
      data-marks={leader ?? ''}
    >
      <title>{label}</title>
      {ordered.map((node, index) => (
        <g
          key={node.host}
          transform={`translate(${index * (SIZE + GAP) + SIZE / 2} ${SIZE / 2})`}
          className={cn(INK[node.is])}
          fill="currentColor"
          stroke="currentColor"
        >
          <Mark node={node} />
        </g>
      ))}
    </svg>
  )
}

function Mark({ node: { role, is, fenced } }: { node: Node }) {
  const hollow = is === 'down' || is === 'unknown' || fenced
  const fill = hollow ? 'none' : undefined
  if (role === 'broker')
    return (
      <>
        <rect x={-4} y={-4} width={8} height={8} rx={1} fill={fill} strokeWidth={1.5} />
        {is === 'paused' && <Bars />}
      </>
    )
  return (
    <>
      {is === 'leads' && <circle r={5.75} fill="none" strokeWidth={1.25} />}
      {role === 'both' ? (
        <rect x={-3.2} y={-3.2} width={6.4} height={6.4} rx={2} fill={fill} strokeWidth={1.25} />
      ) : (
        <circle r={is === 'leads' ? 3.1 : 4} fill={fill} strokeWidth={is === 'leads' ? 0 : 1.5} />
      )}
      {is === 'paused' && <Bars />}
    </>
  )
}

const Bars = () => (
  <g className="text-page" fill="currentColor" stroke="none">
    <rect x={-2.2} y={-2.2} width={1.5} height={4.4} />
    <rect x={0.7} y={-2.2} width={1.5} height={4.4} />
  </g>
)
