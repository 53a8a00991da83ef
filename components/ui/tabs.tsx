'use client'
import { Tabs as Base } from '@base-ui/react/tabs'
import type { ComponentProps } from 'react'
import { cn } from './cn.ts'

export const Tabs = Base.Root
export const TabsList = Base.List
export const TabsPanel = Base.Panel

export function Tab({ className, ...props }: ComponentProps<typeof Base.Tab>) {
  return (
    <Base.Tab
      className={cn(
        'flex items-center gap-1.5 text-ink-quiet outline-offset-[-2px] hover:text-ink data-active:text-ink',
        className as string,
      )}
      {...props}
    />
  )
}
