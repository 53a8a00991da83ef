/** What a group went through, as places on a line of time. */
import type { GroupPast } from '#labs/protocol/live.ts'

/** percent of the line */
export type Bar = { left: number; width: number }
export type Lane = { partition: string; held: Bar[]; still: Bar[] }
type Stretch = { from: number; to: number | null }

/** A consumer that is slower than that between two commits pauses; a quick one takes less. */
const STILL_MS = 1_000
const MAX_PAUSES = 12

/** @param from, to the ends of the line, ms since 1970 */
export function lanesOf(
  past: GroupPast,
  from: number,
  to: number,
): { states: (Bar & { says: string; good: boolean })[]; members: { name: string; lanes: Lane[] }[] } {
  const onLine = bars(from, to)
  const held = past.held.filter((one) => isWithin(one, from, to))
  const still = stills(past, to)
  const names = [...new Set(held.map(({ name }) => name))].sort((one, other) => one.localeCompare(other, 'en', NUMERIC))
  return {
    states: past.states
      .filter((one) => isWithin(one, from, to))
      .map((one) => ({
        ...onLine(one),
        says: one.epoch === null ? one.state : `${one.state}, epoch ${one.epoch}`,
        good: one.state === 'Stable',
      })),
    members: names.map((name) => {
      const own = held.filter((one) => one.name === name)
      const partitions = [...new Set(own.map(({ partition }) => partition))].sort((one, other) =>
        one.localeCompare(other, 'en', NUMERIC),
      )
      return {
        name,
        lanes: partitions.map((partition) => {
          const has = own.filter((one) => one.partition === partition)
          const pauses = still.filter((one) => one.partition === partition && isWithin(one, from, to))
          return {
            partition,
            held: has.map(onLine),
            still: has
              .flatMap((one) => pauses.flatMap((pause) => common(one, pause, to)))
              .filter((one) => isWithin(one, from, to))
              .map(onLine),
          }
        }),
      }
    }),
  }
}

const NUMERIC = { numeric: true }

export type Pause = { partition: string; from: number; ms: number; lasts: boolean; members: string[] }

/** The longest pause of each partition, the longest first. `members`: who had it meanwhile, in order. */
export function pausesOf(past: GroupPast, from: number, to: number): Pause[] {
  const longest = new Map<string, Pause>()
  for (const one of stills(past, to)) {
    if (!isWithin(one, from, to)) continue
    const ms = (one.to ?? to) - one.from
    if (ms <= (longest.get(one.partition)?.ms ?? 0)) continue
    const members = past.held
      .filter((held) => held.partition === one.partition && isWithin(held, one.from, one.to ?? to))
      .map(({ name }) => name)
    longest.set(one.partition, {
      partition: one.partition,
      from: one.from,
      ms,
      lasts: one.to === null,
      members: [...new Set(members)],
    })
  }
  return [...longest.values()].sort((one, other) => other.ms - one.ms).slice(0, MAX_PAUSES)
}

/** Those that are over, and those that last. */
const stills = ({ still, moved }: GroupPast, to: number): (Stretch & { partition: string })[] => [
  ...still,
  ...Object.entries(moved).flatMap(([partition, { at }]) =>
    to - at >= STILL_MS ? [{ partition, from: at, to: null }] : [],
  ),
]

const isWithin = (one: Stretch, from: number, to: number): boolean => one.from < to && (one.to ?? to) > from

const common = (one: Stretch, other: Stretch, end: number): Stretch[] => {
  const [from, to] = [Math.max(one.from, other.from), Math.min(one.to ?? end, other.to ?? end)]
  return from < to ? [{ from, to }] : []
}

const bars =
  (from: number, to: number) =>
  (one: Stretch): Bar => {
    const place = (at: number) => (Math.min(Math.max(at, from), to) - from) / Math.max(1, to - from)
    const left = place(one.from) * 100
    return { left, width: place(one.to ?? to) * 100 - left }
  }
