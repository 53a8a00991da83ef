'use client'
import Link from 'next/link'
import { type ReactNode, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Popover, PopoverContent, PopoverTrigger } from '#components/ui/popover.tsx'
import { InlineCode } from './inline-code.tsx'

/**
 * A word with its meaning, on hover, focus or tap. What a lesson leaves out, lessons/terms.ts has filled in from the
 * course's glossary: `term` as it is listed there, and `href` where.
 */
export function Term(props: { meaning: string; term?: string; href?: string; children: ReactNode }) {
  const { meaning, term, href } = props
  const t = useTranslations('glossary')
  const [open, setOpen] = useState(false)
  // Escape gives the focus back to the word, which must not open it again.
  const dismissed = useRef(false)
  return (
    <Popover
      open={open}
      onOpenChange={(next, { reason }) => {
        dismissed.current = !next && reason === 'escape-key'
        setOpen(next)
      }}
    >
      <PopoverTrigger
        openOnHover
        delay={150}
        onFocus={({ currentTarget }) => {
          if (!dismissed.current && currentTarget.matches(':focus-visible')) setOpen(true)
          dismissed.current = false
        }}
        onBlur={() => {
          dismissed.current = false
        }}
        className="cursor-help text-left underline decoration-dotted decoration-from-font decoration-line-strong underline-offset-[0.22em] hover:decoration-ink-quiet data-popup-open:text-ink data-popup-open:decoration-ink-quiet"
      >
        {props.children}
      </PopoverTrigger>
      <PopoverContent align="start" initialFocus={false} className="w-80 text-[13.5px] leading-relaxed">
        {term && <p className="mb-1 font-semibold text-ink">{term}</p>}
        <p className="text-ink-soft">
          <InlineCode text={meaning} />
        </p>
        {href && (
          <p className="mt-2 text-[12.5px]">
            <Link href={href} className="text-ink-quiet underline underline-offset-3 hover:text-ink">
              {t('inGlossary')}
            </Link>
          </p>
        )}
      </PopoverContent>
    </Popover>
  )
}
