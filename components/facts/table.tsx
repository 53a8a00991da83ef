import type { ReactNode } from 'react'
import { cn } from '#components/ui/cn.ts'

/** Rows of figures, close together: what the panel has room for. @param columns `hidden`: the head is for who cannot see what is drawn */
export function DenseTable(props: {
  caption: ReactNode
  columns: { head: string; right?: boolean; width?: string; hidden?: boolean }[]
  /** columns keep their widths whatever stands in them: several tables line up */
  fixed?: boolean
  children: ReactNode
}) {
  const { caption, columns, fixed, children } = props
  return (
    <table className={cn('w-full text-[12px]', fixed && 'table-fixed')}>
      <caption className="pb-1 text-left">{caption}</caption>
      <thead className="text-[11px] text-ink-quiet">
        <tr className="[&>th]:border-b [&>th]:py-1 [&>th]:pr-3 [&>th]:font-normal [&>th:last-child]:pr-0">
          {columns.map(({ head, right, width, hidden }) => (
            <th key={head} scope="col" className={cn(right ? 'text-right' : 'text-left', width)}>
              <span className={cn(hidden && 'sr-only')}>{head}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="[&_td:last-child]:pr-0 [&_td]:py-1 [&_td]:pr-3 [&_th]:py-1 [&_th]:pr-3 [&_tr>*]:border-b">
        {children}
      </tbody>
    </table>
  )
}

export const Figure = ({ children, className }: { children: ReactNode; className?: string }) => (
  <td className={cn('whitespace-nowrap text-right font-mono text-[11.5px] tabular-nums', className)}>{children}</td>
)

export const Name = ({ children, className }: { children: ReactNode; className?: string }) => (
  <th scope="row" className={cn('text-left font-mono font-normal text-[11.5px] text-ink', className)}>
    {children}
  </th>
)

/** A heading of the panel, and what is said in one line beside it. */
export const Heading = ({ children, says }: { children: ReactNode; says?: ReactNode }) => (
  <h3 className="flex flex-wrap items-baseline gap-x-2 text-[12px]">
    <span className="font-mono font-semibold text-ink">{children}</span>
    {says !== undefined && <span className="text-ink-quiet tabular-nums">{says}</span>}
  </h3>
)

export const Empty = ({ children }: { children: ReactNode }) => (
  <p className="text-[12.5px] text-ink-quiet">{children}</p>
)
