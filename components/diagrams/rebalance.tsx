import { translate } from '#messages/text.ts'
import { Diagram, Label } from './parts.tsx'

const LEFT = 48
const ROW = 25
const WIDTH = 480
type Bar = { from: number; to: number; is: 'reads' | 'works' | 'waits' | 'silent' }
/** percent of the line; what is drawn is the principle, no measurement */
const DIES = 20
const MISSED = 52
const NEAR = 20
/** the row of the one that dies */
const DEAD = 2
const PROTOCOLS = [
  {
    protocol: 'classic',
    again: 86,
    members: [
      [
        { from: 0, to: 60, is: 'reads' },
        { from: 60, to: 86, is: 'waits' },
        { from: 86, to: 100, is: 'reads' },
      ],
      [
        { from: 0, to: 86, is: 'works' },
        { from: 86, to: 100, is: 'works' },
      ],
      [
        { from: 0, to: DIES, is: 'reads' },
        { from: DIES, to: MISSED, is: 'silent' },
      ],
    ],
  },
  {
    protocol: 'consumer',
    again: 60,
    members: [
      [{ from: 0, to: 100, is: 'reads' }],
      [{ from: 0, to: 100, is: 'works' }],
      [
        { from: 0, to: DIES, is: 'reads' },
        { from: DIES, to: MISSED, is: 'silent' },
      ],
    ],
  },
] as const satisfies { protocol: string; again: number; members: Bar[][] }[]

const LOOKS: Record<Bar['is'], { fill: string; stroke: string; dashed?: string }> = {
  reads: { fill: 'var(--accent-wash)', stroke: 'var(--accent)' },
  works: { fill: 'var(--chrome)', stroke: 'var(--line-strong)' },
  waits: { fill: 'var(--warn-wash)', stroke: 'var(--warn)' },
  silent: { fill: 'none', stroke: 'var(--ink-quiet)', dashed: '4 3' },
}

/** Who waits for whom when a member dies, in both protocols. */
export function RebalanceDiagram() {
  const t = (key: string) => translate(`diagram.rebalance.${key}` as 'diagram.rebalance.title')
  const at = (percent: number) => LEFT + ((WIDTH - LEFT - 2) * percent) / 100
  return (
    <Diagram title={t('title')} text={t('text')} width={WIDTH} height={258}>
      {PROTOCOLS.map(({ protocol, members, again }, index) => {
        const top = 18 + index * 128
        return (
          <g key={protocol}>
            <Label x={0} y={top} bold>
              {t(protocol)}
            </Label>
            {members.map((bars, member) => (
              <g key={NAMES[member]}>
                <Label x={0} y={top + 24 + member * ROW} mono tone="quiet">
                  {NAMES[member]}
                </Label>
                {bars.map(({ from, to, is }) => (
                  <g key={from}>
                    <rect
                      x={at(from)}
                      y={top + 10 + member * ROW}
                      width={at(to) - at(from)}
                      height="18"
                      rx="3"
                      fill={LOOKS[is].fill}
                      stroke={LOOKS[is].stroke}
                      strokeDasharray={LOOKS[is].dashed}
                    />
                    <Label x={at(from) + 5} y={top + 23 + member * ROW} size={11.5} tone="quiet">
                      {to - from > 15 ? t(is) : ''}
                    </Label>
                  </g>
                ))}
              </g>
            ))}
            {(
              [
                { x: DIES, says: 'dies', anchor: 'middle', from: DEAD },
                // Two words that stand near one another lean away from each other.
                { x: MISSED, says: 'missed', anchor: again - MISSED < NEAR ? 'end' : 'middle', from: DEAD },
                { x: again, says: 'again', anchor: again - MISSED < NEAR ? 'start' : 'middle', from: 0 },
              ] as const
            ).map(({ x, says, anchor, from }) => (
              <g key={says}>
                <path
                  d={`M${at(x)},${top + 8 + from * ROW} v${ROW * (3 - from) + 2}`}
                  stroke="var(--ink-quiet)"
                  strokeDasharray="2 3"
                />
                <Label x={at(x)} y={top + ROW * 3 + 22} anchor={anchor} size={12}>
                  {t(says)}
                </Label>
              </g>
            ))}
          </g>
        )
      })}
    </Diagram>
  )
}

const NAMES = ['quick', 'slow', 'dies'] as const
