import type { ReactNode } from 'react'

export function Figure({ caption, children }: { caption: ReactNode; children: ReactNode }) {
  return (
    <figure className="my-8!">
      <div className="[&_svg]:mx-auto [&_svg]:h-auto [&_svg]:w-full">{children}</div>
      <figcaption className="mt-3 text-ink-quiet text-sm leading-relaxed">{caption}</figcaption>
    </figure>
  )
}
