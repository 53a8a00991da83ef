'use client'
import { useTranslations } from 'use-intl'
import { useTimeline } from '#components/timeline/use-timeline.ts'
import { measured, number, running } from '#components/workbench/format.ts'
import type { ClusterState } from '#labs/protocol/live.ts'

/** What the trusted probe measures: is the cluster there for its clients? */
export function Probe({ probe, now }: { probe: NonNullable<ClusterState['probe']>; now: number }) {
  const t = useTranslations('cluster')
  const { events } = useTimeline()
  const last = events.findLast(
    ({ kind, at, until }) => kind === 'outage' && until !== null && until <= now && at <= now,
  )
  return (
    <section aria-label={t('probe')} data-probe className="text-[12px]">
      <h3 className="font-semibold text-ink">
        {t('probe')}
        <span className="ml-2 font-normal text-ink-quiet">{t('probeText')}</span>
      </h3>
      <dl className="mt-1.5 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        <dt className="text-ink-quiet">{t('acknowledged')}</dt>
        <dd className="text-right font-mono text-[11.5px] tabular-nums">{number(probe.acknowledged)}</dd>
        <dt className="text-ink-quiet">{t('lost')}</dt>
        <dd
          className={`text-right font-mono text-[11.5px] tabular-nums ${probe.lost > 0 ? 'font-semibold text-bad' : ''}`}
        >
          {number(probe.lost)}
        </dd>
        {probe.outages.map(({ kind, from }) => (
          <div key={kind} className="col-span-2 flex justify-between rounded-sm bg-bad-wash px-1.5 text-bad">
            <dt>
              <span aria-hidden>▬ </span>
              {t(`outage.${kind}`)}
            </dt>
            <dd className="font-mono text-[11.5px] tabular-nums">{running(now - from)}</dd>
          </div>
        ))}
        <dt className="text-ink-quiet">{t('lastOutage')}</dt>
        <dd className="text-right font-mono text-[11.5px] tabular-nums">
          {last ? measured((last.until ?? last.at) - last.at) : t('noOutage')}
        </dd>
      </dl>
    </section>
  )
}
