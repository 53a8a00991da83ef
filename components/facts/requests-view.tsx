'use client'
import { ChevronRight } from 'lucide-react'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import { number } from '#components/workbench/format.ts'
import type { RequestMetrics } from '#labs/protocol/observation.ts'
import { DenseTable, Empty, Figure, Heading, Name } from './table.tsx'

type Stage = Exclude<keyof RequestMetrics['requests'][number]['stages'], 'Total'>
/** In the order of the way; each with a tone and, for who sees no colours, its place in the legend. */
const STAGES: { stage: Stage; tone: string }[] = [
  { stage: 'RequestQueue', tone: 'bg-warn' },
  { stage: 'Local', tone: 'bg-accent' },
  { stage: 'Remote', tone: 'bg-accent/40' },
  { stage: 'Throttle', tone: 'bg-bad' },
  { stage: 'ResponseQueue', tone: 'bg-warn/50' },
  { stage: 'ResponseSend', tone: 'bg-good' },
]

/** The way of requests through a node, with what waits where, and where their time goes. */
export function RequestsView({ host, metrics }: { host: string; metrics: RequestMetrics }) {
  const t = useTranslations('facts')
  const { overMs, requests, queues, idle, purgatory } = metrics
  const places = [
    { name: t('networkThreads'), says: idle.network === null ? t('notSaid') : t('idle', { share: idle.network }) },
    { name: t('requestQueue'), says: waiting(queues.request) },
    { name: t('ioThreads'), says: idle.handlers === null ? t('notSaid') : t('idle', { share: idle.handlers }) },
    {
      name: t('purgatory'),
      says: t('purgatoryHolds', { produce: said(purgatory.produce), fetch: said(purgatory.fetch) }),
    },
    { name: t('responseQueue'), says: waiting(queues.response) },
  ]
  function waiting(count: number | null): string {
    return count === null ? t('notSaid') : t('waiting', { count })
  }
  const longest = Math.max(...requests.map(({ stages }) => stages.Total ?? 0), 1)
  return (
    <section aria-label={t('requestsOf', { host })} data-requests={host} className="space-y-3">
      <Heading says={t('ownClaim')}>{host}</Heading>
      <ol className="flex list-none! flex-wrap items-stretch gap-y-1.5 text-[12px]">
        {places.map(({ name, says }, at) => (
          <li key={name} className="flex items-center">
            {at > 0 && <ChevronRight aria-hidden className="mx-0.5 size-3.5 text-ink-quiet" />}
            <span className="rounded-md border bg-chrome px-2 py-1">
              <span className="block font-medium text-ink">{name}</span>
              <span className="block text-[11.5px] text-ink-quiet tabular-nums">{says}</span>
            </span>
          </li>
        ))}
      </ol>
      {overMs === null ? (
        <Empty>{t('measuring')}</Empty>
      ) : (
        <>
          <DenseTable
            fixed
            caption={<span className="sr-only">{t('whereTimeGoes')}</span>}
            columns={[
              { head: t('request'), width: 'w-[16%]' },
              { head: t('perSecond'), right: true, width: 'w-[10%]' },
              { head: t('meanMs'), right: true, width: 'w-[11%]' },
              { head: t('whereTimeGoes') },
            ]}
          >
            {requests.map(({ kind, since, stages }) => (
              <tr key={kind} data-request={kind}>
                <Name>{kind}</Name>
                <Figure>{number(Math.round((since * 1_000) / overMs))}</Figure>
                <Figure>{stages.Total === null ? '' : milliseconds(stages.Total)}</Figure>
                <td>
                  <span className="flex h-3" style={{ width: `${((stages.Total ?? 0) / longest) * 100}%` }} aria-hidden>
                    {STAGES.map(({ stage, tone }) => (
                      <span
                        key={stage}
                        className={cn('h-full', tone)}
                        style={{ width: `${share(stages[stage], stages.Total) * 100}%` }}
                      />
                    ))}
                  </span>
                  <span className="block text-[11px] text-ink-quiet tabular-nums">
                    {STAGES.filter(({ stage }) => share(stages[stage], stages.Total) >= WORTH_NAMING)
                      .map(({ stage }) =>
                        t('stageTook', { stage: t(`stage.${stage}`), ms: milliseconds(stages[stage] ?? 0) }),
                      )
                      .join(', ')}
                  </span>
                </td>
              </tr>
            ))}
          </DenseTable>
          <ul className="flex list-none! flex-wrap gap-x-4 gap-y-1 text-[11.5px] text-ink-soft">
            {STAGES.map(({ stage, tone }) => (
              <li key={stage} className="flex items-center gap-1.5">
                <span aria-hidden className={cn('size-2.5 rounded-xs', tone)} />
                {t(`stage.${stage}`)}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

/** Of the whole; less is seen in the bar, if at all. */
const WORTH_NAMING = 0.03
const share = (part: number | null, whole: number | null): number =>
  part === null || !whole ? 0 : Math.min(1, part / whole)
const said = (count: number | null): string => (count === null ? '?' : number(count))
const milliseconds = (ms: number): string => (ms < 10 ? ms.toFixed(2) : number(Math.round(ms)))
