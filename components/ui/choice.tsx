import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from './cn.ts'

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
  /** md: as high as buttons and inputs */
  size?: 'sm' | 'md'
  disabled?: boolean
  className?: string
}) {
  const { chosen = false, strong = false, size = 'sm' } = props
  return (
    <span className={cn('relative inline-flex min-w-0', props.className)}>
      <select
        aria-label={props.label}
        value={props.value}
        disabled={props.disabled}
        onChange={({ target }) => props.onChange(target.value)}
        className={cn(
          'w-full min-w-0 cursor-pointer appearance-none truncate rounded-md border py-0 outline-offset-0 hover:border-ink-quiet disabled:opacity-55',
          size === 'sm' ? 'h-6.5 pr-6 pl-2 text-[12px]' : 'h-9 pr-8 pl-3 text-sm',
          chosen ? 'border-accent bg-accent-wash font-medium text-ink' : 'border-line-strong bg-page text-ink-soft',
          strong && 'font-medium text-ink',
        )}
      >
        {props.children}
      </select>
      <ChevronDown
        aria-hidden
        className={cn(
          'pointer-events-none absolute text-ink-quiet',
          size === 'sm' ? 'top-1.5 right-1.5 size-3.5' : 'top-2.5 right-2.5 size-4',
        )}
        strokeWidth={2}
      />
    </span>
  )
}
