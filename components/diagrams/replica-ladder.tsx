import { translate } from '#messages/text.ts'
import { Diagram, Label } from './parts.tsx'

type State = 'leader' | 'in' | 'out' | 'down'
type Replica = {
  broker: number
  state: State
  end: number
  /** as this replica knows it; left out: not told */
  highWatermark?: number
  /** where each of its epochs begins, oldest first; left out: not drawn */
  epochs?: { epoch: number; from: number }[]
}

const WIDTH = 430
const LEFT = 84
const RIGHT = 70
const TOP = 34
const ROW = 50
const BAR = 22
/** A part that is narrower than its name is left without. */
const NAMED = 46
const LATER_EPOCH = { fill: 'var(--accent)', fillOpacity: 0.32 }
const FIRST_EPOCH = { fill: 'var(--accent-wash)' }

/** One partition’s logs under each other: where each ends, what its broker takes for committed, by which leaders. */
export function ReplicaLadder({ from = 0, replicas }: { from?: number; replicas: Replica[] }) {
  const most = Math.max(from + 1, ...replicas.map(({ end }) => end))
  const x = (offset: number) => LEFT + ((Math.max(from, offset) - from) / (most - from)) * (WIDTH - LEFT - RIGHT)
  const mark = replicas.find(({ state }) => state === 'leader')?.highWatermark
  const text = replicas.flatMap((one) => [
    sentence(one),
    ...segments(one, from).flatMap(({ epoch, from: begin, to }) =>
      epoch === null ? [] : [translate('diagram.ladder.segment', { from: begin, to, epoch })],
    ),
  ])
  return (
    <Diagram
      title={translate('diagram.ladder.title')}
      text={text.join(' ')}
      width={WIDTH}
      height={TOP + replicas.length * ROW}
    >
      {mark !== undefined && (
        <>
          <Label x={x(mark)} y={16} anchor={x(mark) > WIDTH / 2 ? 'end' : 'start'} tone="accent" size={12.5}>
            {translate('diagram.ladder.highWatermark', { offset: mark })}
          </Label>
          <path
            d={`M${x(mark)},22 V${TOP + replicas.length * ROW - 14}`}
            stroke="var(--accent)"
            strokeWidth="1.4"
            strokeDasharray="4 3"
          />
        </>
      )}
      {replicas.map((replica, at) => {
        const y = TOP + at * ROW
        return (
          <g key={replica.broker}>
            <Label x={0} y={y + 10} bold={replica.state === 'leader'}>
              {translate('diagram.ladder.broker', { broker: replica.broker })}
            </Label>
            <Label x={0} y={y + 27} tone="quiet" size={12}>
              {translate(`diagram.ladder.${replica.state}`)}
            </Label>
            {segments(replica, from).map((one) => (
              <g key={one.from}>
                <rect
                  x={x(one.from)}
                  y={y}
                  width={Math.max(0, x(one.to) - x(one.from))}
                  height={BAR}
                  stroke="var(--accent)"
                  strokeWidth="1.1"
                  strokeDasharray={replica.state === 'down' ? '4 3' : undefined}
                  opacity={replica.state === 'down' ? 0.6 : 1}
                  {...(one.later ? LATER_EPOCH : FIRST_EPOCH)}
                />
                {one.epoch !== null && x(one.to) - x(one.from) > NAMED && (
                  <Label x={(x(one.from) + x(one.to)) / 2} y={y + 15.5} anchor="middle" size={12}>
                    {translate('diagram.ladder.epoch', { epoch: one.epoch })}
                  </Label>
                )}
              </g>
            ))}
            <Label x={x(replica.end) + 6} y={y + 15.5} size={12}>
              {translate('diagram.ladder.end', { end: replica.end })}
            </Label>
          </g>
        )
      })}
    </Diagram>
  )
}

function sentence({ broker, state, end, highWatermark }: Replica): string {
  const values = { broker, state: translate(`diagram.ladder.${state}`), end }
  return highWatermark === undefined
    ? translate('diagram.ladder.bare', values)
    : translate('diagram.ladder.row', { ...values, highWatermark })
}

/** The parts of a bar, by epoch; one part where these are not told. */
function segments({ end, epochs }: Replica, from: number) {
  const begins = epochs ?? [{ epoch: null, from: 0 }]
  return begins
    .map(({ epoch, from: begin }, at) => ({
      epoch,
      from: Math.max(from, begin),
      to: Math.min(end, begins[at + 1]?.from ?? end),
      later: at > 0,
    }))
    .filter((one) => one.to > one.from)
}
