'use client'
import { useEffect, useState } from 'react'
import { TextField } from './field.tsx'

/** A date and a time of day in the zone of whoever types. `at`: ms since 1970; null: none. */
export function TimeField(props: {
  label: string
  help?: string
  name: string
  at: number | null
  onChange?: (at: number | null) => void
  className?: string
}) {
  const { label, help, name, at, onChange, className } = props
  // The server does not know the zone: the field is filled by the browser.
  const [typed, setTyped] = useState('')
  useEffect(() => setTyped(at === null ? '' : typedOf(at)), [at])
  return (
    <TextField
      label={label}
      help={help}
      name={name}
      type="datetime-local"
      value={typed}
      className={className}
      onChange={({ target }: { target: HTMLInputElement }) => {
        setTyped(target.value)
        onChange?.(timeOf(target.value))
      }}
    />
  )
}

/** @returns ms since 1970; null where there is no whole time */
export function timeOf(typed: string): number | null {
  const at = new Date(typed).getTime()
  return typed === '' || Number.isNaN(at) ? null : at
}

function typedOf(at: number): string {
  const time = new Date(at)
  return new Date(at - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
