import { translate } from '#messages/text.ts'
import { Arrow, Diagram, Label, type Looks, Rectangle } from './parts.tsx'

const WIDTH = 116
const GAP = 39
const TOP = 34
const ROW = 42
const BROKERS = [1, 2, 3]
const MOMENTS = ['before', 'while', 'after'] as const
type State = 'leads' | 'inSync' | 'adding' | 'none'
/** Of brokers 1 to 3, of one partition that moves from the first to the third. */
const STATES: Record<(typeof MOMENTS)[number], State[]> = {
  before: ['leads', 'inSync', 'none'],
  while: ['leads', 'inSync', 'adding'],
  after: ['none', 'inSync', 'leads'],
}
const LOOKS: Record<State, Looks> = { leads: 'accent', inSync: 'plain', adding: 'plain', none: 'quiet' }

/** A partition that moves: first one copy more, then one less. */
export function ReassignmentDiagram() {
  const t = (key: 'title' | 'text' | (typeof MOMENTS)[number] | State) => translate(`diagram.reassignment.${key}`)
  const at = (moment: number) => 2 + moment * (WIDTH + GAP)
  return (
    <Diagram title={t('title')} text={t('text')} width={430} height={TOP + BROKERS.length * ROW + 6}>
      {MOMENTS.map((moment, index) => (
        <g key={moment}>
          <Label x={at(index)} y={20} bold>
            {t(moment)}
          </Label>
          {BROKERS.map((broker, row) => {
            const state = STATES[moment][row]!
            return (
              <g key={broker}>
                <Rectangle
                  x={at(index)}
                  y={TOP + row * ROW}
                  width={WIDTH}
                  height={ROW - 8}
                  looks={LOOKS[state]}
                  dashed={state === 'adding' || state === 'none'}
                />
                <Label x={at(index) + 10} y={TOP + row * ROW + 22} mono>
                  {broker}
                </Label>
                <Label x={at(index) + 30} y={TOP + row * ROW + 22} tone={state === 'none' ? 'quiet' : 'ink'} size={12}>
                  {t(state)}
                </Label>
              </g>
            )
          })}
          {index > 0 && (
            <Arrow
              from={[at(index) - GAP + 8, TOP + 1.5 * ROW - 4]}
              to={[at(index) - 8, TOP + 1.5 * ROW - 4]}
              accent={index === 1}
            />
          )}
        </g>
      ))}
    </Diagram>
  )
}
