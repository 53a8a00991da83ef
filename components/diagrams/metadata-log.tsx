import { InlineCode } from '#components/lesson/inline-code.tsx'
import { cn } from '#components/ui/cn.ts'
import { translate } from '#messages/text.ts'

type MetadataRecord = {
  offset?: number
  epoch?: number
  type: string
  /** what it holds or means, in a few words; `backticks` mark code */
  text?: string
  note?: string
  says?: string
  data?: string | Record<string, unknown>
}

/** The metadata log from top to bottom. Text that wraps, so a list and not a drawing. */
export function MetadataLogDiagram({ records = [] }: { records?: (MetadataRecord | string)[] }) {
  const rows = records.map((record, at) => {
    const whole: MetadataRecord = typeof record === 'string' ? { type: record } : record
    return { ...whole, offset: whole.offset ?? at }
  })
  return (
    <ol
      aria-label={translate('diagram.metadataLog.title')}
      className="mx-auto max-w-[34rem] list-none! overflow-hidden rounded-lg border border-accent/60 p-0!"
    >
      {rows.map((row, at) => (
        <li
          key={row.offset}
          className={cn(
            'mt-0! flex border-accent/25 border-b',
            // some records between these two are left out
            at > 0 &&
              row.offset !== rows[at - 1]!.offset + 1 &&
              'border-t-4 border-t-accent/25 [border-top-style:double]',
          )}
        >
          <span className="grid w-12 shrink-0 place-items-center border-accent/25 border-r bg-accent-wash font-mono text-[12.5px] text-ink">
            {row.offset}
          </span>
          <span className="min-w-0 px-3.5 py-2">
            <span className="block break-words font-medium font-mono text-[12.5px] text-ink">
              {row.type}
              {row.epoch !== undefined && (
                <span className="ml-3 font-normal text-ink-quiet">
                  {translate('diagram.metadataLog.epoch', { epoch: row.epoch })}
                </span>
              )}
            </span>
            <Detail record={row} />
          </span>
        </li>
      ))}
      <li className="mt-0! flex border-line-strong border-t border-dashed">
        <span className="w-12 shrink-0 border-accent/25 border-r bg-accent-wash" />
        <span className="px-3.5 py-1.5 text-[13px] text-ink-quiet">{translate('diagram.metadataLog.next')}</span>
      </li>
    </ol>
  )
}

function Detail({ record }: { record: MetadataRecord }) {
  const text = record.text ?? record.note ?? record.says
  const data = typeof record.data === 'object' ? JSON.stringify(record.data) : record.data
  return (
    <>
      {data && <span className="block break-words font-mono text-[12px] text-ink-quiet">{data}</span>}
      {text && (
        <span className="block text-[13.5px] text-ink-soft leading-normal">
          <InlineCode text={text} />
        </span>
      )}
    </>
  )
}
