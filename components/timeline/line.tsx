'use client'
import { useTheme } from 'next-themes'
import { type KeyboardEvent, type PointerEvent, useEffect, useLayoutEffect, useRef } from 'react'
import { useTranslations } from 'use-intl'
import { clock } from '#components/workbench/format.ts'
import { useWidth } from '#components/workbench/use-width.ts'
import type { TimelineEvent } from '#labs/protocol/live.ts'
import { type Colours, drawLine, LINE_PX, readColours } from './draw.ts'
import { lastUntil } from './timeline-store.ts'

/** So near to the end of the line is live. */
const LIVE_PX = 6
/** The pointer names a mark from so far. */
const POINT_PX = 6
/** Of the width in view that stays between the moment looked at and the edge. */
const MARGIN = 0.15
/** What a look at "all" shows at least. */
export const LEAST_SPAN_MS = 60_000

/** All events on one line, and the slider on it that chooses the moment. */
export function Line(props: {
  events: TimelineEvent[]
  /** ms in view; null: all */
  span: number | null
  now: number
  /** the moment looked at; null: live */
  at: number | null
  onLook: (at: number | null) => void
  /** the event below the pointer */
  onPoint: (event: TimelineEvent | null) => void
  onKeyDown: (event: KeyboardEvent) => void
}) {
  const { events, now, at, onLook, onPoint } = props
  const t = useTranslations('timeline')
  const { resolvedTheme } = useTheme()
  const scroller = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const width = useWidth(scroller)

  const begin = events[0]?.at ?? now
  const whole = Math.max(now - begin, LEAST_SPAN_MS)
  const span = Math.min(whole, props.span ?? whole)
  const msPerPx = width > 0 ? span / width : 1
  const length = Math.max(width, whole / msPerPx)
  // The line ends now; one that is younger than what is in view begins at the left edge all the same.
  const end = begin + whole

  const colours = useRef<Colours | null>(null)
  const draw = useRef(() => {})
  draw.current = () => {
    const context = canvas.current?.getContext('2d')
    if (!context || !scroller.current || width === 0) return
    colours.current ??= readColours(scroller.current)
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
    const from = begin + scroller.current.scrollLeft * msPerPx
    drawLine(context, { events, from, msPerPx, width, now }, colours.current)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are those of the theme
  useEffect(() => {
    // next-themes sets the class after this effect
    const frame = requestAnimationFrame(() => {
      colours.current = null
      draw.current()
    })
    return () => cancelAnimationFrame(frame)
  }, [resolvedTheme])
  useLayoutEffect(() => draw.current())

  // Live, the end stays in view; looking back, the moment does.
  const following = useRef(true)
  useLayoutEffect(() => {
    const box = scroller.current
    if (!box || width === 0) return
    if (at === null) {
      if (following.current) box.scrollLeft = length
      return
    }
    const left = (at - begin) / msPerPx - box.scrollLeft
    if (left < 0 || left > width) box.scrollLeft += left - width * (left < 0 ? MARGIN : 1 - MARGIN)
  }, [at, begin, length, msPerPx, width])

  const move = (event: PointerEvent<HTMLInputElement>) => {
    const moment = begin + (event.clientX - event.currentTarget.getBoundingClientRect().left) * msPerPx
    onPoint(nearest(events, moment, POINT_PX * msPerPx))
  }
  const seen = events[lastUntil(events, at ?? now)]
  return (
    <div
      ref={scroller}
      onScroll={({ currentTarget }) => {
        following.current = currentTarget.scrollLeft + width >= length - LIVE_PX
        draw.current()
      }}
      onWheel={({ currentTarget, deltaX, deltaY }) => {
        if (deltaX === 0) currentTarget.scrollLeft += deltaY
      }}
      className="timeline-line relative min-w-0 flex-1 overflow-x-auto overflow-y-hidden"
    >
      <div className="relative" style={{ width: length, height: LINE_PX }}>
        <canvas
          ref={canvas}
          aria-hidden
          width={Math.round(width * devicePixelRatioNow())}
          height={Math.round(LINE_PX * devicePixelRatioNow())}
          style={{ width, height: LINE_PX }}
          className="sticky left-0 block"
        />
        <input
          type="range"
          aria-label={t('scrubber')}
          aria-valuetext={
            at === null
              ? t('liveValue', { time: clock(now) })
              : t('value', { time: clock(at), says: seen?.says ?? t('before') })
          }
          data-live={at === null}
          min={begin}
          max={end}
          step={1}
          value={at ?? Math.max(now, begin)}
          onChange={({ currentTarget }) => {
            const moment = Number(currentTarget.value)
            onLook(moment >= now - LIVE_PX * msPerPx ? null : moment)
          }}
          onKeyDown={props.onKeyDown}
          onPointerMove={move}
          onPointerLeave={() => onPoint(null)}
          className="timeline-scrubber absolute inset-0 m-0 size-full"
        />
      </div>
    </div>
  )
}

const devicePixelRatioNow = () => (typeof devicePixelRatio === 'undefined' ? 1 : devicePixelRatio)

function nearest(events: TimelineEvent[], at: number, within: number): TimelineEvent | null {
  const index = lastUntil(events, at)
  const near = [events[index], events[index + 1]].filter(
    (event): event is TimelineEvent => event !== undefined && Math.abs(event.at - at) <= within,
  )
  return near.sort((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at))[0] ?? null
}
