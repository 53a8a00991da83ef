'use client'
import { Field as Base } from '@base-ui/react/field'
import type { ComponentProps, ReactNode } from 'react'
import { cn } from './cn.ts'
import { inputClass } from './input-class.ts'

/** A labelled input. `problem` takes the place of `help` and is read out with the input. */
export function TextField({
  label,
  help,
  problem,
  className,
  ...input
}: { label: ReactNode; help?: ReactNode; problem?: string | null | undefined; className?: string } & Omit<
  ComponentProps<typeof Base.Control>,
  'className'
>) {
  return (
    <Base.Root invalid={Boolean(problem)} name={input.name} className={className}>
      <Base.Label className="mb-1.5 block font-medium text-ink text-sm">{label}</Base.Label>
      <Base.Control className={cn(inputClass)} {...input} />
      {help && !problem && (
        <Base.Description className="mt-1.5 text-[13px] text-ink-quiet leading-relaxed">{help}</Base.Description>
      )}
      {problem && (
        <Base.Error match className="mt-1.5 text-[13px] text-bad leading-relaxed">
          {problem}
        </Base.Error>
      )}
    </Base.Root>
  )
}

/** Several lines. */
export function TextArea(props: {
  label: ReactNode
  value: string
  onChange: (value: string) => void
  maxLength: number
  required?: boolean
}) {
  const { label, value, onChange, ...area } = props
  return (
    <Base.Root>
      <Base.Label className="mb-1.5 block font-medium text-ink text-sm">{label}</Base.Label>
      <Base.Control
        render={<textarea rows={4} />}
        value={value}
        onValueChange={onChange}
        className={cn(inputClass, 'h-auto py-2 leading-relaxed')}
        {...area}
      />
    </Base.Root>
  )
}
