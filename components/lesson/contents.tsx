'use client'
import { List } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { Popover, PopoverContent, PopoverTrigger } from '#components/ui/popover.tsx'
import type { Heading } from '#lessons/headings.ts'
import { headingAbove } from './reading-scroller.ts'

/** The lesson's headings, the one being read marked. */
export function Contents({ headings }: { headings: Heading[] }) {
  const t = useTranslations('lesson')
  const here = useHeadingInView(headings)
  return (
    <nav aria-label={t('contents')}>
      <p className="mb-2 font-medium text-[13px] text-ink">{t('contents')}</p>
      <Links headings={headings} here={here} />
    </nav>
  )
}

export function ContentsButton({ headings }: { headings: Heading[] }) {
  const t = useTranslations('lesson')
  const here = useHeadingInView(headings)
  const [open, setOpen] = useState(false)
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger render={<Button variant="ghost" size="icon" aria-label={t('contents')} title={t('contents')} />}>
        <List aria-hidden />
      </PopoverTrigger>
      <PopoverContent className="max-h-[70dvh] w-72 overflow-y-auto">
        <nav aria-label={t('contents')}>
          <Links headings={headings} here={here} onFollow={() => setOpen(false)} />
        </nav>
      </PopoverContent>
    </Popover>
  )
}

function Links(props: { headings: Heading[]; here: string | null; onFollow?: () => void }) {
  return (
    <ul className="border-l text-[13.5px] leading-snug">
      {props.headings.map(({ id, title, level }) => (
        <li key={id}>
          <a
            href={`#${id}`}
            onClick={props.onFollow}
            aria-current={props.here === id ? 'location' : undefined}
            className={cn(
              '-ml-px block border-l-2 py-1 pr-2 outline-offset-[-2px]',
              level === 3 ? 'pl-6' : 'pl-3',
              props.here === id
                ? 'border-accent font-medium text-ink'
                : 'border-transparent text-ink-quiet hover:text-ink',
            )}
          >
            {title}
          </a>
        </li>
      ))}
    </ul>
  )
}

function useHeadingInView(headings: Heading[]): string | null {
  const [here, setHere] = useState<string | null>(null)
  useEffect(() => {
    const look = () => setHere(headingAbove(headings.map(({ id }) => id)))
    look()
    // Captured, because the scroller may be the page or the workbench's lesson pane.
    document.addEventListener('scroll', look, { passive: true, capture: true })
    return () => document.removeEventListener('scroll', look, { capture: true })
  }, [headings])
  return here
}
