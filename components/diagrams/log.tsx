import { translate } from '#messages/text.ts'
import { Arrow, Diagram, Label, LogCells } from './parts.tsx'

const CELL = 46
const LEFT = 8
const WIDTH = 430

/** One partition: records by offset, what is committed, and where a group stands. */
export function LogDiagram(props: { records?: number; highWatermark?: number; committed?: number }) {
  const records = Math.min(9, props.records ?? 8)
  const highWatermark = Math.min(records, props.highWatermark ?? records - 2)
  const committed = Math.min(records, props.committed ?? 3)
  const at = (offset: number) => LEFT + offset * CELL
  const t = (key: 'title' | 'text' | 'highWatermark' | 'logEnd' | 'committed') => translate(`diagram.log.${key}`)
  return (
    <Diagram title={t('title')} text={t('text')} width={WIDTH} height={178}>
      <Label x={at(highWatermark)} y={16} anchor="middle">
        {t('highWatermark')}
      </Label>
      <Arrow from={[at(highWatermark), 24]} to={[at(highWatermark), 54]} accent />
      <LogCells x={LEFT} y={60} cell={CELL} height={42} records={records} pendingFrom={highWatermark} />
      <Arrow from={[at(committed), 138]} to={[at(committed), 108]} />
      <Label x={at(committed)} y={155} anchor="middle">
        {t('committed')}
      </Label>
      <Arrow from={[at(records) + CELL / 2, 138]} to={[at(records) + CELL / 2, 108]} />
      <Label x={Math.min(WIDTH - 4, at(records) + CELL)} y={155} anchor="end">
        {t('logEnd')}
      </Label>
    </Diagram>
  )
}
