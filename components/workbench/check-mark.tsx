import { Check, Circle, CircleDashed } from 'lucide-react'
import { cn } from '#components/ui/cn.ts'

/** A shape for each state, so that colour never stands alone; the caller says it in words. */
export function CheckMark({ status, className }: { status: 'closed' | 'open' | 'passed'; className?: string }) {
  if (status === 'passed')
    return (
      <span className={cn('grid size-4.5 shrink-0 place-items-center rounded-full bg-good text-page', className)}>
        <Check className="size-3" strokeWidth={3.5} aria-hidden />
      </span>
    )
  const Shape = status === 'open' ? Circle : CircleDashed
  return (
    <Shape
      className={cn('size-4.5 shrink-0', status === 'open' ? 'text-accent' : 'text-ink-quiet', className)}
      strokeWidth={2}
      aria-hidden
    />
  )
}
