'use client'
import { useEffect } from 'react'
import { useTranslations } from 'use-intl'
import { LookedAt } from '#components/cluster/looked-at.tsx'
import { useRoomPicture } from '#components/cluster/use-cluster-view.ts'
import { useLab, useLive } from '#components/workbench/live-context.tsx'
import type { ShownFact } from '#labs/protocol/live.ts'
import { GroupsView } from './groups-view.tsx'
import { ReplicasView } from './replicas-view.tsx'
import { RequestsView } from './requests-view.tsx'
import { SegmentsView } from './segments-view.tsx'
import { TransactionsView } from './transactions-view.tsx'

/** What this lab shows besides nodes and partitions, of one kind. It is fetched while this is on the page. */
export function FactsPanel({ kind }: { kind: ShownFact['kind'] }) {
  const picture = useRoomPicture()
  const t = useTranslations('facts')
  useLooked()
  if (!picture) return null
  const { at, facts } = picture
  return (
    <section aria-label={t(kind)} data-facts={kind} className="flex h-full min-h-0 flex-col bg-page">
      {at !== null && <LookedAt at={at} />}
      <div className="@container min-h-0 flex-1 space-y-5 overflow-auto px-3.5 py-3">
        {facts
          .filter((fact) => fact.kind === kind)
          .map((fact) => (
            <OneFact key={fact.name} fact={fact} />
          ))}
      </div>
    </section>
  )
}

function OneFact({ fact }: { fact: ShownFact }) {
  const t = useTranslations('facts')
  const { is } = fact
  if (is.state === 'not-fetched') return <p className="text-[12.5px] text-ink-quiet">{t('looking')}</p>
  if (is.state === 'failed') return <p className="text-[12.5px] text-warn">{t('failed', { why: is.why })}</p>
  return (
    <div className="space-y-3">
      {is.unknown !== undefined && <p className="text-[12.5px] text-warn">{t('unknown', { what: is.unknown })}</p>}
      <Value fact={fact} />
    </div>
  )
}

function Value({ fact }: { fact: ShownFact }) {
  if (fact.is.state !== 'fetched') return null
  switch (fact.kind) {
    case 'replicas':
      return <ReplicasView topic={fact.topic} replicas={fact.is.value.replicas} />
    case 'groups':
      return <GroupsView groups={fact.is.value} past={fact.past} />
    case 'transactions':
      return <TransactionsView topic={fact.topic} {...fact.is.value} />
    case 'request-metrics':
      return <RequestsView host={fact.host} metrics={fact.is.value} />
    case 'partition-files':
      return <SegmentsView host={fact.host} topic={fact.topic} partition={fact.partition} has={fact.is.value} />
  }
}

/** Says that somebody looks, again after a reconnect. */
function useLooked(): void {
  const { client } = useLab()
  const { connection } = useLive()
  useEffect(() => {
    if (connection !== 'open') return
    client.send({ type: 'facts.look', on: true })
    return () => client.send({ type: 'facts.look', on: false })
  }, [client, connection])
}
