import { CircleAlert, CircleCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from './cn.ts'

/** How something that was asked for came out. Read out when it appears. */
export function Notice({
  tone,
  children,
  className,
}: {
  tone: 'good' | 'bad'
  children: ReactNode
  className?: string
}) {
  const Icon = tone === 'good' ? CircleCheck : CircleAlert
  return (
    <p
      role={tone === 'good' ? 'status' : 'alert'}
      className={cn(
        'flex items-start gap-2 rounded-md px-3 py-2.5 text-sm leading-relaxed',
        tone === 'good' ? 'bg-good-wash text-good' : 'bg-bad-wash text-bad',
        className,
      )}
    >
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
      <span>{children}</span>
    </p>
  )
}
