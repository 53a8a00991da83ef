'use client'
import type { ISearchOptions, SearchAddon } from '@xterm/addon-search'
import { ChevronDown, ChevronUp, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'

/** The search addon takes hex colours alone. */
const OPTIONS: ISearchOptions = {
  decorations: {
    matchBackground: '#f5d565',
    activeMatchBackground: '#ff9632',
    matchOverviewRuler: '#f5d565',
    activeMatchColorOverviewRuler: '#ff9632',
  },
}

export function SearchBar({ search, onClose }: { search: SearchAddon; onClose: () => void }) {
  const t = useTranslations('terminal')
  const [text, setText] = useState('')
  const [found, setFound] = useState(true)
  const find = (direction: 'findNext' | 'findPrevious', value = text, incremental = false) =>
    setFound(value === '' || search[direction](value, { ...OPTIONS, incremental }))
  return (
    <search
      aria-label={t('search')}
      className="absolute top-2 right-3 z-10 flex items-center gap-1 rounded-lg border border-line bg-raised p-1 shadow-pop"
    >
      <input
        // The learner has just asked for it.
        // biome-ignore lint/a11y/noAutofocus: opened by a shortcut, to be typed in
        autoFocus
        value={text}
        aria-label={t('searchFor')}
        placeholder={t('searchFor')}
        className="h-7 w-44 rounded-md bg-sunken px-2 text-[13px] text-ink placeholder:text-ink-quiet"
        onChange={({ target }) => {
          setText(target.value)
          find('findNext', target.value, true)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose()
          if (event.key === 'Enter') find(event.shiftKey ? 'findPrevious' : 'findNext')
        }}
      />
      <span role="status" className={found ? 'sr-only' : 'px-1 text-[12px] text-bad'}>
        {found ? '' : t('notFound')}
      </span>
      <Button
        variant="ghost"
        size="icon"
        className="size-7"
        aria-label={t('previous')}
        onClick={() => find('findPrevious')}
      >
        <ChevronUp />
      </Button>
      <Button variant="ghost" size="icon" className="size-7" aria-label={t('next')} onClick={() => find('findNext')}>
        <ChevronDown />
      </Button>
      <Button variant="ghost" size="icon" className="size-7" aria-label={t('closeSearch')} onClick={onClose}>
        <X />
      </Button>
    </search>
  )
}
