'use client'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import { number } from '#components/workbench/format.ts'
import type { PartitionFile, PartitionFiles } from '#labs/protocol/observation.ts'
import { DenseTable, Empty, Figure, Heading, Name } from './table.tsx'

const INDEXES = ['index', 'time index', 'transaction index', 'producer snapshot'] as const
const LEAVING: ReadonlySet<PartitionFile['kind']> = new Set(['deleted', 'cleaned', 'swap'])

/** The files of a partition on one host, segment by segment, and what the checkpoints of its log directory say. */
export function SegmentsView(props: { host: string; topic: string; partition: number; has: PartitionFiles | null }) {
  const { host, topic, partition, has } = props
  const t = useTranslations('facts')
  const name = `${topic}-${partition}`
  if (!has) return <Empty>{t('noDirectory', { host, name })}</Empty>
  const segments = has.files.filter(({ kind }) => kind === 'segment').sort((one, other) => one.offset - other.offset)
  const leaving = has.files.filter(({ kind }) => LEAVING.has(kind))
  const most = Math.max(1, ...segments.map(({ bytes }) => bytes))
  const beside = (offset: number, kind: PartitionFile['kind']) =>
    has.files.find((one) => one.kind === kind && one.offset === offset)
  return (
    <section aria-label={`${host} ${name}`} data-segments={`${host} ${name}`} className="space-y-2">
      <DenseTable
        caption={<Heading says={t('onHost', { host })}>{name}</Heading>}
        columns={[
          { head: t('segmentFrom'), right: true },
          { head: t('size'), width: 'w-[24%]', hidden: true },
          { head: t('bytes'), right: true },
          ...INDEXES.map((kind) => ({ head: t(`file.${kind}`), right: true })),
        ]}
      >
        {segments.map(({ offset, bytes }, at) => (
          <tr key={offset} data-segment={offset}>
            <Name className="text-right">
              {number(offset)}
              {at === segments.length - 1 && <span className="text-ink-quiet"> {t('active')}</span>}
            </Name>
            <td aria-hidden>
              <span className="relative block h-4">
                <span
                  className={cn(
                    'absolute top-1/2 left-0 h-2.5 -translate-y-1/2 rounded-xs border',
                    at === segments.length - 1 ? 'border-accent bg-accent-wash' : 'bg-chrome',
                  )}
                  style={{ width: `${Math.max(1, (bytes / most) * 100)}%` }}
                />
              </span>
            </td>
            <Figure>{number(bytes)}</Figure>
            {INDEXES.map((kind) => (
              <Figure key={kind} className="text-ink-quiet">
                {beside(offset, kind) ? number(beside(offset, kind)?.bytes ?? 0) : '–'}
              </Figure>
            ))}
          </tr>
        ))}
      </DenseTable>
      {leaving.length > 0 && (
        <p className="text-[12px] text-ink-quiet">
          {t('leaving')} <span className="font-mono text-[11px]">{leaving.map((one) => one.name).join(' ')}</span>
        </p>
      )}
      <Checkpoints has={has} />
    </section>
  )
}

function Checkpoints({ has }: { has: PartitionFiles }) {
  const t = useTranslations('facts')
  const { logStart, highWatermark, recoveryPoint, cleaned, epochs } = has
  const rows = [
    [t('logStart'), logStart],
    [t('committedTo'), highWatermark],
    [t('recoveryPoint'), recoveryPoint],
    [t('cleaned'), cleaned],
  ] as const
  return (
    <dl className="flex flex-wrap gap-x-5 gap-y-1 text-[12px]">
      {rows.map(([name, value]) => (
        <div key={name} className="flex gap-1.5">
          <dt className="text-ink-quiet">{name}</dt>
          <dd className="font-mono text-[11.5px] tabular-nums">{value === null ? '–' : number(value)}</dd>
        </div>
      ))}
      <div className="flex gap-1.5">
        <dt className="text-ink-quiet">{t('epochs')}</dt>
        <dd className="font-mono text-[11.5px] tabular-nums">
          {epochs.map(({ epoch, from }) => t('epochFrom', { epoch, from })).join(', ') || '–'}
        </dd>
      </div>
    </dl>
  )
}
