'use client'
import { useTranslations } from 'use-intl'
import { LadderBar, ladderPlace } from '#components/cluster/ladder-bar.tsx'
import { useRoomPicture } from '#components/cluster/use-cluster-view.ts'
import { number } from '#components/workbench/format.ts'
import type { ClusterState } from '#labs/protocol/live.ts'
import type { ReplicaLog } from '#labs/protocol/observation.ts'
import { DenseTable, Empty, Figure, Heading, Name } from './table.tsx'

type Partition = ClusterState['topics'][number]['partitions'][number]

/** How far each replica of a topic's partitions goes, and how far it knows the partition to be committed. */
export function ReplicasView({ topic, replicas }: { topic: string; replicas: ReplicaLog[] }) {
  const t = useTranslations('facts')
  const partitions = useTopic(topic)
  if (partitions.length === 0) return <Empty>{t('noTopic', { topic })}</Empty>
  return partitions.map((partition) => (
    <Ladder
      key={partition.partition}
      topic={topic}
      partition={partition}
      logs={replicas.filter((one) => one.partition === partition.partition)}
    />
  ))
}

function useTopic(name: string): Partition[] {
  const picture = useRoomPicture()
  return picture?.clusters.flatMap(({ topics }) => topics).find((one) => one.name === name)?.partitions ?? []
}

function Ladder({ topic, partition, logs }: { topic: string; partition: Partition; logs: ReplicaLog[] }) {
  const t = useTranslations('facts')
  const { leader, leaderEpoch, replicas } = partition
  const leads = logs.find(({ broker }) => broker === leader)
  const ends = logs.map(({ end }) => end)
  // Without a leader nobody can say what is committed: the farthest mark is what is drawn.
  const base = leads?.highWatermark ?? Math.max(0, ...logs.map(({ highWatermark }) => highWatermark))
  const place = ladderPlace(base, ends)
  return (
    <DenseTable
      fixed
      caption={
        <Heading says={leader < 0 ? t('noLeader') : t('ledBy', { leader, epoch: leaderEpoch })}>
          {topic}-{partition.partition}
        </Heading>
      }
      columns={[
        { head: t('broker'), width: 'w-[12%]' },
        { head: t('against'), width: 'w-[34%]', hidden: true },
        { head: t('logEnd'), right: true, width: 'w-[20%]' },
        { head: t('highWatermarkShort'), right: true, width: 'w-[12%]' },
        { head: t('state') },
      ]}
    >
      {replicas.map((replica) => {
        const log = logs.find(({ broker }) => broker === replica.node)
        const state = replica.inSync ? 'inSync' : replica.eligible ? 'eligible' : 'outOfSync'
        const lag = log && leads ? leads.end - log.end : null
        return (
          <tr key={replica.node} data-replica={replica.node}>
            <Name className={replica.node === leader ? 'font-semibold' : ''}>{replica.node}</Name>
            <td aria-hidden>
              <span className="relative block h-4">
                <LadderBar
                  place={place}
                  end={log?.end ?? null}
                  tone={replica.node === leader ? 'leads' : replica.inSync ? 'good' : 'behind'}
                  mark={leads !== undefined}
                  watermark={log?.highWatermark}
                />
              </span>
            </td>
            <Figure>
              {log ? number(log.end) : <span className="text-ink-quiet">{t('noAnswer')}</span>}
              {lag !== null && lag > 0 && <span className="text-warn"> −{number(lag)}</span>}
            </Figure>
            <Figure className="text-ink-quiet">{log ? number(log.highWatermark) : ''}</Figure>
            <td className={replica.inSync ? 'whitespace-nowrap text-ink-soft' : 'whitespace-nowrap text-warn'}>
              <span aria-hidden>{replica.inSync ? '● ' : replica.eligible ? '◉ ' : '○ '}</span>
              {replica.node === leader ? `${t('leads')}, ` : ''}
              {t(state)}
            </td>
          </tr>
        )
      })}
    </DenseTable>
  )
}
