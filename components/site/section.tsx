import type { ReactNode } from 'react'

/** A part of a page of settings: what it is about beside what can be done. */
export function Section({ title, text, children }: { title: ReactNode; text?: ReactNode; children: ReactNode }) {
  return (
    <section className="grid gap-x-10 gap-y-5 py-8 md:grid-cols-[15rem_1fr]">
      <div>
        <h2 className="font-semibold text-[15px] text-ink">{title}</h2>
        {text && <p className="mt-1.5 text-[13px] text-ink-quiet leading-relaxed">{text}</p>}
      </div>
      <div className="min-w-0">{children}</div>
    </section>
  )
}
