import { Search } from 'lucide-react'
import { cn } from '#components/ui/cn.ts'
import { inputClass } from '#components/ui/input-class.ts'

/** Asks for the page anew with `?text=`. */
export function SearchForm({ text, label }: { text: string; label: string }) {
  return (
    <search>
      <form className="relative max-w-md">
        <Search className="absolute top-2.5 left-3 size-4 text-ink-quiet" aria-hidden />
        <input
          type="search"
          name="text"
          defaultValue={text}
          aria-label={label}
          placeholder={label}
          className={cn(inputClass, 'pl-9')}
        />
      </form>
    </search>
  )
}
