import type { ReactNode } from 'react'
import { translate } from '#messages/text.ts'
import { textOf } from './text-of.ts'

/** What a terminal answers. Looks unlike a command: nothing here is to be typed. */
export function TerminalOutput({ children, title }: { children: ReactNode; title?: string }) {
  return (
    <figure className="rounded-lg border border-line-strong border-dashed">
      <figcaption className="px-4 pt-2 text-[12.5px] text-ink-quiet">{title ?? translate('lesson.output')}</figcaption>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="shades overflow-x-auto rounded-b-lg px-4 pt-1 pb-3 text-[12.5px] text-ink-soft leading-[1.6]"
      >
        {textOf(children).replace(/^\n+|\n+$/g, '')}
      </pre>
    </figure>
  )
}
