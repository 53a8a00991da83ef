'use client'
import { useTranslations } from 'use-intl'
import { useRoomPicture } from '#components/cluster/use-cluster-view.ts'
import { number, running } from '#components/workbench/format.ts'
import { useNow } from '#components/workbench/use-now.ts'
import type { ActiveProducer, Transaction } from '#labs/protocol/observation.ts'
import { DenseTable, Empty, Figure, Heading, Name } from './table.tsx'

const TICK_MS = 1_000
/** org.apache.kafka.coordinator.transaction.TransactionState: from the first record to the last marker. */
const OPEN: ReadonlySet<string> = new Set(['Ongoing', 'PrepareCommit', 'PrepareAbort', 'PrepareEpochFence'])

/** Transactions as their coordinators have them, and what is open in a topic's partitions, as their leaders have it. */
export function TransactionsView(props: {
  topic: string | null
  transactions: Transaction[]
  producers: ActiveProducer[]
}) {
  const { topic, transactions, producers } = props
  const t = useTranslations('facts')
  const picture = useRoomPicture()
  const live = useNow(picture?.at === null ? TICK_MS : null)
  const now = picture?.at ?? live
  return (
    <>
      {transactions.length === 0 ? (
        <Empty>{t('noTransactions')}</Empty>
      ) : (
        <DenseTable
          caption={<Heading says={t('coordinatorsSay')}>{t('transactions')}</Heading>}
          columns={[
            { head: t('transactionalId') },
            { head: t('state') },
            { head: t('producer'), right: true },
            { head: t('openFor'), right: true },
            { head: t('partitions') },
          ]}
        >
          {transactions.map((one) => (
            <tr key={one.transactionalId} data-transaction={one.transactionalId}>
              <Name>{one.transactionalId}</Name>
              <td className={OPEN.has(one.state) ? 'whitespace-nowrap text-warn' : 'whitespace-nowrap text-ink-soft'}>
                {one.state}
              </td>
              <Figure>{t('producerIs', { id: one.producerId, epoch: one.producerEpoch })}</Figure>
              <Figure className="text-ink-quiet">
                {OPEN.has(one.state) &&
                  t('ofLimit', { time: running(Math.max(0, now - one.startedAt)), limit: running(one.timeoutMs) })}
              </Figure>
              <td className="font-mono text-[11px] text-ink-soft">
                {one.partitions.map(({ topic: name, partition }) => `${name}-${partition}`).join(' ')}
              </td>
            </tr>
          ))}
        </DenseTable>
      )}
      {topic !== null && <Producers topic={topic} transactions={transactions} producers={producers} />}
    </>
  )
}

function Producers(props: { topic: string; transactions: Transaction[]; producers: ActiveProducer[] }) {
  const { topic, transactions, producers } = props
  const t = useTranslations('facts')
  if (producers.length === 0) return <Empty>{t('noProducers', { topic })}</Empty>
  const isHanging = ({ partition, producerId, transactionStart }: ActiveProducer) =>
    transactionStart >= 0 &&
    !transactions.some(
      (one) =>
        one.producerId === producerId &&
        one.partitions.some((place) => place.topic === topic && place.partition === partition),
    )
  return (
    <DenseTable
      caption={<Heading says={t('leadersSay')}>{topic}</Heading>}
      columns={[
        { head: t('partition') },
        { head: t('producer'), right: true },
        { head: t('lastSequence'), right: true },
        { head: t('opensAt'), right: true },
        { head: t('coordinatorKnows') },
      ]}
    >
      {producers.map((one) => (
        <tr key={`${one.partition}-${one.producerId}`} data-producer={one.producerId}>
          <Name>
            {topic}-{one.partition}
          </Name>
          <Figure>{t('producerIs', { id: one.producerId, epoch: one.producerEpoch })}</Figure>
          <Figure className="text-ink-quiet">{one.lastSequence < 0 ? '' : number(one.lastSequence)}</Figure>
          <Figure>{one.transactionStart < 0 ? '' : number(one.transactionStart)}</Figure>
          <td className={isHanging(one) ? 'font-medium text-bad' : 'text-ink-quiet'}>
            {one.transactionStart < 0 ? t('noneOpen') : isHanging(one) ? t('hanging') : t('known')}
          </td>
        </tr>
      ))}
    </DenseTable>
  )
}
