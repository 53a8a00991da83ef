'use client'
import { Popover as Base } from '@base-ui/react/popover'
import type { ReactNode } from 'react'
import { cn } from './cn.ts'

export const Popover = Base.Root
export const PopoverTrigger = Base.Trigger

export function PopoverContent(props: {
  children: ReactNode
  className?: string
  align?: 'start' | 'center' | 'end'
  /** false: the focus stays where it is */
  initialFocus?: false
}) {
  return (
    <Base.Portal>
      <Base.Positioner sideOffset={6} align={props.align ?? 'end'} className="z-50 max-w-[calc(100vw-1rem)]">
        <Base.Popup
          initialFocus={props.initialFocus}
          className={cn(
            'rounded-lg border border-line bg-raised p-3 text-ink text-sm shadow-pop outline-none',
            props.className,
          )}
        >
          {props.children}
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  )
}
