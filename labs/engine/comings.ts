/**
 * When nodes that had answered went away and came back: away from the end or the pause of its process until it answers
 * again. One that a busy machine kept from answering was not away.
 */
import type { EventOf } from './events.ts'

type Life = EventOf<'node'> | EventOf<'process'>
export type Coming = { seq: number; host: string; node: number | null; away: boolean }

/** @param events of one room, all of these two types, in any order */
export function comingsOf(events: Life[]): Coming[] {
  const states = new Map<string, State>()
  return events
    .toSorted((one, other) => one.seq - other.seq)
    .flatMap((event) => {
      const { seq, host, node } = event
      const was = states.get(host)
      const is = stateAfter(event, was)
      if (is === undefined) return []
      states.set(host, is)
      return was === undefined || isAway(was) === isAway(is) ? [] : [{ seq, host, node, away: isAway(is) }]
    })
}

/** paused: and not yet missed by whoever asks it once a second */
type State = 'answers' | 'silent' | 'paused' | 'gone'
const isAway = (state: State): boolean => state === 'paused' || state === 'gone'

/** @returns undefined before a node has answered for the first time */
function stateAfter(event: Life, was: State | undefined): State | undefined {
  if (event.type === 'node') {
    if (event.up) return 'answers'
    if (was === undefined || isAway(was)) return was && 'gone'
    // where nothing tells of processes silence is all there is
    return event.process === null ? 'gone' : 'silent'
  }
  if (was === undefined) return undefined
  if (event.state === 'none') return 'gone'
  if (event.state === 'paused') return was === 'answers' ? 'paused' : 'gone'
  return was === 'paused' ? 'answers' : was
}

/**
 * Whether a node that stopped answering did so because its process ended: before it was missed, or soon after.
 * @param events as above
 */
export function isGone(down: EventOf<'node'>, events: Life[]): boolean {
  if (down.process === null || down.process === 'none') return true
  const ofHost = events.filter(({ host }) => host === down.host)
  const ups = ofHost.flatMap((event) => (event.type === 'node' && event.up ? [event.seq] : []))
  const from = Math.max(...ups.filter((seq) => seq < down.seq))
  const to = Math.min(...ups.filter((seq) => seq > down.seq))
  return ofHost.some(
    (event) => event.type === 'process' && event.state === 'none' && event.seq > from && event.seq < to,
  )
}
