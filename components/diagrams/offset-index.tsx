import { translate } from '#messages/text.ts'
import { Arrow, Diagram, Label } from './parts.tsx'

const BATCHES = 8
/** Of a batch with three records of a kilobyte; the index has an entry after each 4,096 bytes. */
const BYTES = 3_088
const RECORDS = 3
const WIDTH = 52
const LEFT = 4
const ENTRIES = [2, 4, 6]
const WANTED = 17

/** The batches of a segment, the few of them that the index knows, and how an offset is found. */
export function OffsetIndexDiagram() {
  const t = (key: 'title' | 'text' | 'index' | 'segment' | 'reads') => translate(`diagram.index.${key}`)
  const last = (batch: number) => batch * RECORDS + RECORDS - 1
  const at = (batch: number) => LEFT + batch * WIDTH
  const found = ENTRIES.findLast((batch) => last(batch) <= WANTED)!
  const holder = Math.floor(WANTED / RECORDS)
  return (
    <Diagram title={t('title')} text={t('text')} width={424} height={214}>
      <Label x={LEFT} y={14} tone="quiet">
        {t('index')}
      </Label>
      {ENTRIES.map((batch) => (
        <g key={batch}>
          <rect
            x={at(batch) - 8}
            y={22}
            width={98}
            height={26}
            fill={batch === found ? 'var(--accent-wash)' : 'var(--raised)'}
            stroke={batch === found ? 'var(--accent)' : 'var(--line-strong)'}
            strokeWidth="1.1"
          />
          <Label x={at(batch) + 41} y={39.5} anchor="middle" mono size={12}>
            {`${last(batch)} → ${batch * BYTES}`}
          </Label>
          <Arrow from={[at(batch), 50]} to={[at(batch), 94]} accent={batch === found} />
        </g>
      ))}
      <Label x={LEFT} y={86} tone="quiet">
        {t('segment')}
      </Label>
      {Array.from({ length: BATCHES }, (_, batch) => batch).map((batch) => (
        <g key={batch}>
          <rect
            x={at(batch)}
            y={98}
            width={WIDTH}
            height={36}
            fill="var(--accent-wash)"
            stroke="var(--accent)"
            strokeWidth="1.1"
          />
          <Label x={at(batch) + WIDTH / 2} y={120.5} anchor="middle" mono size={12}>
            {`${batch * RECORDS}–${last(batch)}`}
          </Label>
        </g>
      ))}
      <Arrow from={[at(found) + 2, 152]} to={[at(holder) + WIDTH / 2, 152]} accent />
      <Label x={at(found) - 6} y={156.5} anchor="end" tone="accent">
        {t('reads')}
      </Label>
      <Arrow from={[at(holder) + WIDTH / 2, 186]} to={[at(holder) + WIDTH / 2, 140]} />
      <Label x={at(holder) + WIDTH / 2} y={203} anchor="middle">
        {translate('diagram.index.wanted', { offset: WANTED })}
      </Label>
    </Diagram>
  )
}
