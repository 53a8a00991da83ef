import { translate } from '#messages/text.ts'
import { Diagram, Label } from './parts.tsx'

/** DefaultRecordBatch, in the order of its bytes. */
const FIELDS: { name: string; bytes: number; looks?: 'accent' }[] = [
  { name: 'baseOffset', bytes: 8, looks: 'accent' },
  { name: 'length', bytes: 4, looks: 'accent' },
  { name: 'leaderEpoch', bytes: 4 },
  { name: 'magic', bytes: 1 },
  { name: 'crc', bytes: 4 },
  { name: 'attributes', bytes: 2 },
  { name: 'lastOffsetDelta', bytes: 4, looks: 'accent' },
  { name: 'baseTimestamp', bytes: 8 },
  { name: 'maxTimestamp', bytes: 8 },
  { name: 'producerId', bytes: 8 },
  { name: 'epoch', bytes: 2 },
  { name: 'sequence', bytes: 4 },
  { name: 'count', bytes: 4, looks: 'accent' },
  { name: 'records', bytes: 3 },
]
const A_ROW = 8
const BYTE = 49
const LEFT = 32
const ROW = 34
const HEIGHT = 29

type Piece = { key: string; name: string; row: number; from: number; to: number; looks: 'accent' | undefined }

/** A field that goes on in the next row is two pieces, and named in the longer one. */
function pieces(): Piece[] {
  let at = 0
  return FIELDS.flatMap(({ name, bytes, looks }): Piece[] => {
    const [from, to] = [at, at + bytes]
    at = to
    const rows = [Math.floor(from / A_ROW), Math.floor((to - 1) / A_ROW)]
    const parts = [...new Set(rows)].map((row) => ({
      key: `${name} ${row}`,
      row,
      from: Math.max(from, row * A_ROW) - row * A_ROW,
      to: Math.min(to, (row + 1) * A_ROW) - row * A_ROW,
      looks,
    }))
    const longest = Math.max(...parts.map((one) => one.to - one.from))
    return parts.map((one) => ({ ...one, name: one.to - one.from === longest ? name : '' }))
  })
}

/** The header of a record batch, eight bytes a row. */
export function BatchDiagram() {
  const rows = [0, 1, 2, 3, 4, 5, 6, 7]
  return (
    <Diagram title={translate('diagram.batch.title')} text={translate('diagram.batch.text')} width={430} height={276}>
      {rows.map((row) => (
        <Label key={row} x={LEFT - 9} y={4 + row * ROW + 19} anchor="end" tone="quiet" mono>
          {row * A_ROW}
        </Label>
      ))}
      {pieces().map(({ key, name, row, from, to, looks }) => (
        <g key={key}>
          <rect
            x={LEFT + from * BYTE}
            y={4 + row * ROW}
            width={(to - from) * BYTE}
            height={HEIGHT}
            fill={looks === 'accent' ? 'var(--accent-wash)' : 'var(--raised)'}
            stroke={looks === 'accent' ? 'var(--accent)' : 'var(--line-strong)'}
            strokeWidth="1.1"
            strokeDasharray={name === 'records' ? '3 3' : undefined}
          />
          <Label x={LEFT + ((from + to) / 2) * BYTE} y={4 + row * ROW + 19} anchor="middle" mono>
            {name}
          </Label>
        </g>
      ))}
    </Diagram>
  )
}
