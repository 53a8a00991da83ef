'use client'
import { Progress as Base } from '@base-ui/react/progress'
import { cn } from './cn.ts'

/** `label` is read out; the words beside it are the caller's. `tone`: a background's class, usually that of what is good. */
export function Progress(props: { value: number; max: number; label: string; tone?: string; className?: string }) {
  return (
    <Base.Root value={props.value} max={Math.max(1, props.max)} aria-label={props.label} className={props.className}>
      <Base.Track className={cn('block h-1.5 overflow-hidden rounded-full bg-line')}>
        <Base.Indicator className={cn('block h-full rounded-full', props.tone ?? 'bg-good')} />
      </Base.Track>
    </Base.Root>
  )
}
