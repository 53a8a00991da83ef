import { CircleAlert, Info, Lightbulb, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '#components/ui/cn.ts'
import { translate } from '#messages/text.ts'

const KINDS = {
  note: { Icon: Info, looks: 'border-accent/60 text-accent' },
  tip: { Icon: Lightbulb, looks: 'border-good/60 text-good' },
  warning: { Icon: TriangleAlert, looks: 'border-warn/70 text-warn' },
  error: { Icon: CircleAlert, looks: 'border-bad/70 text-bad' },
}
type Kind = keyof typeof KINDS

export function Callout({ kind = 'note', title, children }: { kind?: Kind; title?: string; children: ReactNode }) {
  const { Icon, looks } = KINDS[kind]
  return (
    <div role="note" className={cn('border-l-2 py-0.5 pl-4', looks)}>
      <p className="flex items-center gap-2 font-semibold text-[0.9063rem]">
        <Icon className="size-4 shrink-0" aria-hidden />
        {title ?? translate(`lesson.callout.${kind}`)}
      </p>
      <div className="flow mt-1.5 text-[0.9688rem] text-ink-soft leading-[1.65] [&>*+*]:mt-3!">{children}</div>
    </div>
  )
}
