'use client'
import type { ReactNode } from 'react'
import { Popover, PopoverContent, PopoverTrigger } from '#components/ui/popover.tsx'

/** A word with its meaning, on hover, focus or tap. */
export function Term({ meaning, def, children }: { meaning?: string; def?: string; children: ReactNode }) {
  const text = meaning ?? def
  if (!text) return <dfn className="not-italic">{children}</dfn>
  return (
    <Popover>
      <PopoverTrigger
        openOnHover
        delay={150}
        className="cursor-help text-ink underline decoration-dotted decoration-ink-quiet underline-offset-4"
      >
        {children}
      </PopoverTrigger>
      <PopoverContent align="start" className="w-72 text-[13.5px] leading-relaxed">
        {text}
      </PopoverContent>
    </Popover>
  )
}
