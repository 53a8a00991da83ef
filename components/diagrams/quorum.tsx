import { translate } from '#messages/text.ts'
import { Arrow, Diagram, Label, LogCells, type Looks, Rectangle } from './parts.tsx'

const WIDTH = 144

/** Three voters, one of which leads, and two brokers that follow the log without a vote. */
export function QuorumDiagram() {
  const t = (key: 'title' | 'text' | 'leader' | 'follower' | 'observer' | 'voters' | 'observers') =>
    translate(`diagram.quorum.${key}`)
  return (
    <Diagram title={t('title')} text={t('text')} width={480} height={316}>
      <Label x={0} y={14} tone="quiet">
        {t('voters')}
      </Label>
      <Node x={1} y={26} title="controller 1" role={t('follower')} records={4} />
      <Node x={168} y={26} title="controller 2" role={t('leader')} records={5} looks="accent" />
      <Node x={335} y={26} title="controller 3" role={t('follower')} records={5} />
      <Arrow from={[145, 58]} to={[166, 58]} />
      <Arrow from={[335, 58]} to={[314, 58]} />

      <Arrow from={[150, 206]} to={[214, 134]} dashed />
      <Arrow from={[330, 206]} to={[266, 134]} dashed />
      <Label x={240} y={178} anchor="middle" mono tone="quiet">
        Fetch
      </Label>

      <Label x={0} y={197} tone="quiet">
        {t('observers')}
      </Label>
      <Node x={84} y={208} title="broker 4" role={t('observer')} records={5} />
      <Node x={252} y={208} title="broker 5" role={t('observer')} records={4} />
    </Diagram>
  )
}

function Node(props: { x: number; y: number; title: string; role: string; records: number; looks?: Looks }) {
  const { x, y, looks } = props
  return (
    <g>
      <Rectangle x={x} y={y} width={WIDTH} height={106} looks={looks} />
      <Label x={x + 14} y={y + 25} bold>
        {props.title}
      </Label>
      <Label x={x + 14} y={y + 45} tone={looks === 'accent' ? 'accent' : 'quiet'}>
        {props.role}
      </Label>
      <LogCells x={x + 14} y={y + 62} cell={19.3} height={26} records={props.records} next={props.records < 6} />
    </g>
  )
}
