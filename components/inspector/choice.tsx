import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '#components/ui/cn.ts'

/** A small native choice: known to every keyboard and screen reader. */
export function Choice(props: {
  label: string
  value: string
  onChange: (value: string) => void
  children: ReactNode
  /** something else than the usual */
  chosen?: boolean
  /** what all beside it depends on */
  strong?: boolean
  className?: string
}) {
  const { chosen = false, strong = false } = props
  return (
    <span className={cn('relative inline-flex min-w-0', props.className)}>
      <select
        aria-label={props.label}
        value={props.value}
        onChange={({ target }) => props.onChange(target.value)}
        className={cn(
          'h-6.5 w-full min-w-0 cursor-pointer appearance-none truncate rounded-md border py-0 pr-6 pl-2 text-[12px] outline-offset-0 hover:border-ink-quiet',
          chosen ? 'border-accent bg-accent-wash font-medium text-ink' : 'border-line-strong bg-page text-ink-soft',
          strong && 'font-medium text-ink',
        )}
      >
        {props.children}
      </select>
      <ChevronDown
        aria-hidden
        className="pointer-events-none absolute top-1.5 right-1.5 size-3.5 text-ink-quiet"
        strokeWidth={2}
      />
    </span>
  )
}
