'use client'
import type { Answer } from '#app/answers.ts'
import { Button } from '#components/ui/button.tsx'
import { TextField } from '#components/ui/field.tsx'
import { useAnswer } from '#components/ui/use-answer.ts'

/** Asks for one line of text, and does something with it. */
export function OneFieldForm(props: {
  label: string
  help: string
  submit: string
  maxLength: number
  deed: (given: string) => Promise<Answer>
}) {
  const { label, help, submit, maxLength, deed } = props
  const { act, busy, problem } = useAnswer()
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        const given = String(new FormData(event.currentTarget).get('given') ?? '')
        act(() => deed(given))
      }}
    >
      <TextField
        label={label}
        name="given"
        required
        maxLength={maxLength}
        autoComplete="off"
        spellCheck={false}
        help={help}
        problem={problem}
      />
      <Button type="submit" disabled={busy}>
        {submit}
      </Button>
    </form>
  )
}
