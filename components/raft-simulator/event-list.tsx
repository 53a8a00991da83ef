'use client'
import { useLayoutEffect, useRef, useState } from 'react'
import { cn } from '#components/ui/cn.ts'
import { isRoutine, type Run } from './run.ts'
import { useRaftWords } from './use-raft-words.ts'

/** What has happened, in words, oldest first; each line leads to its moment. */
export function EventList({ run, onSeek, className }: { run: Run; onSeek: (at: number) => void; className?: string }) {
  const { t, time, sentences } = useRaftWords()
  const [showsRoutine, setShowsRoutine] = useState(false)
  const box = useRef<HTMLOListElement>(null)
  const { at, steps } = run
  const rows = steps
    .map((step, index) => ({ step, moment: index + 1 }))
    .filter(({ step }) => showsRoutine || !isRoutine(step))
  const current = rows.filter(({ moment }) => moment <= at).at(-1)?.moment

  // Only the list scrolls, never the lesson under the reader's eyes.
  useLayoutEffect(() => {
    const list = box.current
    const row = list?.querySelector<HTMLElement>(`[data-moment="${current}"]`)
    if (list && row) list.scrollTop = row.offsetTop - list.clientHeight + row.offsetHeight + 8
  }, [current])

  return (
    <div className={cn('flex min-h-0 min-w-0 flex-col', className)}>
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <p className="m-0! font-semibold text-[13px] text-ink">{t('events')}</p>
        <label className="flex cursor-pointer items-center gap-1.5 text-[12px] text-ink-quiet">
          <input
            type="checkbox"
            className="size-3.5 accent-accent"
            checked={showsRoutine}
            onChange={({ target }) => setShowsRoutine(target.checked)}
          />
          {t('routine')}
        </label>
      </div>
      <ol
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        tabIndex={0}
        aria-label={t('events')}
        className="relative mt-1.5! min-h-0 flex-1 list-none space-y-px overflow-y-auto rounded-md border bg-chrome p-1!"
      >
        {rows.length === 0 && <li className="m-0! px-2! py-1.5! text-[12.5px] text-ink-quiet">{t('nothingYet')}</li>}
        {rows.map(({ step, moment }) => (
          <li key={moment} data-moment={moment} className="m-0! p-0!">
            <button
              type="button"
              onClick={() => onSeek(moment)}
              aria-current={moment === current ? 'step' : undefined}
              className={cn(
                'grid w-full grid-cols-[3rem_1fr] gap-x-1 rounded px-1.5 py-1 text-left text-[12.5px] leading-snug hover:bg-sunken',
                moment === current ? 'bg-accent-wash text-ink' : moment > at ? 'text-ink-quiet' : 'text-ink-soft',
              )}
            >
              <span className="text-ink-quiet tabular-nums">{time(step.after.now)}</span>
              <span>
                {sentences(step).map((sentence) => (
                  <span key={sentence} className="block">
                    {sentence}
                  </span>
                ))}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  )
}
