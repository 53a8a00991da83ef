import Link from 'next/link'
import { Fragment, type ReactNode } from 'react'
import { AccountMenu } from '#components/account/account-menu.tsx'
import { cn } from '#components/ui/cn.ts'
import { translate } from '#messages/text.ts'
import { Mark } from './mark.tsx'
import { ThemeToggle } from './theme-toggle.tsx'

export type Crumb = { title: string; href?: string }

/** The last crumb is the page itself. */
export function Header(props: { crumbs?: Crumb[]; children?: ReactNode; wide?: boolean }) {
  const { crumbs = [], children, wide = false } = props
  return (
    <header className="sticky top-0 z-40 shrink-0 border-b bg-page">
      <div className={cn('flex h-13 items-center gap-4 px-4', !wide && 'mx-auto w-full max-w-6xl sm:px-6')}>
        <Link href="/" className="shrink-0 rounded-sm" aria-label={translate('site.home')}>
          <Mark />
        </Link>
        {crumbs.length > 0 && (
          <nav aria-label={translate('site.breadcrumbs')} className="min-w-0 flex-1">
            <ol className="flex min-w-0 items-center gap-2 text-sm">
              {crumbs.map(({ title, href }, at) => (
                <Fragment key={title}>
                  <li aria-hidden className={cn('text-line-strong', at < crumbs.length - 1 && 'max-sm:hidden')}>
                    /
                  </li>
                  <li className={cn('min-w-0 truncate', at < crumbs.length - 1 && 'max-md:hidden')}>
                    {href ? (
                      <Link href={href} className="text-ink-quiet hover:text-ink">
                        {title}
                      </Link>
                    ) : (
                      <span aria-current="page" className="font-medium text-ink">
                        {title}
                      </span>
                    )}
                  </li>
                </Fragment>
              ))}
            </ol>
          </nav>
        )}
        <div className="ml-auto flex shrink-0 items-center gap-1">
          {children}
          <ThemeToggle />
          <AccountMenu />
        </div>
      </div>
    </header>
  )
}
