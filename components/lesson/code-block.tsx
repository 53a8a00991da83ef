import type { ComponentProps } from 'react'
import { cn } from '#components/ui/cn.ts'
import { CopyButton } from './copy-button.tsx'
import { textOf } from './text-of.ts'

/** A fence of a lesson. */
export function CodeBlock({ children, className, ...props }: ComponentProps<'pre'>) {
  return (
    <div className="group relative rounded-lg border bg-sunken">
      <pre
        {...props}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className={cn(
          'shades overflow-x-auto rounded-lg py-3 [--ground:var(--sunken)] pr-12 pl-4 text-[13px] leading-[1.65]',
          className,
        )}
      >
        {children}
      </pre>
      <div className="absolute top-1.5 right-1.5 rounded-md bg-sunken">
        <CopyButton text={textOf(children).replace(/\n$/, '')} />
      </div>
    </div>
  )
}
