'use client'
import { Check, Lightbulb, Shuffle } from 'lucide-react'
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { useLab, useLive } from './live-context.tsx'
import { type StepView, wantsPrediction } from './step-view.ts'

type Predict = NonNullable<StepView['predict']>

/** The guess that a step begins with, and how it came out. Given once: it cannot be changed afterwards. */
export function Prediction({ step, predict }: { step: StepView; predict: Predict }) {
  const t = useTranslations('checks')
  const { question, given, outcome } = predict
  const isWanted = wantsPrediction(step)
  return (
    <section
      aria-label={t('prediction')}
      className={cn(
        'rounded-lg border px-3 py-2.5 text-sm leading-snug',
        isWanted ? 'border-accent/40 bg-accent-wash' : 'bg-chrome',
      )}
      data-predict={step.id}
      data-outcome={outcome ? (outcome.right ? 'right' : 'other') : undefined}
    >
      <p className="mb-1 flex items-center gap-1.5 font-semibold text-[12px] text-ink-quiet">
        <Lightbulb aria-hidden className="size-3.5" />
        {t(isWanted ? 'predict' : 'prediction')}
      </p>
      {given === null ? <Guess step={step} question={question} /> : <Given predict={predict} given={given} />}
    </section>
  )
}

function Guess({ step, question }: { step: StepView; question: string }) {
  const { client } = useLab()
  const { state, refused } = useLive()
  const t = useTranslations('checks')
  const id = useId()
  const [text, setText] = useState('')
  const wanted = wantsPrediction(step) && state?.room.status === 'ready'
  const why = refused?.step === step.id ? refused.says : null
  const says = useRef<HTMLParagraphElement>(null)
  // The pane may be as low as the question.
  useEffect(() => {
    if (why !== null) says.current?.scrollIntoView({ block: 'nearest' })
  }, [why])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    client.predict(step.id, text.trim())
  }
  return (
    <form onSubmit={submit}>
      <label htmlFor={id} className="mb-1.5 block font-medium text-ink">
        {question}
      </label>
      <div className="flex gap-2">
        <input
          id={id}
          value={text}
          maxLength={1_000}
          disabled={!wanted}
          aria-invalid={why !== null}
          aria-describedby={`${id}-why`}
          onChange={({ target }) => setText(target.value)}
          className="h-8 w-full min-w-0 max-w-80 rounded-md border border-line-strong bg-page px-2.5 font-mono text-[13px] text-ink disabled:text-ink-quiet aria-invalid:border-bad"
        />
        <Button type="submit" variant="primary" className="h-8" disabled={!wanted || text.trim() === ''}>
          {t('predictButton')}
        </Button>
      </div>
      <p
        ref={says}
        id={`${id}-why`}
        aria-live="polite"
        className={cn('mt-1', why === null ? 'text-ink-quiet' : 'text-bad')}
      >
        {why ?? t('predictText')}
      </p>
    </form>
  )
}

function Given({ predict, given }: { predict: Predict; given: string }) {
  const t = useTranslations('checks')
  const { question, outcome } = predict
  return (
    <>
      <p className="font-medium text-ink">{question}</p>
      <dl className="mt-1.5 grid grid-cols-[auto_minmax(0,1fr)] gap-x-2.5 gap-y-1" aria-live="polite">
        <dt className="text-ink-quiet">{t('predicted')}</dt>
        <dd className="break-words font-mono text-[13px] text-ink">{given}</dd>
        <dt className="text-ink-quiet">{t('happened')}</dt>
        <dd className={outcome ? 'text-ink-soft' : 'text-ink-quiet'}>{outcome ? outcome.says : t('predictPending')}</dd>
      </dl>
      {outcome && (
        <p
          className={cn(
            'mt-2 inline-flex items-center gap-1.5 rounded-md px-2 py-0.5 font-medium text-[13px]',
            outcome.right ? 'bg-good-wash text-good' : 'bg-warn-wash text-warn',
          )}
        >
          {outcome.right ? (
            <Check aria-hidden className="size-3.5" strokeWidth={3} />
          ) : (
            <Shuffle aria-hidden className="size-3.5" />
          )}
          {t(outcome.right ? 'predictRight' : 'predictWrong')}
        </p>
      )}
    </>
  )
}
