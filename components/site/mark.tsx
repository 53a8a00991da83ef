import { translate } from '#messages/text.ts'

/** A log, and what branches from it. */
export function Mark() {
  return (
    <span className="flex items-center gap-2 font-semibold text-[15px] text-ink tracking-tight">
      <svg viewBox="0 0 18 18" className="size-4.5 text-accent" fill="currentColor" aria-hidden="true">
        <rect x="0" y="0" width="4" height="18" rx="1" />
        <rect x="6.5" y="7" width="4" height="4" rx="1" />
        <rect x="13" y="0" width="5" height="5" rx="1" />
        <rect x="13" y="13" width="5" height="5" rx="1" />
      </svg>
      {translate('site.name')}
    </span>
  )
}
