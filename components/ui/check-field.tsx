import type { ComponentProps, ReactNode } from 'react'

/** A box to tick, with its label beside it. */
export function CheckField({
  label,
  help,
  ...input
}: { label: ReactNode; help?: ReactNode } & ComponentProps<'input'>) {
  return (
    <label className="flex cursor-pointer items-start gap-3">
      <input type="checkbox" className="mt-0.5 size-4.5 shrink-0 accent-accent" {...input} />
      <span>
        <span className="block font-medium text-ink text-sm">{label}</span>
        {help && <span className="mt-0.5 block text-[13px] text-ink-quiet leading-relaxed">{help}</span>}
      </span>
    </label>
  )
}
