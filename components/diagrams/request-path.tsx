import { translate } from '#messages/text.ts'
import { Arrow, Diagram, Label, Rectangle } from './parts.tsx'

type Text =
  | 'title'
  | 'text'
  | 'client'
  | 'network'
  | 'requestQueue'
  | 'responseQueue'
  | 'io'
  | 'pageCache'
  | 'pageCacheText'
  | 'purgatory'
  | 'purgatoryText'

const QUEUED = [0, 1, 2]

/** The way of one request through a broker: down on the left, up on the right. */
export function RequestPathDiagram() {
  const t = (key: Text) => translate(`diagram.requestPath.${key}`)
  return (
    <Diagram title={t('title')} text={t('text')} width={480} height={404}>
      <Label x={240} y={15} anchor="middle" tone="quiet">
        {t('client')}
      </Label>
      <Arrow from={[110, 22]} to={[110, 50]} accent />
      <Arrow from={[370, 50]} to={[370, 22]} accent />

      <Rectangle x={1} y={54} width={478} height={58} />
      <Label x={20} y={78} bold>
        {t('network')}
      </Label>
      <Label x={20} y={98} mono tone="quiet">
        num.network.threads
      </Label>

      <Arrow from={[110, 116]} to={[110, 136]} accent />
      {QUEUED.map((at) => (
        <Rectangle key={at} x={86} y={140 + at * 18} width={48} height={15} looks="accent" />
      ))}
      <Label x={148} y={164}>
        {t('requestQueue')}
      </Label>
      <Label x={148} y={182} mono tone="quiet">
        queued.max.requests
      </Label>
      <Arrow from={[110, 196]} to={[110, 216]} accent />

      <Arrow from={[370, 216]} to={[370, 196]} accent />
      {QUEUED.map((at) => (
        <Rectangle key={at} x={346} y={140 + at * 18} width={48} height={15} looks="accent" />
      ))}
      <Label x={404} y={172}>
        {t('responseQueue')}
      </Label>
      <Arrow from={[370, 136]} to={[370, 116]} accent />

      <Rectangle x={1} y={220} width={478} height={58} />
      <Label x={20} y={244} bold>
        {t('io')}
      </Label>
      <Label x={20} y={264} mono tone="quiet">
        num.io.threads
      </Label>

      <Arrow from={[110, 282]} to={[110, 310]} />
      <Rectangle x={1} y={314} width={228} height={76} looks="quiet" />
      <Label x={20} y={340} bold>
        {t('pageCache')}
      </Label>
      <Label x={20} y={362} tone="quiet">
        {t('pageCacheText')}
      </Label>

      <Arrow from={[340, 282]} to={[340, 310]} />
      <Arrow from={[400, 310]} to={[400, 282]} />
      <Rectangle x={251} y={314} width={228} height={76} looks="quiet" dashed />
      <Label x={270} y={340} bold>
        {t('purgatory')}
      </Label>
      <Label x={270} y={362} tone="quiet">
        {t('purgatoryText')}
      </Label>
    </Diagram>
  )
}
