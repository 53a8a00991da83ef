import { translate } from '#messages/text.ts'
import { Diagram, Label } from './parts.tsx'

/** The records of the lab, in their order, and the segment in which each lies. */
const RECORDS = [
  { key: 'apple', value: '1' },
  { key: 'pear', value: '1' },
  { key: 'apple', value: '2' },
  { key: 'plum', value: '1' },
  { key: 'pear', value: '2' },
  { key: 'apple', value: '3' },
  { key: 'plum', value: '2' },
]
const ACTIVE = 6
const CELL = 62
const LEFT = 2
const HEIGHT = 44

/** A log before the cleaner came and after: of each key the last before the active segment, at its old offset. */
export function CompactionDiagram() {
  const t = (key: 'title' | 'text' | 'before' | 'after' | 'dirty' | 'clean' | 'active') =>
    translate(`diagram.compaction.${key}`)
  const stays = (at: number) =>
    at >= ACTIVE || !RECORDS.slice(at + 1, ACTIVE).some(({ key }) => key === RECORDS[at]?.key)
  const end = LEFT + ACTIVE * CELL
  return (
    <Diagram title={t('title')} text={t('text')} width={438} height={226}>
      <Label x={LEFT} y={14} bold>
        {t('before')}
      </Label>
      <Cells y={24} shown={() => true} />
      <Label x={LEFT + (ACTIVE * CELL) / 2} y={88} anchor="middle" tone="quiet">
        {t('dirty')}
      </Label>
      <Label x={end + CELL / 2} y={88} anchor="middle" tone="quiet">
        {t('active')}
      </Label>
      <Label x={LEFT} y={126} bold>
        {t('after')}
      </Label>
      <Cells y={136} shown={stays} />
      <Label x={LEFT + (ACTIVE * CELL) / 2} y={200} anchor="middle" tone="quiet">
        {t('clean')}
      </Label>
      <Label x={end + CELL / 2} y={200} anchor="middle" tone="quiet">
        {t('active')}
      </Label>
      {[10, 122].map((y) => (
        <path key={y} d={`M${end},${y + 8} V${y + 84}`} stroke="var(--ink-quiet)" strokeDasharray="4 3" />
      ))}
    </Diagram>
  )
}

function Cells({ y, shown }: { y: number; shown: (at: number) => boolean }) {
  return RECORDS.map(({ key, value }, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: an offset is what tells records apart
    <g key={at}>
      <rect
        x={LEFT + at * CELL}
        y={y}
        width={CELL}
        height={HEIGHT}
        fill={shown(at) ? 'var(--accent-wash)' : 'none'}
        stroke={shown(at) ? 'var(--accent)' : 'var(--line-strong)'}
        strokeDasharray={shown(at) ? undefined : '3 3'}
        strokeWidth="1.1"
      />
      <Label x={LEFT + at * CELL + 5} y={y + 14} tone="quiet" mono size={11}>
        {at}
      </Label>
      {shown(at) && (
        <Label x={LEFT + (at + 0.5) * CELL} y={y + 33} anchor="middle" mono size={12}>
          {`${key}:${value}`}
        </Label>
      )}
    </g>
  ))
}
