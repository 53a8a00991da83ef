'use client'
import { Search, X } from 'lucide-react'
import type { Ref } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { Choice } from '#components/ui/choice.tsx'
import { FAMILIES, familyOf } from './families.ts'
import { type Filter, familyFilter, isFiltered, NO_FILTER } from './filter.ts'
import type { RecordWords } from './use-record-words.ts'

/** By type, topic, node and words; only what occurs is offered. */
export function FilterBar(props: {
  filter: Filter
  onChange: (filter: Filter) => void
  types: string[]
  topics: string[]
  nodes: { node: number; host: string }[]
  words: RecordWords
  searchRef: Ref<HTMLInputElement>
  /** from the input to the list */
  onLeave: () => void
}) {
  const { filter, onChange, types, topics, nodes, words } = props
  const t = useTranslations('inspector')
  const families = FAMILIES.map((family) => ({ family, types: types.filter((type) => familyOf(type) === family) }))
  return (
    <search aria-label={t('filters')} className="contents">
      <label className="relative min-w-28 flex-1">
        <span className="sr-only">{t('search')}</span>
        <Search aria-hidden className="absolute top-1.5 left-2 size-3.5 text-ink-quiet" />
        <input
          ref={props.searchRef}
          value={filter.text}
          placeholder={t('searchFor')}
          onChange={({ target }) => onChange({ ...filter, text: target.value })}
          onKeyDown={(event) => {
            if (event.key === 'Enter' || event.key === 'ArrowDown') {
              event.preventDefault()
              props.onLeave()
            } else if (event.key === 'Escape') {
              event.stopPropagation()
              if (filter.text === '') props.onLeave()
              else onChange({ ...filter, text: '' })
            }
          }}
          className="h-6.5 w-full rounded-md border border-line-strong bg-page pr-6 pl-7 text-[12px] text-ink outline-offset-0 placeholder:text-ink-quiet"
        />
        <kbd
          aria-hidden
          className="absolute top-1.5 right-1.5 rounded-[3px] border px-1 text-[10px] text-ink-quiet leading-[1.25]"
        >
          /
        </kbd>
      </label>
      <span className="flex min-w-0 gap-1 @max-2xl/inspector:order-last @max-2xl/inspector:basis-full @2xl/inspector:*:min-w-26 @2xl/inspector:*:max-w-36">
        <Choice
          label={t('type')}
          value={filter.type}
          className="flex-1"
          chosen={filter.type !== ''}
          onChange={(type) => onChange({ ...filter, type })}
        >
          <option value="">{t('allTypes')}</option>
          {families.map(
            ({ family, types }) =>
              types.length > 0 && (
                <optgroup key={family} label={words.familyName(family)}>
                  {types.length > 1 && (
                    <option value={familyFilter(family)}>{t('family', { family: words.familyName(family) })}</option>
                  )}
                  {types.map((type) => (
                    <option key={type} value={type}>
                      {words.type(type)}
                    </option>
                  ))}
                </optgroup>
              ),
          )}
        </Choice>
        <Choice
          label={t('topic')}
          value={filter.topic}
          className="flex-1"
          chosen={filter.topic !== ''}
          onChange={(topic) => onChange({ ...filter, topic })}
        >
          <option value="">{t('allTopics')}</option>
          {topics.map((topic) => (
            <option key={topic}>{topic}</option>
          ))}
        </Choice>
        <Choice
          label={t('broker')}
          value={filter.broker === null ? '' : String(filter.broker)}
          className="flex-1"
          chosen={filter.broker !== null}
          onChange={(broker) => onChange({ ...filter, broker: broker === '' ? null : Number(broker) })}
        >
          <option value="">{t('allBrokers')}</option>
          {nodes.map(({ node, host }) => (
            <option key={node} value={node}>
              {host}
            </option>
          ))}
        </Choice>
        {isFiltered(filter) && (
          <Button
            variant="ghost"
            size="icon"
            className="size-6.5"
            aria-label={t('clear')}
            title={t('clear')}
            onClick={() => onChange(NO_FILTER)}
          >
            <X />
          </Button>
        )}
      </span>
    </search>
  )
}
