/** Times and numbers of the workbench, in figures of equal width where they stand in columns. */
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const CLOCK_MINUTES = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const NUMBER = new Intl.NumberFormat('en')

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MINUTES = 60
/** Below it a tenth of a second is worth reading. */
const TENTHS_BELOW_MS = 10 * SECOND_MS

/** @param at ms since 1970; in the reader's time zone, as 14:03:21 */
export const clock = (at: number): string => CLOCK.format(at)
export const clockMinutes = (at: number): string => CLOCK_MINUTES.format(at)
export const number = (value: number): string => NUMBER.format(value)

/** A length of time that goes on: 2.1 s, 42 s, 3 min 5 s. A clock that differs from the server's never gives less than 0. */
export function running(ms: number): string {
  const length = Math.max(0, ms)
  if (length < TENTHS_BELOW_MS) return `${(Math.floor(length / 100) / 10).toFixed(1)} s`
  const seconds = Math.floor(length / SECOND_MS)
  if (length < MINUTE_MS) return `${seconds} s`
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** The same in one figure, or two above an hour, for what is read at a glance: 42 s, 7 min, 1 h 5 min. */
export function roughly(ms: number): string {
  const length = Math.max(0, ms)
  if (length < MINUTE_MS) return `${Math.floor(length / SECOND_MS)} s`
  const minutes = Math.floor(length / MINUTE_MS)
  if (minutes < HOUR_MINUTES) return `${minutes} min`
  return `${Math.floor(minutes / HOUR_MINUTES)} h ${minutes % HOUR_MINUTES} min`
}

/** A measured length of time, to the millisecond. */
export const measured = (ms: number): string => `${number(Math.round(ms))} ms`
