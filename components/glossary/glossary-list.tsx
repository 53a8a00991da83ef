'use client'
import { Search } from 'lucide-react'
import Link from 'next/link'
import { useDeferredValue, useState } from 'react'
import { useTranslations } from 'use-intl'
import { InlineCode } from '#components/lesson/inline-code.tsx'
import { cn } from '#components/ui/cn.ts'
import { inputClass } from '#components/ui/input-class.ts'

type GlossaryTerm = {
  id: string
  term: string
  also: string[]
  meaning: string
  kip: number | null
  lesson: { title: string; href: string } | null
  /** the letter that it stands under */
  initial: string
}

/** All terms by letter, with a search that needs no button. */
export function GlossaryList({ terms }: { terms: GlossaryTerm[] }) {
  const t = useTranslations('glossary')
  const [text, setText] = useState('')
  const wanted = useDeferredValue(text).trim().toLowerCase()
  const found = terms.filter((one) => matches(one, wanted))
  const all = [...new Set(terms.map(({ initial }) => initial))]
  const letters = all
    .map((letter) => ({ letter, group: found.filter(({ initial }) => initial === letter) }))
    .filter(({ group }) => group.length > 0)
  return (
    <>
      <div className="-mx-1 sticky top-13 z-10 border-b bg-page px-1 pb-3">
        <div className="flex flex-wrap items-center gap-x-5 gap-y-3 pt-1">
          <search className="relative w-full max-w-sm">
            <Search className="absolute top-2.5 left-3 size-4 text-ink-quiet" aria-hidden />
            <input
              type="search"
              value={text}
              onChange={({ target }) => setText(target.value)}
              aria-label={t('search')}
              placeholder={t('search')}
              className={cn(inputClass, 'pl-9')}
            />
          </search>
          <p role="status" className="text-ink-quiet text-sm tabular-nums">
            {wanted ? t('found', { found: found.length, all: terms.length }) : t('count', { all: terms.length })}
          </p>
        </div>
        <nav aria-label={t('letters')} className="mt-2.5 flex flex-wrap gap-0.5 text-sm">
          {all.map((letter) =>
            letters.some((one) => one.letter === letter) ? (
              <a
                key={letter}
                href={`#letter-${letter}`}
                className="grid size-7 place-items-center rounded-md font-medium text-ink-soft hover:bg-chrome hover:text-accent"
              >
                {letter}
              </a>
            ) : (
              <span key={letter} aria-hidden className="grid size-7 place-items-center text-line-strong">
                {letter}
              </span>
            ),
          )}
        </nav>
      </div>
      {found.length === 0 && <p className="mt-8 text-ink-soft">{t('none', { text: text.trim() })}</p>}
      {letters.map(({ letter, group }) => (
        <section
          key={letter}
          aria-labelledby={`letter-${letter}`}
          className="grid gap-x-10 border-b py-7 last:border-b-0 md:grid-cols-[5rem_1fr]"
        >
          <h2
            id={`letter-${letter}`}
            className="scroll-mt-44 font-semibold text-2xl text-ink-quiet tracking-tight md:pt-2"
          >
            {letter}
          </h2>
          <dl>
            {group.map((one) => (
              <Entry key={one.id} entry={one} />
            ))}
          </dl>
        </section>
      ))}
    </>
  )
}

function Entry({ entry }: { entry: GlossaryTerm }) {
  const { id, term, also, meaning, kip, lesson } = entry
  const t = useTranslations('glossary')
  return (
    <div
      id={id}
      className="-mx-3 grid scroll-mt-44 gap-x-8 gap-y-1 rounded-lg px-3 py-3 target:bg-accent-wash lg:grid-cols-[15rem_1fr]"
    >
      <dt>
        <a href={`#${id}`} className="font-semibold text-ink hover:text-accent">
          {term}
        </a>
        {also.length > 0 && <span className="mt-0.5 block text-[13px] text-ink-quiet">{also.join(', ')}</span>}
      </dt>
      <dd className="max-w-[66ch] text-[15px] text-ink-soft leading-relaxed">
        <InlineCode text={meaning} />
        {(lesson || kip !== null) && (
          <span className="mt-1 flex flex-wrap gap-x-5 text-[13px] text-ink-quiet">
            {lesson && (
              <span>
                {t('shownIn')}{' '}
                <Link href={lesson.href} className="text-accent hover:underline">
                  {lesson.title}
                </Link>
              </span>
            )}
            {kip !== null && <span>KIP-{kip}</span>}
          </span>
        )}
      </dd>
    </div>
  )
}

/** All words of the search, anywhere in the entry. */
function matches({ term, also, meaning, kip }: GlossaryTerm, wanted: string): boolean {
  const text = [term, ...also, meaning, kip === null ? '' : `kip-${kip}`].join('\n').toLowerCase()
  return wanted.split(/\s+/).every((word) => text.includes(word))
}
