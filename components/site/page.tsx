import type { ReactNode } from 'react'
import { cn } from '#components/ui/cn.ts'
import { Footer } from './footer.tsx'
import { type Crumb, Header } from './header.tsx'

const WIDTHS = { form: 'max-w-md', text: 'max-w-3xl', table: 'max-w-6xl', board: 'max-w-[110rem]' }

/** A page with a title. `width`: of what it holds. */
export function Page(props: {
  title: ReactNode
  text?: ReactNode
  crumbs?: Crumb[]
  width: keyof typeof WIDTHS
  actions?: ReactNode
  children: ReactNode
}) {
  const { title, text, crumbs = [], width, actions, children } = props
  return (
    <>
      <Header crumbs={crumbs} wide={width === 'board'} />
      <main
        id="content"
        tabIndex={-1}
        className={cn('mx-auto w-full flex-1 px-4 pt-12 pb-20 outline-none sm:px-6', WIDTHS[width])}
      >
        <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
          <div>
            <h1 className="font-semibold text-3xl text-ink tracking-[-0.02em]">{title}</h1>
            {text && <p className="mt-2.5 max-w-[60ch] text-[15px] text-ink-soft leading-relaxed">{text}</p>}
          </div>
          {actions && <div className="flex gap-2">{actions}</div>}
        </div>
        <div className="mt-8">{children}</div>
      </main>
      <Footer />
    </>
  )
}
