'use client'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'

const PARTS = ['live', 'assignments', 'people', 'grades', 'settings'] as const

export function ClassTabs({ classId }: { classId: string }) {
  const t = useTranslations('classes.tab')
  const path = usePathname()
  return (
    <nav aria-label={t('label')} className="-mx-1 flex gap-1 overflow-x-auto border-b [scrollbar-width:thin]">
      {PARTS.map((part) => {
        const href = `/classes/${classId}/${part}`
        const isHere = path === href
        return (
          <Link
            key={part}
            href={href}
            aria-current={isHere ? 'page' : undefined}
            className={cn(
              '-mb-px border-b-2 px-3 py-2.5 text-sm outline-offset-[-2px]',
              isHere ? 'border-accent font-medium text-ink' : 'border-transparent text-ink-quiet hover:text-ink',
            )}
          >
            {t(part)}
          </Link>
        )
      })}
    </nav>
  )
}
