import type { ReactNode } from 'react'
import { cn } from './cn.ts'

/** Scrolls by itself where it is wider than the page. */
export function Table({ label, head, children }: { label: string; head: ReactNode; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label={label} tabIndex={0} className="relative mt-6 overflow-x-auto rounded-lg border">
      <table className="w-full border-collapse text-left text-sm">
        <thead className="border-b bg-chrome text-[13px] text-ink-quiet">
          <tr>{head}</tr>
        </thead>
        <tbody className="divide-y">{children}</tbody>
      </table>
    </section>
  )
}

export const HeadCell = ({ children }: { children: ReactNode }) => (
  <th scope="col" className="whitespace-nowrap px-4 py-2.5 font-medium">
    {children}
  </th>
)

export const Cell = ({ children, className }: { children: ReactNode; className?: string }) => (
  <td className={cn('px-4 py-2.5 text-ink-soft', className)}>{children}</td>
)
