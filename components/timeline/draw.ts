/** Draws the part of the line that is in view. Knows nothing of React. */

import { clock, clockMinutes } from '#components/workbench/format.ts'
import type { TimelineEvent } from '#labs/protocol/live.ts'
import { KINDS, type Kind, LANES, type Tone } from './kinds.ts'
import { lastUntil } from './timeline-store.ts'

export const LANE_PX = 15
const AXIS_PX = 17
export const LINE_PX = LANE_PX * LANES.length + AXIS_PX
const MARK_PX = 10
/** Marks of one kind that are nearer than this are one. */
const APART_PX = 3
const BAR_PX = 7
const LEAST_BAR_PX = 3
/** A time's text needs so much. */
const TICK_APART_PX = 90
const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const TICKS_MS = [1, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600].map((seconds) => seconds * SECOND_MS)
/** The longest outage looked for to the left of what is in view. */
const LONGEST_BAR_MS = 15 * MINUTE_MS

export type Colours = Record<Tone | 'line' | 'sunken', string>
export type Shown = {
  /** of the kinds that are chosen, oldest first */
  events: TimelineEvent[]
  /** ms since 1970 at the left edge of what is in view */
  from: number
  msPerPx: number
  width: number
  /** the end of time so far */
  now: number
}

const paths = new Map<Kind, Path2D>()
const pathOf = (kind: Kind): Path2D => {
  const known = paths.get(kind) ?? new Path2D(KINDS[kind].path)
  paths.set(kind, known)
  return known
}

/** In the page's theme; read again when that changes. */
export function readColours(element: HTMLElement): Colours {
  const style = getComputedStyle(element)
  const names = ['ink-quiet', 'ink-soft', 'accent', 'good', 'warn', 'bad', 'line', 'sunken'] as const
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`)])) as Colours
}

export function drawLine(context: CanvasRenderingContext2D, shown: Shown, colours: Colours): void {
  const { events, from, msPerPx, width, now } = shown
  const x = (at: number) => (at - from) / msPerPx
  context.clearRect(0, 0, width, LINE_PX)
  drawAxis(context, shown, colours)

  const to = from + width * msPerPx
  const last = new Map<Kind, number>()
  const first = lastUntil(events, from - LONGEST_BAR_MS) + 1
  for (let index = first; index < events.length; index += 1) {
    const event = events[index] as TimelineEvent
    if (event.at > to + MARK_PX * msPerPx) break
    const left = x(event.at)
    const { lane, tone } = KINDS[event.kind]
    const middle = (LANES.indexOf(lane) + 0.5) * LANE_PX
    context.fillStyle = colours[tone]
    if (event.kind === 'outage') {
      const right = Math.max(left + LEAST_BAR_PX, x(event.until ?? now))
      if (right >= 0) context.fillRect(left, middle - BAR_PX / 2, right - left, BAR_PX)
      continue
    }
    if (left < -MARK_PX || left - (last.get(event.kind) ?? Number.NEGATIVE_INFINITY) < APART_PX) continue
    last.set(event.kind, left)
    context.setTransform(
      devicePixelRatio,
      0,
      0,
      devicePixelRatio,
      (left - MARK_PX / 2) * devicePixelRatio,
      (middle - MARK_PX / 2) * devicePixelRatio,
    )
    context.fill(pathOf(event.kind), 'evenodd')
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
  }
}

function drawAxis(context: CanvasRenderingContext2D, shown: Shown, colours: Colours): void {
  const { from, msPerPx, width, now } = shown
  const bottom = LANE_PX * LANES.length
  const step = TICKS_MS.find((one) => one / msPerPx >= TICK_APART_PX) ?? TICKS_MS.at(-1)!
  const text = step < MINUTE_MS ? clock : clockMinutes
  context.fillStyle = colours.line
  for (let lane = 1; lane <= LANES.length; lane += 1) context.fillRect(0, lane * LANE_PX, width, 1)
  context.font = `10.5px "JetBrains Mono Variable", monospace`
  context.textBaseline = 'middle'
  for (let at = Math.ceil(from / step) * step; at <= from + width * msPerPx; at += step) {
    const left = Math.round((at - from) / msPerPx)
    context.fillStyle = colours.line
    context.fillRect(left, 0, 1, bottom + 4)
    if (at > now) continue
    context.fillStyle = colours['ink-quiet']
    context.fillText(text(at), left + 4, bottom + AXIS_PX / 2 + 0.5)
  }
}
