'use client'
import { useSyncExternalStore } from 'react'

const never = () => () => {}

/** A time in the reader's own zone, which only their browser knows: until then in UTC. `at`: ms since 1970. */
export function LocalTime({ at, dateOnly = false }: { at: number; dateOnly?: boolean }) {
  const text = useSyncExternalStore(
    never,
    () => shown(at, dateOnly),
    () => shown(at, dateOnly, 'UTC'),
  )
  return (
    <time dateTime={new Date(at).toISOString()} className="whitespace-nowrap">
      {text}
    </time>
  )
}

const shown = (at: number, dateOnly: boolean, timeZone?: string) =>
  new Intl.DateTimeFormat('en', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    ...(dateOnly ? {} : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' as const }),
    ...(timeZone ? { timeZone } : {}),
  }).format(at)
