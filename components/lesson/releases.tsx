import type { ReactNode } from 'react'
import { cn } from '#components/ui/cn.ts'

/** Releases in their order, as a line from top to bottom. */
export const Releases = ({ children }: { children: ReactNode }) => (
  <ol className="list-none! border-line-strong border-l p-0! [&>li]:mt-0!">{children}</ol>
)

/** `date` as 2025-03-18, or shorter where the day is not known; `levels`: of metadata.version that came with it. */
export function Release(props: {
  version: string
  date: string
  levels?: string
  /** what it was to KRaft, where it was a turning point */
  mark?: string
  children: ReactNode
}) {
  const { version, date, levels, mark } = props
  return (
    <li className="relative grid gap-x-6 gap-y-1 pb-6 pl-6 last:pb-0 sm:grid-cols-[7.5rem_1fr]">
      <span
        aria-hidden
        className={cn(
          'absolute top-[0.45rem] -left-[5.5px] size-2.5 rounded-full border-2 border-page',
          mark ? 'bg-accent outline-2 outline-accent/30' : 'bg-line-strong',
        )}
      />
      <div className="max-sm:flex max-sm:items-baseline max-sm:gap-3">
        <p className="font-semibold text-ink leading-tight tabular-nums">{version}</p>
        <p className="text-[13px] text-ink-quiet tabular-nums">
          <time dateTime={date}>{date}</time>
        </p>
      </div>
      <div className="min-w-0 text-[15px] leading-relaxed">
        {mark && (
          <p className="mb-1">
            <span className="rounded-full bg-accent-wash px-2.5 py-0.5 font-semibold text-[12.5px] text-ink">
              {mark}
            </span>
          </p>
        )}
        <div className="flow [&>*+*]:mt-2!">{props.children}</div>
        {levels && <p className="mt-1 text-[13px] text-ink-quiet">metadata.version {levels}</p>}
      </div>
    </li>
  )
}
