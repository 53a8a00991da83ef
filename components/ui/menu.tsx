'use client'
import { Menu as Base } from '@base-ui/react/menu'
import type { ComponentProps, ReactNode } from 'react'
import { cn } from './cn.ts'

export const Menu = Base.Root
export const MenuTrigger = Base.Trigger

export function MenuContent({ children, align = 'end' }: { children: ReactNode; align?: 'start' | 'end' }) {
  return (
    <Base.Portal>
      <Base.Positioner sideOffset={6} align={align} className="z-50 outline-none">
        <Base.Popup className="min-w-48 rounded-lg border border-line bg-raised p-1 text-sm text-ink shadow-pop outline-none">
          {children}
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  )
}

const ITEM =
  'flex cursor-default select-none items-center gap-2 rounded-md px-2.5 py-1.5 outline-none data-highlighted:bg-sunken data-disabled:opacity-50 [&_svg]:size-4 [&_svg]:text-ink-quiet'

export function MenuItem({ className, ...props }: ComponentProps<typeof Base.Item>) {
  return <Base.Item className={cn(ITEM, className as string)} {...props} />
}

export function MenuCheckboxItem({ children, ...props }: ComponentProps<typeof Base.CheckboxItem>) {
  return (
    <Base.CheckboxItem className={ITEM} {...props}>
      <span className="grid size-4 place-items-center rounded-sm border border-line-strong">
        <Base.CheckboxItemIndicator className="size-2 rounded-[2px] bg-accent" />
      </span>
      {children}
    </Base.CheckboxItem>
  )
}

export const MenuSeparator = () => <Base.Separator className="mx-1 my-1 h-px bg-line" />
