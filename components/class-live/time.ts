const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** A length of time in one figure, or two above an hour: 42 s, 7 min, 1 h 5 min. */
export function lengthOf(ms: number): string {
  const length = Math.max(0, ms)
  if (length < MINUTE_MS) return `${Math.floor(length / SECOND_MS)} s`
  const minutes = Math.floor(length / MINUTE_MS)
  if (length < HOUR_MS) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
