'use client'
import { Dialog as Base } from '@base-ui/react/dialog'
import type { ReactNode } from 'react'
import { Button, buttonVariants } from './button.tsx'

export const DialogClose = Base.Close

/** A small form over the page. */
export function Dialog(props: {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: ReactNode
  text: ReactNode
  children: ReactNode
}) {
  return (
    <Base.Root open={props.open} onOpenChange={props.onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-50 bg-black/40" />
        <Base.Popup className="fixed top-1/3 left-1/2 z-50 max-h-[calc(100dvh-4rem)] w-[min(28rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/3 overflow-y-auto rounded-xl border border-line bg-raised p-5 text-ink shadow-pop outline-none">
          <Base.Title className="font-semibold text-base">{props.title}</Base.Title>
          <Base.Description className="mt-1.5 text-ink-soft text-sm leading-relaxed">{props.text}</Base.Description>
          {props.children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

/** The end of a dialog's form. */
export function DialogActions(props: { cancel: string; submit: string; busy: boolean; danger?: boolean }) {
  return (
    <div className="flex justify-end gap-2">
      <DialogClose className={buttonVariants({ variant: 'outline' })}>{props.cancel}</DialogClose>
      <Button type="submit" variant={props.danger ? 'danger' : 'primary'} disabled={props.busy}>
        {props.submit}
      </Button>
    </div>
  )
}
