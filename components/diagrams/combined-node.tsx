import { translate } from '#messages/text.ts'
import { Arrow, Diagram, Label, LogCells, Port, Rectangle } from './parts.tsx'

/** One process with both roles, and the metadata log between them. */
export function CombinedNodeDiagram() {
  const t = (key: 'title' | 'text' | 'clients' | 'voters' | 'brokerText' | 'controllerText' | 'replays' | 'appends') =>
    translate(`diagram.combined.${key}`)
  return (
    <Diagram title={t('title')} text={t('text')} width={480} height={392}>
      <Rectangle x={104} y={1} width={375} height={390} looks="quiet" />
      <Label x={124} y={30} mono tone="quiet">
        process.roles=broker,controller
      </Label>

      <Rectangle x={124} y={48} width={335} height={78} />
      <Label x={150} y={81} bold size={15.5}>
        broker
      </Label>
      <Label x={150} y={103} tone="quiet">
        {t('brokerText')}
      </Label>
      <Port x={104} y={87} port={9092} />
      <Label x={0} y={73} tone="quiet">
        {t('clients')}
      </Label>
      <Arrow from={[2, 87]} to={[73, 87]} />

      <Arrow from={[206, 178]} to={[206, 133]} />
      <Label x={218} y={159} tone="quiet">
        {t('replays')}
      </Label>
      <LogCells x={124} y={180} cell={41.875} records={7} />
      <Label x={124} y={234} mono tone="quiet">
        __cluster_metadata-0
      </Label>
      <Arrow from={[438, 284]} to={[438, 221]} accent />
      <Label x={427} y={264} anchor="end" tone="quiet">
        {t('appends')}
      </Label>

      <Rectangle x={124} y={286} width={335} height={78} looks="accent" />
      <Label x={150} y={319} bold size={15.5}>
        controller
      </Label>
      <Label x={150} y={341} tone="quiet">
        {t('controllerText')}
      </Label>
      <Port x={104} y={325} port={9093} />
      <Label x={0} y={311} tone="quiet">
        {t('voters')}
      </Label>
      <Arrow from={[2, 325]} to={[73, 325]} />
    </Diagram>
  )
}
