/** The few shapes of which all diagrams are made, in the page's colours. */
import { type ReactNode, useId } from 'react'

export function Diagram(props: { title: string; text: string; width: number; height: number; children: ReactNode }) {
  const id = useId()
  return (
    // In a narrow lesson it takes a part of the margins, so that its type stays larger.
    <div className="@max-lg:-mx-3">
      <svg
        role="img"
        aria-labelledby={`${id}t ${id}d`}
        viewBox={`0 0 ${props.width} ${props.height}`}
        style={{ maxWidth: props.width }}
        className="mx-auto block h-auto w-full font-sans"
        fontSize="13.5"
      >
        <title id={`${id}t`}>{props.title}</title>
        <desc id={`${id}d`}>{props.text}</desc>
        {props.children}
      </svg>
    </div>
  )
}

type Box = { x: number; y: number; width: number; height: number }

const LOOKS = {
  plain: { fill: 'var(--raised)', stroke: 'var(--line-strong)' },
  quiet: { fill: 'var(--chrome)', stroke: 'var(--line-strong)' },
  accent: { fill: 'var(--accent-wash)', stroke: 'var(--accent)' },
}
export type Looks = keyof typeof LOOKS

export const Rectangle = ({ looks = 'plain', dashed, ...box }: Box & { looks?: Looks; dashed?: boolean }) => (
  <rect {...box} rx="7" {...LOOKS[looks]} strokeWidth="1.25" strokeDasharray={dashed ? '4 3' : undefined} />
)

export const Label = (props: {
  x: number
  y: number
  children: ReactNode
  tone?: 'ink' | 'quiet' | 'accent'
  anchor?: 'start' | 'middle' | 'end'
  mono?: boolean
  bold?: boolean
  size?: number
}) => (
  <text
    x={props.x}
    y={props.y}
    textAnchor={props.anchor ?? 'start'}
    fill={`var(--${{ ink: 'ink', quiet: 'ink-quiet', accent: 'accent' }[props.tone ?? 'ink']})`}
    fontFamily={props.mono ? 'var(--font-mono)' : undefined}
    fontWeight={props.bold ? 620 : undefined}
    fontSize={props.size ?? (props.mono ? 12 : undefined)}
  >
    {props.children}
  </text>
)

/** A straight arrow; drawn without markers, whose ids would clash between diagrams. */
export function Arrow(props: { from: [number, number]; to: [number, number]; accent?: boolean; dashed?: boolean }) {
  const [x1, y1] = props.from
  const [x2, y2] = props.to
  const angle = Math.atan2(y2 - y1, x2 - x1)
  const wing = (turn: number) =>
    `${(x2 - 7 * Math.cos(angle + turn)).toFixed(1)},${(y2 - 7 * Math.sin(angle + turn)).toFixed(1)}`
  const stroke = props.accent ? 'var(--accent)' : 'var(--ink-quiet)'
  return (
    <g stroke={stroke} strokeWidth="1.4" fill="none" strokeLinecap="round" strokeLinejoin="round">
      <path d={`M${x1},${y1} L${x2},${y2}`} strokeDasharray={props.dashed ? '3 3.5' : undefined} />
      <path d={`M${wing(0.5)} L${x2},${y2} L${wing(-0.5)}`} />
    </g>
  )
}

/** Records of a log, oldest left, each with its offset; then a dashed place for the next one. */
export function LogCells(props: {
  x: number
  y: number
  cell: number
  height?: number
  records: number
  first?: number
  /** the cells that are not yet committed */
  pendingFrom?: number
  next?: boolean
}) {
  const { x, y, cell, records, first = 0, height = 34, pendingFrom = records, next = true } = props
  return (
    <g>
      {Array.from({ length: records }, (_, at) => at).map((at) => (
        <g key={at}>
          <rect
            x={x + at * cell}
            y={y}
            width={cell}
            height={height}
            fill={at >= pendingFrom ? 'var(--page)' : 'var(--accent-wash)'}
            stroke="var(--accent)"
            strokeWidth="1.1"
          />
          <Label x={x + (at + 0.5) * cell} y={y + height / 2 + 4.5} anchor="middle" mono>
            {first + at}
          </Label>
        </g>
      ))}
      {next && (
        <rect
          x={x + records * cell}
          y={y}
          width={cell}
          height={height}
          fill="none"
          stroke="var(--line-strong)"
          strokeDasharray="3 3"
        />
      )}
    </g>
  )
}

/** A port that a process listens on, on its border. */
export const Port = ({ x, y, port }: { x: number; y: number; port: number }) => (
  <g>
    <rect
      x={x - 27}
      y={y - 12}
      width="54"
      height="24"
      rx="12"
      fill="var(--page)"
      stroke="var(--ink-quiet)"
      strokeWidth="1.25"
    />
    <Label x={x} y={y + 4.5} anchor="middle" mono>
      {port}
    </Label>
  </g>
)
