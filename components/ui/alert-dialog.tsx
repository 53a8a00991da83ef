'use client'
import { AlertDialog as Base } from '@base-ui/react/alert-dialog'
import type { ReactNode } from 'react'
import { buttonVariants } from './button.tsx'

/** Asks before something that cannot be undone. */
export function ConfirmDialog(props: {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: ReactNode
  text: ReactNode
  confirm: ReactNode
  cancel: ReactNode
  onConfirm: () => void
}) {
  return (
    <Base.Root open={props.open} onOpenChange={props.onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-50 bg-black/40" />
        <Base.Popup className="fixed top-1/3 left-1/2 z-50 w-[min(26rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/3 rounded-xl border border-line bg-raised p-5 text-ink shadow-pop outline-none">
          <Base.Title className="font-semibold text-base">{props.title}</Base.Title>
          <Base.Description className="mt-2 text-[15px] text-ink-soft leading-relaxed">{props.text}</Base.Description>
          <div className="mt-5 flex justify-end gap-2">
            <Base.Close className={buttonVariants({ variant: 'outline' })}>{props.cancel}</Base.Close>
            <Base.Close className={buttonVariants({ variant: 'danger' })} onClick={props.onConfirm}>
              {props.confirm}
            </Base.Close>
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
