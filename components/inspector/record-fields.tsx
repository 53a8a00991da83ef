'use client'
import { CornerDownRight } from 'lucide-react'
import { Fragment, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { MetadataRecord } from '#labs/protocol/observation.ts'
import type { Filter } from './filter.ts'
import { meaningOf } from './meanings.ts'
import { dataOf, isObject, type Names } from './names.ts'

/** All fields of a record as Kafka's JSON names them, each with what it stands for. */
export function RecordFields(props: {
  record: MetadataRecord
  names: Names
  /** null: nothing to filter here */
  onFilter: ((filter: Partial<Filter>) => void) | null
}) {
  const { record } = props
  const t = useTranslations('inspector')
  const fields = Object.entries(dataOf(record))
  if (fields.length === 0) return <p className="text-[12.5px] text-ink-quiet">{t('noFields')}</p>
  return (
    <dl className="grid grid-cols-[minmax(0,auto)_minmax(0,1fr)] text-[12px]" data-fields>
      {fields.map(([field, value]) => (
        <Fragment key={field}>
          <dt className="border-line border-t py-1 pr-4 font-mono text-[11.5px] text-ink-quiet">{field}</dt>
          <dd className="min-w-0 border-line border-t py-1" data-field={field}>
            <Value {...props} field={field} value={value} />
          </dd>
        </Fragment>
      ))}
    </dl>
  )
}

/** A list may have the same value twice. */
const numbered = (list: unknown[]): { one: unknown; key: string }[] =>
  list.map((one, at) => ({ one, key: `${at} ${JSON.stringify(one)}` }))

type ValueProps = {
  record: MetadataRecord
  names: Names
  onFilter: ((filter: Partial<Filter>) => void) | null
  field: string
  value: unknown
}

function Value(props: ValueProps): ReactNode {
  const { value } = props
  if (Array.isArray(value)) {
    if (value.length === 0) return <code className={CODE}>[ ]</code>
    if (value.some(isObject))
      return (
        <ol className="list-none! space-y-1">
          {numbered(value).map(({ one, key }) => (
            <li key={key}>
              <Value {...props} value={one} />
            </li>
          ))}
        </ol>
      )
    return (
      <span className="flex flex-wrap gap-x-2.5 gap-y-0.5">
        {numbered(value).map(({ one, key }) => (
          <Scalar key={key} {...props} value={one} />
        ))}
      </span>
    )
  }
  if (isObject(value))
    return (
      <span className="flex min-w-0 flex-wrap gap-x-2.5 gap-y-0.5">
        {Object.entries(value).map(([field, one]) => (
          <span key={field} className="flex min-w-0 items-baseline gap-1">
            <span className="font-mono text-[11px] text-ink-quiet">{field}</span>
            <Value {...props} field={field} value={one} />
          </span>
        ))}
      </span>
    )
  return <Scalar {...props} />
}

const CODE = 'break-all font-mono text-[12px] text-ink'

function Scalar({ record, names, onFilter, field, value }: ValueProps) {
  const t = useTranslations('inspector')
  const meaning = meaningOf(record, field, value, names)
  const raw = <code className={CODE}>{value === '' ? '""' : String(value)}</code>
  if (!meaning) return raw
  const { text, filter } = meaning
  const words = text !== '' && (
    <>
      <CornerDownRight aria-hidden className="size-3 shrink-0 self-center text-ink-quiet" />
      <span className="text-[12px] text-ink-soft">{text}</span>
    </>
  )
  if (!filter || !onFilter)
    return (
      <span className="inline-flex min-w-0 flex-wrap items-baseline gap-x-1">
        {raw}
        {words}
      </span>
    )
  return (
    <button
      type="button"
      title={t('filterBy', { what: text || String(value) })}
      onClick={() => onFilter(filter)}
      className="inline-flex min-w-0 flex-wrap items-baseline gap-x-1 rounded-sm text-left underline decoration-line-strong decoration-dotted underline-offset-3 hover:decoration-accent hover:decoration-solid"
    >
      {raw}
      {words}
    </button>
  )
}
