/** An input of one line, also where no script runs. */
export const inputClass =
  'h-9 w-full rounded-md border border-line-strong bg-page px-3 text-[15px] text-ink placeholder:text-ink-quiet data-invalid:border-bad aria-invalid:border-bad'
