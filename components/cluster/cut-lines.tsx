'use client'
import { type RefObject, useEffect, useState } from 'react'
import type { Link } from '#labs/protocol/observation.ts'
import { cutPairs, isIsolated } from './condition.ts'

/** `upper`: on the controllers' side of the bridge. */
type Box = { left: number; right: number; top: number; bottom: number; upper: boolean }
type Places = { width: number; height: number; boxes: Map<string, Box> }

/** How far the line between two hosts of one row hangs towards the bridge. */
const HANG_PX = 34
/** Lines of one card leave it side by side. */
const SPREAD = 0.22
/** The bridge, below the controllers. */
const BUS_PX = 22
const CROSS_PX = 4.5

/** The bridge as a quiet line, and every link that is cut. Only a drawing: the words stand beside it. */
export function CutLines(props: { ground: RefObject<HTMLElement | null>; hosts: string[]; cuts: Link[] }) {
  const { ground, hosts, cuts } = props
  const places = usePlaces(ground, hosts.join(' '))
  if (!places || places.boxes.size < 2) return null
  const boxes = [...places.boxes.values()]
  const upper = boxes.filter((box) => box.upper)
  const bus = Math.max(...upper.map(({ bottom }) => bottom)) + BUS_PX
  const centres = boxes.map(({ left, right }) => (left + right) / 2)
  return (
    <svg
      aria-hidden="true"
      width={places.width}
      height={places.height}
      className="pointer-events-none absolute inset-0 -z-10"
      fill="none"
    >
      <g stroke="var(--line-strong)" strokeWidth="1.25">
        {boxes.length > upper.length && <path d={`M${Math.min(...centres)},${bus}H${Math.max(...centres)}`} />}
        {hosts.map((host) => {
          const box = places.boxes.get(host)
          if (!box || boxes.length === upper.length || isIsolated(host, hosts, cuts)) return null
          return <path key={host} d={`M${(box.left + box.right) / 2},${edge(box)}V${bus}`} />
        })}
      </g>
      {cutPairs(cuts).map(({ a, b, cut }) => {
        const from = places.boxes.get(cut === 'b-a' ? b : a)
        const to = places.boxes.get(cut === 'b-a' ? a : b)
        return from && to ? <Cut key={`${a} ${b}`} from={from} to={to} oneWay={cut !== 'both'} /> : null
      })}
    </svg>
  )
}

/** The side of a card that looks at the bridge. */
const edge = (box: Box) => (box.upper ? box.bottom : box.top)

function Cut({ from, to, oneWay }: { from: Box; to: Box; oneWay: boolean }) {
  const leave = (box: Box, other: Box): [number, number] => {
    const half = (box.right - box.left) / 2
    const away = (other.left + other.right) / 2 - (box.left + half)
    return [box.left + half + Math.max(-half * 0.8, Math.min(half * 0.8, away * SPREAD)), edge(box)]
  }
  const [x1, y1] = leave(from, to)
  const [x2, y2] = leave(to, from)
  const sameSide = from.upper === to.upper
  const hang = from.upper ? HANG_PX : -HANG_PX
  const [c1, c2] = sameSide ? [y1 + hang, y2 + hang] : [(y1 + y2) / 2, (y1 + y2) / 2]
  const mx = (x1 + x2) / 2
  const my = (y1 + 3 * c1 + 3 * c2 + y2) / 8
  const wing = y2 < c2 ? 6 : -6
  return (
    <g stroke="var(--bad)" strokeWidth="1.5" strokeLinecap="round" data-cut={oneWay ? 'one' : 'both'}>
      <path d={`M${x1},${y1}C${x1},${c1} ${x2},${c2} ${x2},${y2}`} strokeDasharray="4 4" />
      {oneWay && <path d={`M${x2 - 4},${y2 + wing}L${x2},${y2}L${x2 + 4},${y2 + wing}`} />}
      <circle cx={mx} cy={my} r={CROSS_PX + 3} fill="var(--page)" stroke="none" />
      <path
        strokeWidth="2"
        d={`M${mx - CROSS_PX},${my - CROSS_PX}l${2 * CROSS_PX},${2 * CROSS_PX}m0,${-2 * CROSS_PX}l${-2 * CROSS_PX},${2 * CROSS_PX}`}
      />
    </g>
  )
}

/** Where the cards stand, measured again when anything there changes its size. */
function usePlaces(ground: RefObject<HTMLElement | null>, hosts: string): Places | null {
  const [places, setPlaces] = useState<Places | null>(null)
  // After the parent's ref is there, which a layout effect of a child would miss.
  // biome-ignore lint/correctness/useExhaustiveDependencies: other hosts are other cards
  useEffect(() => {
    const element = ground.current
    if (!element) return
    const measure = () => {
      const base = element.getBoundingClientRect()
      const boxes = new Map<string, Box>()
      for (const card of element.querySelectorAll<HTMLElement>('[data-host]')) {
        const { left, right, top, bottom } = card.getBoundingClientRect()
        boxes.set(card.dataset.host ?? '', {
          left: left - base.left,
          right: right - base.left,
          top: top - base.top,
          bottom: bottom - base.top,
          upper: card.closest('[data-row="upper"]') !== null,
        })
      }
      setPlaces({ width: base.width, height: base.height, boxes })
    }
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    for (const card of element.querySelectorAll('[data-host]')) observer.observe(card)
    return () => observer.disconnect()
  }, [ground, hosts])
  return places
}
