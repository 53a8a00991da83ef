'use client'
import { Checkbox } from '@base-ui/react/checkbox'
import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import { Check, X } from 'lucide-react'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { InlineCode } from './inline-code.tsx'
import { useReader } from './reader-context.tsx'

type Choice = { correct: boolean; explain: string; content: ReactNode }

/** One right choice: radio buttons; several: boxes. Once answered, every choice says why. */
export function QuizForm(props: { id: string; question: string; choices: Choice[] }) {
  const { id, question, choices } = props
  const t = useTranslations('quiz')
  const reader = useReader()
  const label = useId()
  const kept = reader.quizAnswers[id]
  const [picked, setPicked] = useState<number[]>(kept ?? [])
  const [answered, setAnswered] = useState(kept !== undefined)
  const several = choices.filter(({ correct }) => correct).length > 1
  const right = choices.every(({ correct }, at) => correct === picked.includes(at))

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (picked.length === 0) return
    setAnswered(true)
    reader.keepQuizAnswer({ quiz: id, choices: picked, correct: right })
  }
  const rows = choices.map((choice, at) => (
    <Row
      // biome-ignore lint/suspicious/noArrayIndexKey: the choices of a quiz never move
      key={at}
      at={at}
      choice={choice}
      several={several}
      picked={picked.includes(at)}
      answered={answered}
      onPick={(on) => setPicked(on ? [...picked, at].sort() : picked.filter((one) => one !== at))}
    />
  ))
  return (
    <form onSubmit={submit} className="rounded-lg border px-5 py-4" data-quiz={id}>
      <p className="font-medium text-[12.5px] text-ink-quiet">{several ? t('titleSeveral') : t('title')}</p>
      <p id={label} className="mt-1! font-semibold text-ink">
        <InlineCode text={question} />
      </p>
      {several ? (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset's legend cannot be laid out as the question above
        <div role="group" aria-labelledby={label} className="mt-3! space-y-1">
          {rows}
        </div>
      ) : (
        <RadioGroup
          aria-labelledby={label}
          value={picked[0] ?? null}
          onValueChange={(value) => setPicked([value as number])}
          disabled={answered}
          className="mt-3! space-y-1"
        >
          {rows}
        </RadioGroup>
      )}
      <div className="mt-4! flex min-h-9 items-center gap-3">
        {answered ? (
          <Button
            onClick={() => {
              setAnswered(false)
              setPicked([])
            }}
          >
            {t('again')}
          </Button>
        ) : (
          <Button type="submit" variant="primary" disabled={picked.length === 0}>
            {t('answer')}
          </Button>
        )}
        <p role="status" className={cn('text-sm', right ? 'text-good' : 'text-ink-soft')}>
          {answered && (right ? t('right') : t('wrong'))}
        </p>
      </div>
    </form>
  )
}

function Row(props: {
  at: number
  choice: Choice
  several: boolean
  picked: boolean
  answered: boolean
  onPick: (on: boolean) => void
}) {
  const { at, choice, answered, picked } = props
  const t = useTranslations('quiz')
  const name = useId()
  const box =
    'mt-1 grid size-4.5 shrink-0 place-items-center border-[1.5px] border-line-strong bg-page data-checked:border-accent'
  return (
    <div className={cn('rounded-md px-2.5 py-1.5', answered && choice.correct && 'bg-good-wash')}>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is base-ui's, inside */}
      <label className="flex items-start gap-3 text-ink-soft [&_p]:m-0!">
        {props.several ? (
          <Checkbox.Root
            aria-labelledby={name}
            checked={picked}
            disabled={answered}
            onCheckedChange={props.onPick}
            className={cn(box, 'rounded-[4px]')}
          >
            <Checkbox.Indicator className="size-2.5 rounded-[2px] bg-accent" />
          </Checkbox.Root>
        ) : (
          <Radio.Root aria-labelledby={name} value={at} className={cn(box, 'rounded-full')}>
            <Radio.Indicator className="size-2 rounded-full bg-accent" />
          </Radio.Root>
        )}
        <span id={name} className="min-w-0">
          {choice.content}
        </span>
      </label>
      {answered && (
        <p className="mt-1! flex items-start gap-2 pl-[30px] text-[0.9063rem] text-ink-soft leading-normal">
          {choice.correct ? (
            <Check className="mt-1 size-3.5 shrink-0 text-good" strokeWidth={3} aria-hidden />
          ) : (
            <X className="mt-1 size-3.5 shrink-0 text-bad" strokeWidth={3} aria-hidden />
          )}
          <span>
            <span className={cn('font-medium', choice.correct ? 'text-good' : 'text-bad')}>
              {choice.correct ? t('isRight') : t('isWrong')}
            </span>{' '}
            <InlineCode text={choice.explain} />
          </span>
        </p>
      )}
    </div>
  )
}
