'use client'
import { BookOpenText } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { Progress } from '#components/ui/progress.tsx'
import { stepAnchor } from '#lessons/headings.ts'
import { CheckItem } from './check-item.tsx'
import { CheckMark } from './check-mark.tsx'
import { Notes } from './company.tsx'
import { HelpButton } from './help-button.tsx'
import { useLab, useLive } from './live-context.tsx'
import { Prediction } from './prediction.tsx'
import { StepReset } from './step-reset.tsx'
import { StepSolution } from './step-solution.tsx'
import { countPassed, currentStep, type StepView } from './step-view.ts'

/** Always in view: all steps as a row, and the checks of the one to work on. */
export function ChecksPanel(props: {
  /** the headings of this lesson: another one may have the same lab */
  anchors: string[]
  onShowInLesson: (anchor: string) => void
}) {
  const { anchors, onShowInLesson } = props
  const { steps, state } = useLive()
  const t = useTranslations('checks')
  const current = currentStep(steps)
  const [chosen, setChosen] = useState<string | null>(null)
  // A learner who looks back is brought along when the next step opens.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the change that matters
  useEffect(() => setChosen(null), [current?.id])
  const step = steps.find(({ id }) => id === chosen) ?? current
  const { passed, all } = countPassed(steps)
  if (!step) return null
  return (
    <section aria-label={t('title')} className="flex h-full min-h-0 flex-col bg-page" data-checks-panel>
      <div className="flex h-10 shrink-0 items-center gap-3 border-b bg-chrome px-4">
        <h2 className="font-semibold text-[13px] text-ink">{t('title')}</h2>
        <Progress value={passed} max={all} label={t('progress')} className="w-28" />
        <p className="text-[13px] text-ink-quiet tabular-nums">{t('passedOf', { passed, all })}</p>
        <HelpButton />
      </div>
      <div className="@container flex min-h-0 flex-1">
        <div className="flex min-h-0 min-w-0 flex-1 @2xl:flex-row flex-col">
          <StepList steps={steps} shown={step.id} onChoose={setChosen} />
          <div key={step.id} className="min-h-0 min-w-0 flex-1 overflow-y-auto px-4 py-3">
            <div className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-1">
              <h3 className="min-w-0 font-semibold text-[15px] text-ink">{step.title}</h3>
              {step.status === 'closed' && state && <p className="text-[13px] text-ink-quiet">{t('closedText')}</p>}
              <StepReset step={step} />
              {anchors.includes(stepAnchor(step.id)) && (
                <Button
                  variant="ghost"
                  size="sm"
                  className="-my-1 ml-auto text-ink-quiet"
                  onClick={() => onShowInLesson(stepAnchor(step.id))}
                >
                  <BookOpenText aria-hidden />
                  {t('showInLesson')}
                </Button>
              )}
            </div>
            <div className="space-y-3.5">
              {state?.replayFailed && (
                <p role="alert" className="rounded-md bg-warn-wash px-3 py-2 text-sm text-warn">
                  {state.replayFailed}
                </p>
              )}
              <Notes step={step.id} />
              {step.predict && <Prediction key={`predict-${step.id}`} step={step} predict={step.predict} />}
              {step.checks.map((check) => (
                <CheckItem key={check.id} check={check} />
              ))}
              {step.ask && <Ask key={step.id} step={step} ask={step.ask} />}
              <StepSolution key={`solution-${step.id}`} step={step} />
            </div>
          </div>
        </div>
      </div>
    </section>
  )
}

/** A column where there is room for names, else a row of numbers with the name of the one shown. */
function StepList(props: { steps: StepView[]; shown: string; onChoose: (id: string) => void }) {
  const t = useTranslations('checks')
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => {
    list.current?.querySelector(`[data-step="${props.shown}"]`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [props.shown])
  return (
    <ol
      ref={list}
      aria-label={t('steps')}
      className="flex shrink-0 gap-0.5 overflow-auto @2xl:w-60 @2xl:flex-col @2xl:border-r @max-2xl:border-b px-2 py-1.5"
    >
      {props.steps.map((step, at) => {
        const shown = step.id === props.shown
        return (
          <li key={step.id} data-step={step.id} className="@max-2xl:min-w-0 shrink-0">
            <button
              type="button"
              aria-current={shown ? 'step' : undefined}
              title={step.title}
              onClick={() => props.onChoose(step.id)}
              className={cn(
                'flex h-6.5 w-full items-center gap-1.5 rounded-md px-1.5 text-left @2xl:gap-2 @2xl:px-2 text-[13px] outline-offset-[-2px] transition-colors',
                shown ? 'bg-accent-wash font-medium text-ink' : 'text-ink-quiet hover:bg-sunken hover:text-ink',
              )}
            >
              <CheckMark status={step.status} className="size-4" />
              <span className="tabular-nums">{at + 1}</span>
              <span className={cn('min-w-0 truncate', !shown && '@max-2xl:sr-only')}>{step.title}</span>
              <span className="sr-only">({t(step.status)})</span>
            </button>
          </li>
        )
      })}
    </ol>
  )
}

function Ask({ step, ask }: { step: StepView; ask: NonNullable<StepView['ask']> }) {
  const { client } = useLab()
  const { state } = useLive()
  const t = useTranslations('checks')
  const [text, setText] = useState(ask.given ?? '')
  const passed = ask.passedAt !== null
  const closed = state?.room.status !== 'ready' || step.status !== 'open' || passed
  const submit = (event: FormEvent) => {
    event.preventDefault()
    client.send({ type: 'answer', step: step.id, given: text.trim() })
  }
  return (
    <form
      onSubmit={submit}
      className="flex gap-3 text-sm"
      data-check={`${step.id}-answer`}
      data-status={passed ? 'passed' : step.status}
    >
      <CheckMark status={passed ? 'passed' : step.status} className="mt-0.5" />
      <div className="min-w-0 flex-1">
        <label>
          <span className="mb-1.5 block font-medium text-ink leading-snug">
            {ask.question}
            <span className="sr-only"> ({t(passed ? 'passed' : step.status)})</span>
          </span>
          <span className="flex gap-2">
            <input
              value={text}
              maxLength={1_000}
              disabled={closed}
              onChange={({ target }) => setText(target.value)}
              className="h-8 w-full min-w-0 max-w-80 rounded-md border border-line-strong bg-page px-2.5 font-mono text-[13px] text-ink disabled:text-ink-quiet"
            />
            {!passed && (
              <Button type="submit" className="h-8" disabled={closed || text.trim() === ''}>
                {t('answer')}
              </Button>
            )}
          </span>
        </label>
        <p aria-live="polite" className={cn('mt-1', passed ? 'text-good' : 'text-ink-quiet')}>
          {ask.says}
        </p>
        {passed && !ask.counts && !ask.passedBefore && <p className="mt-1 text-ink-quiet">{t('doneForYou')}</p>}
        {ask.passedBefore && !passed && <p className="mt-1 text-ink-quiet">{t('passedBefore')}</p>}
      </div>
    </form>
  )
}
