import { translate } from '#messages/text.ts'
import { Arrow, Diagram, Label, Rectangle } from './parts.tsx'

const WIDTH = 480
const ROW = 76
const TOP = 14
const BOX = { width: 86, height: 34 }
const FIRST_X = 132
const SECOND_X = 254
const KILL_X = (FIRST_X + BOX.width + SECOND_X) / 2

type What = 'bill' | 'offset'
const ROWS: { order: [What, What]; together: boolean; says: 'lost' | 'twice' | 'once' }[] = [
  { order: ['offset', 'bill'], together: false, says: 'lost' },
  { order: ['bill', 'offset'], together: false, says: 'twice' },
  { order: ['bill', 'offset'], together: true, says: 'once' },
]

/** A program that reads, writes and commits its offset, killed between the two: what becomes of the record. */
export function CommitOrderDiagram() {
  const t = (
    key: 'title' | 'text' | 'killed' | What | `name.${'lost' | 'twice' | 'once'}` | `then.${'lost' | 'twice' | 'once'}`,
  ) => translate(`diagram.commitOrder.${key}`)
  return (
    <Diagram title={t('title')} text={t('text')} width={WIDTH} height={TOP + ROW * ROWS.length}>
      {ROWS.map(({ order, together, says }, row) => {
        const y = TOP + row * ROW + 12
        const middle = y + BOX.height / 2
        return (
          <g key={says}>
            <Label x={8} y={middle + 5} bold>
              {t(`name.${says}`)}
            </Label>
            {together && (
              <Rectangle
                x={FIRST_X - 10}
                y={y - 10}
                width={SECOND_X + BOX.width - FIRST_X + 20}
                height={BOX.height + 20}
                looks="quiet"
                dashed
              />
            )}
            {order.map((what, at) => {
              const x = at === 0 ? FIRST_X : SECOND_X
              const undone = at === 1 || together
              return (
                <g key={what}>
                  <Rectangle x={x} y={y} {...BOX} looks={undone ? 'plain' : 'accent'} dashed={undone} />
                  <Label x={x + BOX.width / 2} y={middle + 5} anchor="middle" tone={undone ? 'quiet' : 'ink'}>
                    {t(what)}
                  </Label>
                </g>
              )
            })}
            <g stroke="var(--bad)" strokeWidth="2.2" strokeLinecap="round">
              <path d={`M${KILL_X - 6},${middle - 6} l12,12`} />
              <path d={`M${KILL_X + 6},${middle - 6} l-12,12`} />
            </g>
            <Arrow
              from={[SECOND_X + BOX.width + (together ? 14 : 6), middle]}
              to={[SECOND_X + BOX.width + 34, middle]}
              accent={says === 'once'}
            />
            <Label x={SECOND_X + BOX.width + 42} y={middle + 5} tone={says === 'once' ? 'accent' : 'ink'}>
              {t(`then.${says}`)}
            </Label>
          </g>
        )
      })}
      <Label x={KILL_X} y={TOP + 2} anchor="middle" size={11.5} tone="quiet">
        {t('killed')}
      </Label>
    </Diagram>
  )
}
