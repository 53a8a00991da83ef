'use client'
import { Progress as Base } from '@base-ui/react/progress'
import { cn } from './cn.ts'

/** `label` is read out; the words beside it are the caller's. */
export function Progress(props: { value: number; max: number; label: string; className?: string }) {
  return (
    <Base.Root value={props.value} max={Math.max(1, props.max)} aria-label={props.label} className={props.className}>
      <Base.Track className={cn('block h-1.5 overflow-hidden rounded-full bg-line')}>
        <Base.Indicator className="block h-full rounded-full bg-good" />
      </Base.Track>
    </Base.Root>
  )
}
