'use client'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import { useLive } from './live-context.tsx'

/** One line of what the cluster says of itself; nothing here is assumed. */
export function NodeStatus() {
  const { state, connection } = useLive()
  const t = useTranslations('node')
  if (state?.room.status !== 'ready') return null
  const { nodes, leader, epoch, topics, highWatermark } = state.clusters[0]!
  const own = topics.filter(({ name }) => !name.startsWith('__'))
  const stale = connection !== 'open'
  return (
    <section
      aria-label={t('title')}
      className={cn(
        'flex min-h-7 shrink-0 flex-wrap items-center gap-x-4 gap-y-0.5 border-t bg-chrome px-4 py-1 font-mono text-[12px] text-ink-soft',
        stale && 'opacity-60',
      )}
    >
      {nodes.length === 0 &&
        state.hosts.map((host) => <Node key={host} host={host} node={null} up={false} words={t('down')} />)}
      {nodes.map((node) => (
        <Node
          key={node.host}
          host={node.host}
          node={node.node}
          up={node.up}
          words={node.up ? (node.fenced ? t('fenced') : t('up')) : t('down')}
          roles={node.roles.join(', ')}
        />
      ))}
      <Fact name={t('leader')} value={leader ?? t('none')} />
      <Fact name={t('epoch')} value={epoch ?? t('unknown')} />
      <Fact name={t('highWatermark')} value={highWatermark ?? t('unknown')} />
      <Fact
        name={t('topics')}
        value={
          own.length === 0 ? t('none') : own.map(({ name, partitions }) => `${name} (${partitions.length})`).join(', ')
        }
      />
    </section>
  )
}

function Node(props: { host: string; node: number | null; up: boolean; words: string; roles?: string }) {
  const t = useTranslations('node')
  return (
    <span className="flex items-center gap-1.5">
      <svg viewBox="0 0 10 10" className={cn('size-2.5', props.up ? 'text-good' : 'text-ink-quiet')} aria-hidden="true">
        {props.up ? (
          <circle cx="5" cy="5" r="4.5" fill="currentColor" />
        ) : (
          <circle cx="5" cy="5" r="3.75" fill="none" stroke="currentColor" strokeWidth="1.5" />
        )}
      </svg>
      <span className="text-ink">{props.host}</span>
      {props.node !== null && <span>{t('node', { id: String(props.node) })}</span>}
      <span className={props.up ? 'text-good' : ''}>{props.words}</span>
      {props.roles && <span className="text-ink-quiet">{props.roles}</span>}
    </span>
  )
}

const Fact = ({ name, value }: { name: string; value: string | number }) => (
  <span className="min-w-0 truncate">
    <span className="text-ink-quiet">{name}</span> {value}
  </span>
)
