import { translate } from '#messages/text.ts'
import { Arrow, Diagram, Label } from './parts.tsx'

const CELL = 56
/** Room for the words at the ends of a short log. */
const LEAST_WIDTH = 320
const MARGIN = 52
const TOP = 58
const HEIGHT = 50
const MOST = 8

/** `open`: of a transaction that has not ended; `ended`: of one that has; `plain`: of none; `marker`: the end of one. */
type Cell = { says: string; kind: 'open' | 'ended' | 'plain' | 'marker' }
const FILLS: Record<Cell['kind'], string> = {
  open: 'var(--page)',
  ended: 'var(--accent-wash)',
  plain: 'var(--raised)',
  marker: 'var(--chrome)',
}

/** A partition with transactions in it: up to where a consumer with isolation.level=read_committed gets. */
export function TransactionLogDiagram(props: { records?: Cell[]; first?: number; lastStable?: number }) {
  const { first = 0 } = props
  const records = (props.records ?? []).slice(0, MOST).map((one, index) => ({ ...one, offset: first + index }))
  const end = first + records.length
  const lastStable = Math.max(first, Math.min(end, props.lastStable ?? end))
  const width = Math.max(LEAST_WIDTH, records.length * CELL + 2 * MARGIN)
  const left = (width - records.length * CELL) / 2
  const at = (offset: number) => left + (offset - first) * CELL
  const t = (key: 'title' | 'text' | 'lastStable' | 'highWatermark') => translate(`diagram.transactionLog.${key}`)
  return (
    <Diagram title={t('title')} text={t('text')} width={width} height={160}>
      <Label x={at(lastStable)} y={20} anchor="middle">
        {t('lastStable')}
      </Label>
      <Arrow from={[at(lastStable), 28]} to={[at(lastStable), TOP - 4]} accent />
      {records.map(({ says, kind, offset }) => (
        <g key={offset}>
          <rect
            x={at(offset)}
            y={TOP}
            width={CELL}
            height={HEIGHT}
            fill={FILLS[kind]}
            stroke="var(--accent)"
            strokeWidth="1.1"
            strokeDasharray={kind === 'open' ? '4 3' : undefined}
          />
          <Label x={at(offset) + CELL / 2} y={TOP + 20} anchor="middle" mono>
            {offset}
          </Label>
          <Label
            x={at(offset) + CELL / 2}
            y={TOP + 39}
            anchor="middle"
            size={11.5}
            tone={kind === 'marker' ? 'accent' : 'ink'}
            bold={kind === 'marker'}
          >
            {says}
          </Label>
        </g>
      ))}
      <Arrow from={[at(end), TOP + HEIGHT + 30]} to={[at(end), TOP + HEIGHT + 4]} />
      <Label x={at(end)} y={TOP + HEIGHT + 46} anchor="middle">
        {t('highWatermark')}
      </Label>
    </Diagram>
  )
}
