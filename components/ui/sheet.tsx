'use client'
import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { buttonVariants } from './button.tsx'
import { cn } from './cn.ts'

/** Something to read beside the page, as high as it; on a small screen over all of it. */
export function Sheet(props: {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: ReactNode
  close: string
  /** where the focus goes afterwards; left out: to what opened it */
  takesFocusBack?: () => boolean
  children: ReactNode
}) {
  const { takesFocusBack = () => true } = props
  return (
    <Base.Root open={props.open} onOpenChange={props.onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-50 bg-black/30" />
        <Base.Popup
          finalFocus={takesFocusBack}
          className="fixed inset-y-0 right-0 z-50 flex w-[min(38rem,100vw)] flex-col border-l bg-page text-ink shadow-pop outline-none"
        >
          <header className="flex h-11 shrink-0 items-center gap-2 border-b bg-chrome pr-2 pl-4">
            <Base.Title className="min-w-0 flex-1 truncate font-semibold text-[14px]">{props.title}</Base.Title>
            <Base.Close
              aria-label={props.close}
              className={cn(buttonVariants({ variant: 'ghost', size: 'icon' }), 'size-7')}
            >
              <X aria-hidden />
            </Base.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto [scrollbar-width:thin]">{props.children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
