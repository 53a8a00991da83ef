import { Children, isValidElement, type ReactNode } from 'react'
import { QuizForm } from './quiz-form.tsx'

type ChoiceProps = { correct?: boolean; explain: string; children: ReactNode }

/** Read by Quiz, which renders it. */
export const Choice = (_props: ChoiceProps) => null

export function Quiz({ id, question, children }: { id: string; question: string; children: ReactNode }) {
  const choices = Children.toArray(children)
    .filter((child) => isValidElement<ChoiceProps>(child) && child.type === Choice)
    .map((child) => (child as { props: ChoiceProps }).props)
    .map(({ correct = false, explain, children: content }) => ({ correct, explain, content }))
  return <QuizForm id={id} question={question} choices={choices} />
}
