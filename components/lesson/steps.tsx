import type { ReactNode } from 'react'
import { stepAnchor } from '#lessons/headings.ts'
import { StepState } from './step-state.tsx'

export const Steps = ({ children }: { children: ReactNode }) => <div className="flow">{children}</div>

/** A section of the lesson that belongs to a step of the lab. */
export function Step({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  const anchor = stepAnchor(id)
  return (
    <section aria-labelledby={anchor} className="flow mt-12! border-t pt-8">
      <div className="flex items-baseline gap-3">
        <h2 id={anchor} className="lesson-step min-w-0 flex-1">
          {title}
        </h2>
        <StepState id={id} />
      </div>
      {children}
    </section>
  )
}
