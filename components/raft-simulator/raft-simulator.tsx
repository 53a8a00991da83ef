'use client'
import { useCallback, useEffect, useId, useReducer, useRef } from 'react'
import { cn } from '#components/ui/cn.ts'
import type { Scenario } from '#raft/scenario.ts'
import { type ScenarioName, scenarios } from '#raft/scenarios/index.ts'
import type { RaftEvent } from '#raft/types.ts'
import { Controls } from './controls.tsx'
import { EventList } from './event-list.tsx'
import { fragmentOf, runOf } from './link.ts'
import { LogRows } from './log-rows.tsx'
import { Picture } from './picture.tsx'
import { begin, quorumAt, reduce } from './run.ts'
import { usePlaying } from './use-playing.ts'
import { useRaftWords } from './use-raft-words.ts'

/** A small quorum that follows KRaft's rules, in the reader's hands. Nothing is drawn that did not happen in the model. */
export function RaftSimulator({ scenario }: { scenario: ScenarioName }) {
  const { t, summary } = useRaftWords()
  const data: Scenario | undefined = scenarios[scenario]
  if (!data) throw new Error(`RaftSimulator: there is no scenario ${scenario}`)
  const [run, act] = useReducer(reduce, data, begin)
  const onStep = useCallback(() => act({ is: 'step' }), [])
  usePlaying(run, onStep)
  const title = useId()
  const box = useRef<HTMLElement>(null)
  // Only the browser knows the fragment.
  useEffect(() => {
    const kept = runOf(scenario, data, window.location.hash)
    if (!kept) return
    act({ is: 'restore', run: kept })
    box.current?.scrollIntoView()
  }, [scenario, data])
  const quorum = quorumAt(run)
  const onDo = (...events: RaftEvent[]) => act({ is: 'do', events })
  const moments = Object.keys(data.moments)
  const words = (moment: string) => t(`scenario.${scenario}.moments.${moment}` as 'scenario.election.moments.elected')
  return (
    <section
      ref={box}
      aria-labelledby={title}
      data-raft-simulator={scenario}
      className="@container rounded-xl border bg-page"
    >
      <header className="border-b px-4 py-3">
        <p className="m-0! flex flex-wrap items-baseline justify-between gap-x-3">
          <span id={title} className="font-semibold text-ink">
            {t(`scenario.${scenario}.title`)}
          </span>
          <span className="text-[12px] text-ink-quiet">{t('notRoom')}</span>
        </p>
        <p className="mt-1! text-[14px] text-ink-soft leading-normal">{t(`scenario.${scenario}.text`)}</p>
        <div className="mt-2.5! flex flex-wrap items-center gap-1.5">
          <span className="mr-1 text-[12.5px] text-ink-quiet">{t('moments')}</span>
          {moments.map((moment) => (
            <button
              key={moment}
              type="button"
              aria-pressed={run.shown === moment}
              onClick={() => act({ is: 'show', moment })}
              className={cn(
                'rounded-full border px-2.5 py-0.5 text-[12.5px]',
                run.shown === moment
                  ? 'border-accent bg-accent-wash font-medium text-ink'
                  : 'border-line-strong text-ink-soft hover:bg-sunken',
              )}
            >
              {words(moment)}
            </button>
          ))}
        </div>
      </header>
      <div className="grid @min-[40rem]:grid-cols-[minmax(0,1fr)_16rem]">
        <div className="min-w-0 px-4 py-3">
          <p aria-live="polite" className="m-0! font-medium text-[13px] text-ink leading-normal">
            {summary(quorum)}
          </p>
          <div className="mt-2!">
            <Picture quorum={quorum} onDo={onDo} />
          </div>
        </div>
        <div className="@min-[40rem]:col-span-2 border-t px-4 py-3">
          <Controls run={run} act={act} fragment={() => fragmentOf(scenario, run)} />
        </div>
        <div className="@min-[40rem]:col-span-2 border-t px-4 py-3">
          <p className="mt-0! mb-1.5! font-semibold text-[13px] text-ink">{t('logs')}</p>
          <LogRows quorum={quorum} />
        </div>
        <div className="@min-[40rem]:col-start-2 @min-[40rem]:row-start-1 relative @min-[40rem]:border-t-0 border-t @min-[40rem]:border-l">
          <EventList
            run={run}
            onSeek={(at) => act({ is: 'seek', at })}
            className="@min-[40rem]:absolute @min-[40rem]:inset-0 h-72 @min-[40rem]:h-auto px-3 py-3"
          />
        </div>
      </div>
    </section>
  )
}
