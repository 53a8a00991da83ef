import type { Link } from '#labs/protocol/observation.ts'
import { cutPairs, isIsolated } from './condition.ts'
import type { Box, Places } from './use-places.ts'

/** How far the line between two hosts of one row hangs towards the bridge. */
const HANG_PX = 34
/** Lines of one card leave it side by side. */
const SPREAD = 0.22
/** The bridge, below the controllers. */
const BUS_PX = 22
const CROSS_PX = 4.5
/** Nearer to each other two crosses look like one. */
const CROSSES_APART_PX = 15
/** Where on its line a cross may stand, the best place first. */
const CROSS_AT = [0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78]

/** The bridge as a quiet line, and every link that is cut. Only a drawing: the words stand beside it. */
export function CutLines({ places, hosts, cuts }: { places: Places; hosts: string[]; cuts: Link[] }) {
  if (places.boxes.size < 2) return null
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
      {drawn(places, cuts).map(({ key, line, cross, oneWay }) => (
        <Cut key={key} line={line} cross={cross} oneWay={oneWay} />
      ))}
    </svg>
  )
}

type Point = [x: number, y: number]
/** Of a cubic curve: its ends and what bends it. */
type Line = [from: Point, bend: Point, bend: Point, to: Point]

/** The lines of all cut links, each with a place for its cross that no other cross has. */
function drawn({ boxes }: Places, cuts: Link[]) {
  const crosses: Point[] = []
  return cutPairs(cuts).flatMap(({ a, b, cut }) => {
    const from = boxes.get(cut === 'b-a' ? b : a)
    const to = boxes.get(cut === 'b-a' ? a : b)
    if (!from || !to) return []
    const line = lineBetween(from, to)
    const free = ([x, y]: Point) => crosses.every(([cx, cy]) => Math.hypot(cx - x, cy - y) >= CROSSES_APART_PX)
    const may = CROSS_AT.map((share) => pointOn(line, share))
    const cross = may.find(free) ?? pointOn(line, CROSS_AT[0]!)
    crosses.push(cross)
    return [{ key: `${a} ${b}`, line, cross, oneWay: cut !== 'both' }]
  })
}

/** The side of a card that looks at the bridge. */
const edge = (box: Box) => (box.upper ? box.bottom : box.top)

function lineBetween(from: Box, to: Box): Line {
  const leave = (box: Box, other: Box): Point => {
    const half = (box.right - box.left) / 2
    const away = (other.left + other.right) / 2 - (box.left + half)
    return [box.left + half + Math.max(-half * 0.8, Math.min(half * 0.8, away * SPREAD)), edge(box)]
  }
  const [x1, y1] = leave(from, to)
  const [x2, y2] = leave(to, from)
  const hang = from.upper ? HANG_PX : -HANG_PX
  const [c1, c2] = from.upper === to.upper ? [y1 + hang, y2 + hang] : [(y1 + y2) / 2, (y1 + y2) / 2]
  return [
    [x1, y1],
    [x1, c1],
    [x2, c2],
    [x2, y2],
  ]
}

/** @param at share of the way, 0 to 1 (a Bézier curve of the third degree) */
function pointOn(line: Line, at: number): Point {
  const weights = [(1 - at) ** 3, 3 * (1 - at) ** 2 * at, 3 * (1 - at) * at ** 2, at ** 3]
  const sum = (axis: 0 | 1) => line.reduce((total, point, index) => total + point[axis] * (weights[index] ?? 0), 0)
  return [sum(0), sum(1)]
}

function Cut({ line, cross, oneWay }: { line: Line; cross: Point; oneWay: boolean }) {
  const [from, bend1, bend2, to] = line
  const [x, y] = to
  const wing = y < bend2[1] ? 6 : -6
  return (
    <g stroke="var(--bad)" strokeWidth="1.5" strokeLinecap="round" data-cut={oneWay ? 'one' : 'both'}>
      <path d={`M${from}C${bend1} ${bend2} ${to}`} strokeDasharray="4 4" />
      {oneWay && <path d={`M${x - 4},${y + wing}L${x},${y}L${x + 4},${y + wing}`} />}
      <circle cx={cross[0]} cy={cross[1]} r={CROSS_PX + 3} fill="var(--page)" stroke="none" />
      <path
        strokeWidth="2"
        data-cross
        d={`M${cross[0] - CROSS_PX},${cross[1] - CROSS_PX}l${2 * CROSS_PX},${2 * CROSS_PX}m0,${-2 * CROSS_PX}l${-2 * CROSS_PX},${2 * CROSS_PX}`}
      />
    </g>
  )
}
