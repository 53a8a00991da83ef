import {
  batches,
  cluster,
  defineLab,
  type Fact,
  missing,
  partitionFiles,
  passed,
  replicas,
  step,
  transactions,
} from '#labs/engine/define.ts'
import type { ActiveProducer, ReplicaLog, TopicBatch, Transaction } from '#labs/protocol/observation.ts'
import { counted, told } from '../quorum.ts'
import { notANumber, numberIn } from '../snapshots.ts'
import { type Batches, batchesIn, unread } from '../topic-log.ts'

const ORDERS = 'orders'
const STOCK = 'stock'
/** As the lab lays them: the coordinator and the leader of `orders` are two brokers, so that a link to one can be cut. */
const COORDINATOR = 'node-1'
const LEADER = 'broker-2'
const VERIFICATION = 'transaction.partition.verification.enable'
const MAX_BATCHES = 500

const orders = batches({ topic: ORDERS, max: MAX_BATCHES })
const stock = batches({ topic: STOCK, max: MAX_BATCHES })
const ends = replicas(ORDERS)
const open = transactions(ORDERS)

const TOPICS = `./bin/kafka-topics --bootstrap-server ${COORDINATOR}:9092 --create`

export default defineLab({
  slug: 'transactions',
  title: 'Transactions, and one that hangs',
  course: 'internals',
  module: 'transactions',
  minutes: 25,
  clusters: { main: cluster({ combined: 1, brokers: 1 }) },
  hosts: ['client'],
  shows: [open, ends, partitionFiles({ host: LEADER, topic: ORDERS, partition: 0 })],
  prepare: [
    {
      host: 'client',
      command: [
        'cd ~/kafka',
        // As TransactionStateManager.transactionTopicConfigs has it, and with as many partitions as a coordinator counts with.
        `${TOPICS} --topic __transaction_state --replica-assignment 1,1,1,1 --config cleanup.policy=compact --config compression.type=uncompressed --config unclean.leader.election.enable=false --config segment.bytes=104857600`,
        `${TOPICS} --topic ${ORDERS} --replica-assignment 2`,
        `${TOPICS} --topic ${STOCK} --replica-assignment 1`,
      ].join(' && '),
    },
  ],
  steps: [
    step('open', {
      title: 'An open transaction',
      facts: { open, orders, stock, ends },
      checks: [
        {
          id: 'held-back',
          title: `A transaction is open in ${ORDERS} and ${STOCK}, and a record of no transaction waits behind it in ${ORDERS}`,
          judge: ({ facts }) => {
            const seen = seenOf(facts)
            if (typeof seen === 'string') return missing(seen)
            const ongoing = seen.transactions.filter(({ state }) => state === 'Ongoing')
            const found = ongoing.find((one) => hasPart(one, ORDERS) && hasPart(one, STOCK))
            if (!found) {
              const [only] = ongoing
              if (!only) return missing('No transaction is open.')
              return missing(
                `The transaction of ${only.transactionalId} has written to ${only.partitions.map(({ topic }) => topic).join(', ') || 'nothing'} so far.`,
              )
            }
            const start = startOf(seen.producers, found.producerId)
            if (start === null) return missing(`The leader of ${ORDERS} has not told yet where it begins.`)
            const plain = seen.orders.find(
              ({ transactional, control, baseOffset }) => !transactional && control === null && baseOffset > start,
            )
            if (!plain)
              return missing(
                `The transaction of ${found.transactionalId} begins at offset ${start} of ${ORDERS}. Nothing of no transaction has come behind it yet.`,
              )
            const [log] = seen.ends
            if (!log || log.lastStable !== start)
              return missing(`The last stable offset of ${ORDERS} is not at ${start}, where it begins.`)
            return passed(
              `${found.transactionalId} has a transaction open, from offset ${start} of ${ORDERS}. The last stable offset stays there; record ${plain.baseOffset}, of no transaction, waits behind it.`,
              { producerId: found.producerId, epoch: found.producerEpoch, start, plain: plain.baseOffset },
            )
          },
          hints: [
            'Open, write to both topics, and end nothing. Then write to orders without a transaction.',
            'The till has words for it: open, begin, send. The console producer writes without a transaction.',
            "On client: ./till a open till-1; ./till a begin; ./till a send orders coffee; ./till a send stock 'coffee -1'; echo water | ./bin/kafka-console-producer --bootstrap-server node-1:9092 --topic orders",
          ],
        },
      ],
    }),
    step('commit', {
      title: 'Commit',
      facts: { open, orders, stock, ends },
      predict: {
        question: `The log of ${ORDERS} ends at some offset now. By how many will that rise with the commit?`,
        refuse: notANumber,
        outcome: (given) => ({
          right: numberIn(given) === 1,
          says: 'By one: the marker is a record of its own in each partition of the transaction, and takes an offset there.',
        }),
      },
      checks: [
        {
          id: 'committed',
          title: `Both logs have the marker of one commit, and nothing of ${ORDERS} is held back`,
          judge: ({ facts, passes }) => {
            const seen = seenOf(facts)
            if (typeof seen === 'string') return missing(seen)
            const from = told(passes['held-back'], 'start')
            if (from === null) return missing('A transaction has to be open first.')
            const marker = seen.orders.find(
              (one) => one.control === 'commit' && one.baseOffset > from && markerIn(seen.stock, one) !== undefined,
            )
            if (!marker) {
              const aborted = seen.orders.find(({ control, baseOffset }) => control === 'abort' && baseOffset > from)
              return missing(
                aborted
                  ? `Marker ${aborted.baseOffset} of ${ORDERS} says abort. Begin another transaction in both topics, and commit it.`
                  : `No commit has reached both logs.`,
              )
            }
            const [log] = seen.ends
            if (!log || log.lastStable < log.end)
              return missing(
                `Markers are there, but the last stable offset of ${ORDERS} is ${log?.lastStable ?? 'not known'}: another transaction is open.`,
              )
            return passed(
              `Marker ${marker.baseOffset} of ${ORDERS} and marker ${markerIn(seen.stock, marker)} of ${STOCK} say commit, for producer ${marker.producerId}. The last stable offset is the end, ${log.end}.`,
              { producerId: marker.producerId, offset: marker.baseOffset, epoch: marker.producerEpoch },
            )
          },
          hints: [
            'The transaction of the step before is still open.',
            'One word of the till ends it for both topics.',
            'On client: ./till a commit',
          ],
        },
      ],
      ask: `Which producer epoch does the commit marker in ${ORDERS} carry?`,
      judge: (given, { passes, facts }) => {
        const [epoch, offset] = [told(passes.committed, 'epoch'), told(passes.committed, 'offset')]
        if (epoch === null || offset === null) return missing('There is no commit marker yet.')
        const number = numberIn(given)
        if (number === null) return missing('An epoch is a whole number.')
        if (number === epoch) return passed(`Marker ${offset} carries producer epoch ${epoch}.`, { epoch })
        const its = told(passes.committed, 'producerId')
        const seen = seenOf(facts)
        const record =
          typeof seen === 'string'
            ? undefined
            : seen.orders.findLast(
                ({ producerId, control, baseOffset }) => producerId === its && control === null && baseOffset < offset,
              )
        return missing(
          record?.producerEpoch === number
            ? `${number} is the epoch of the records. Look at the batch behind them, which is a control batch.`
            : `The marker’s epoch is not ${number}. Dump the log of ${ORDERS} on ${LEADER}, and look at the control batch.`,
        )
      },
    }),
    step('abort', {
      title: 'Abort',
      facts: { orders, files: partitionFiles({ host: LEADER, topic: ORDERS, partition: 0 }) },
      checks: [
        {
          id: 'aborted',
          title: `The log of ${ORDERS} has records that were aborted, and the transaction index on ${LEADER} names them`,
          judge: ({ facts, passes }) => {
            const why = unread(ORDERS, facts.orders)
            if (why) return missing(why)
            const log = batchesIn(facts.orders)
            const from = told(passes.committed, 'offset')
            if (from === null) return missing('A transaction has to be committed first.')
            const marker = log.findLast(
              (one) => one.control === 'abort' && one.baseOffset > from && dataBefore(log, one) !== undefined,
            )
            if (!marker) return missing(`No transaction with records in ${ORDERS} has been aborted since.`)
            const index = facts.files.state === 'fetched' ? facts.files.value?.files.find(isIndex) : undefined
            if (!index || index.bytes === 0)
              return missing(`The transaction index of ${ORDERS} on ${LEADER} is empty: the marker is not there yet.`)
            const data = dataBefore(log, marker)!
            return passed(
              `Marker ${marker.baseOffset} aborts what producer ${marker.producerId} wrote from offset ${data.baseOffset} on; ${index.name} has ${counted(index.bytes, 'byte')}.`,
              { offset: marker.baseOffset, producerId: marker.producerId },
            )
          },
          hints: [
            'A transaction that ends the other way, and that had written something to orders.',
            'begin, send to orders, abort.',
            'On client: ./till a begin; ./till a send orders tea; ./till a abort',
          ],
        },
      ],
    }),
    step('fence', {
      title: 'Two programs, one till',
      facts: { orders },
      predict: {
        question:
          'Program a has a transaction open and sleeps. Program b opens the same till. What becomes of the record that a has written: committed, aborted or open?',
        refuse: (given) =>
          /^\s*(committed|aborted|open)\s*$/i.test(given) ? null : 'Answer committed, aborted or open.',
        outcome: (given) => ({
          right: given.trim().toLowerCase() === 'aborted',
          says: 'Aborted, and before b got its epoch: the coordinator ends what an older epoch left open, and answers a newcomer only then.',
        }),
      },
      checks: [
        {
          id: 'fenced',
          title:
            'What one program had open was aborted, and another one with a later epoch of the same producer id has committed',
          judge: ({ facts, passes }) => {
            const why = unread(ORDERS, facts.orders)
            if (why) return missing(why)
            const log = batchesIn(facts.orders)
            const from = told(passes.aborted, 'offset')
            if (from === null) return missing('A transaction has to be aborted first.')
            const markers = log.filter((one) => one.control === 'abort' && one.baseOffset > from)
            for (const marker of markers) {
              const left = dataBefore(log, marker)
              const taken = log.find((one) => isDataOf(one, marker.producerId) && one.baseOffset > marker.baseOffset)
              if (!left || !taken) continue
              // The next epoch after an end is the producer's own; a program that starts gets one more.
              if (taken.producerEpoch <= marker.producerEpoch)
                return missing(
                  `Record ${taken.baseOffset} was written in epoch ${taken.producerEpoch}, by the program whose transaction was aborted at ${marker.baseOffset}. Another one should take over.`,
                )
              const commit = log.find(
                (one) =>
                  one.control === 'commit' && one.producerId === marker.producerId && one.baseOffset > taken.baseOffset,
              )
              if (!commit)
                return missing(`Record ${taken.baseOffset}, in epoch ${taken.producerEpoch}, is not committed yet.`)
              return passed(
                `Producer ${marker.producerId}: record ${left.baseOffset} of epoch ${left.producerEpoch} was aborted at ${marker.baseOffset}; epoch ${taken.producerEpoch} wrote record ${taken.baseOffset} and committed it.`,
                { offset: commit.baseOffset, producerId: marker.producerId, epoch: taken.producerEpoch },
              )
            }
            return missing(
              markers.length === 0
                ? `Nothing of ${ORDERS} has been aborted since.`
                : 'The open transaction was aborted. Nobody has written with the same producer id since.',
            )
          },
          hints: [
            'A transactional.id belongs to the program that asked for it last.',
            'Let a begin and send, then open b with the id of a, and let b do a transaction of its own.',
            'On client: ./till a begin; ./till a send orders milk; ./till b open till-1; ./till b begin; ./till b send orders juice; ./till b commit',
          ],
        },
      ],
    }),
    step('hang', {
      title: 'A record that comes too late',
      facts: { open, orders },
      checks: [
        {
          id: 'hangs',
          title: `The leader of ${ORDERS} has a transaction open that no coordinator knows, begun behind its own abort marker`,
          judge: ({ facts }) => {
            const seen = seenOf({ open: facts.open, orders: facts.orders })
            if (typeof seen === 'string') return missing(seen)
            const began = seen.producers.filter(({ transactionStart }) => transactionStart >= 0)
            const [only] = began
            if (!only) return missing(`No transaction is open in ${ORDERS}.`)
            for (const { producerId, producerEpoch, transactionStart } of began) {
              const owner = seen.transactions.find((one) => one.producerId === producerId)
              if (owner && (hasPart(owner, ORDERS) || owner.producerEpoch <= producerEpoch)) continue
              const marker = seen.orders.findLast(
                (one) => one.control === 'abort' && one.producerId === producerId && one.baseOffset < transactionStart,
              )
              if (marker?.producerEpoch !== producerEpoch) continue
              return passed(
                `Record ${transactionStart} of producer ${producerId}, epoch ${producerEpoch}, came behind marker ${marker.baseOffset}, which had aborted its transaction. Its coordinator is at epoch ${owner?.producerEpoch ?? 'nothing'}, and has nothing open in ${ORDERS}.`,
                { producerId, epoch: producerEpoch, start: transactionStart },
              )
            }
            return missing(
              `The transaction that begins at offset ${only.transactionStart} of ${ORDERS} is known to its coordinator: it will end it.`,
            )
          },
          hints: [
            'It takes a record that is still under way when its transaction is aborted, and a broker that asks nobody.',
            `Take back what KIP-890 brought: transaction.version to 1, ${VERIFICATION} to false. Then cut the link from client to ${LEADER} while a till sends, let it abort and close, and heal.`,
            `./till c open till-2, begin, send orders tea; cut client → ${LEADER}; ./till c send orders late, abort, close; heal, and wait for half a minute`,
          ],
        },
      ],
    }),
    step('free', {
      title: 'Find it, and abort it',
      facts: { open, orders, ends },
      checks: [
        {
          id: 'freed',
          title: `An abort marker ends what hung, and nothing of ${ORDERS} is held back`,
          judge: ({ facts, passes }) => {
            const seen = seenOf(facts)
            if (typeof seen === 'string') return missing(seen)
            const [start, producerId] = [told(passes.hangs, 'start'), told(passes.hangs, 'producerId')]
            if (start === null || producerId === null) return missing('No transaction hangs yet.')
            const marker = seen.orders.find(
              (one) => one.control !== null && one.producerId === producerId && one.baseOffset > start,
            )
            if (!marker)
              return missing(`The transaction that began at offset ${start} of ${ORDERS} still has no marker.`)
            if (marker.control !== 'abort')
              return missing(
                `Marker ${marker.baseOffset} of ${ORDERS} says commit: what had been aborted is committed now. Make another one hang, and abort it.`,
              )
            const [log] = seen.ends
            if (!log || log.lastStable < log.end)
              return missing(`The last stable offset of ${ORDERS} is ${log?.lastStable ?? 'not known'}, below its end.`)
            return passed(
              `Marker ${marker.baseOffset} ends the transaction that began at ${start}; the last stable offset is the end, ${log.end}.`,
              { offset: marker.baseOffset },
            )
          },
          hints: [
            'Its coordinator cannot end what it does not know. Who can write a marker besides?',
            'kafka-transactions find-hanging finds it, and abort takes the topic, the partition and the start offset.',
            './bin/kafka-transactions --bootstrap-server node-1:9092 find-hanging --topic orders --max-transaction-timeout 0; then abort --topic orders --partition 0 --start-offset with what it shows',
          ],
        },
        {
          id: 'protected',
          title: 'Both protections are on again',
          judge: ({ cluster, passes }) => {
            if (!passes.hangs) return missing('No transaction hangs yet.')
            const level = cluster.features['transaction.version'] ?? 0
            if (level < 2) return missing(`transaction.version is ${level}.`)
            const off = Object.entries(cluster.configs).find(([, values]) => values[VERIFICATION] === 'false')
            if (off) return missing(`${VERIFICATION} is false still.`)
            return passed(
              `transaction.version is ${level}, and brokers ask the coordinator before they begin a transaction.`,
            )
          },
          hints: [
            'Two settings made this possible. What was each before?',
            'kafka-features upgrade brings transaction.version to 2; kafka-configs --delete-config takes a setting back.',
            `./bin/kafka-features --bootstrap-server node-1:9092 upgrade --feature transaction.version=2; ./bin/kafka-configs --bootstrap-server node-1:9092 --alter --entity-type brokers --entity-default --delete-config ${VERIFICATION}`,
          ],
        },
      ],
    }),
  ],
})

type Looks = {
  open: Fact<{ transactions: Transaction[]; producers: ActiveProducer[] }>
  orders: Batches
  stock?: Batches
  ends?: Fact<{ replicas: ReplicaLog[] }>
}
type Seen = {
  transactions: Transaction[]
  producers: ActiveProducer[]
  orders: TopicBatch[]
  stock: TopicBatch[]
  /** of the only replica */
  ends: ReplicaLog[]
}

/** All that is asked for; a sentence where something is not there. */
function seenOf({ open, orders, stock, ends }: Looks): Seen | string {
  for (const fact of [open, orders, stock, ends]) {
    if (fact?.state === 'failed') return `The brokers cannot be asked: ${fact.why}.`
    if (fact?.state === 'not-fetched') return 'Asking the brokers.'
  }
  const value = <Value>(fact: Fact<Value> | undefined): Value | undefined =>
    fact?.state === 'fetched' ? fact.value : undefined
  return {
    transactions: value(open)?.transactions ?? [],
    producers: value(open)?.producers ?? [],
    orders: value(orders)?.batches ?? [],
    stock: value(stock)?.batches ?? [],
    ends: value(ends)?.replicas ?? [],
  }
}

const hasPart = ({ partitions }: Transaction, topic: string): boolean => partitions.some((one) => one.topic === topic)

const startOf = (producers: ActiveProducer[], id: number): number | null =>
  producers.find(({ producerId, transactionStart }) => producerId === id && transactionStart >= 0)?.transactionStart ??
  null

/** The same end of the same transaction in another log. */
const markerIn = (log: TopicBatch[], { producerId, producerEpoch, control }: TopicBatch): number | undefined =>
  log.find((one) => one.producerId === producerId && one.producerEpoch === producerEpoch && one.control === control)
    ?.baseOffset

const isDataOf = ({ producerId, transactional, control }: TopicBatch, id: number): boolean =>
  producerId === id && transactional && control === null

/** The first batch of the transaction that this marker ends; undefined where it had none in this log. */
function dataBefore(log: TopicBatch[], marker: TopicBatch): TopicBatch | undefined {
  const ended =
    log.findLast(
      ({ control, producerId, baseOffset }) =>
        control !== null && producerId === marker.producerId && baseOffset < marker.baseOffset,
    )?.baseOffset ?? -1
  return log.find(
    (one) => isDataOf(one, marker.producerId) && one.baseOffset > ended && one.baseOffset < marker.baseOffset,
  )
}

const isIndex = ({ kind }: { kind: string }): boolean => kind === 'transaction index'
