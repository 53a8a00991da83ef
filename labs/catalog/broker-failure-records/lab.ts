import { cluster, defineLab, missing, passed, step } from '#labs/engine/define.ts'
import type { HistoryView } from '#labs/engine/history-view.ts'
import { counted, partitionsOf, told } from '../quorum.ts'
import { fieldsOf, isAt, isRunning } from '../records.ts'
import { notANumber, numberIn } from '../snapshots.ts'

const PARTITIONS = 6
const REPLICAS = 2
const BROKERS = [1, 2, 3]
/** The one that dies. */
const DYING = 2
const HOST = 'broker-2'
/** broker.session.timeout.ms; behind it a batch has to be appended, and seen by the watcher. */
const SESSION_MS = 9_000
const SEEN_MS = 3_000

export default defineLab({
  slug: 'broker-failure-records',
  title: 'A broker’s death, record by record',
  course: 'kraft',
  module: 'broker-failure',
  minutes: 18,
  clusters: {
    main: cluster({
      controllers: 1,
      brokers: BROKERS.length,
      running: false,
      // What moves leaders back here is the learner, not a clock.
      properties: { 'auto.leader.rebalance.enable': false },
    }),
  },
  hosts: ['client'],
  steps: [
    step('start', {
      title: 'Start the cluster, create a topic',
      predict: {
        question: `Topic orders is to have ${PARTITIONS} partitions with ${REPLICAS} replicas each, spread over ${BROKERS.length} brokers. Of how many partitions will broker ${DYING} have a replica?`,
        refuse: notANumber,
        outcome: (given, { passes }) => {
          const [all, led] = [told(passes.placed, 'all') ?? 0, told(passes.placed, 'led') ?? 0]
          return {
            right: numberIn(given) === all,
            says: `It has a replica of ${counted(all, 'partition')}: it leads ${led} and follows in ${all - led}. ${PARTITIONS * REPLICAS} replicas are dealt to ${BROKERS.length} brokers in turn.`,
          }
        },
      },
      checks: [
        {
          id: 'up',
          title: 'controller-1 leads, and all three brokers are unfenced',
          judge: ({ cluster }) => isRunning(cluster, BROKERS),
          hints: [
            'Four hosts have a node, and none runs. Each has a configuration in its directory config.',
            'Choose Start in the menus of controller-1 and of the brokers, or use kafka-server-start on each.',
            'On controller-1: ./bin/kafka-server-start -daemon config/controller.properties, and on each broker: ./bin/kafka-server-start -daemon config/broker.properties',
          ],
        },
        {
          id: 'placed',
          title: `Topic orders has ${PARTITIONS} partitions with ${REPLICAS} replicas each, spread over all brokers`,
          judge: ({ cluster }) => {
            const partitions = partitionsOf(cluster.topics.orders)
            if (partitions.length === 0) return missing('There is no topic orders.')
            if (partitions.length !== PARTITIONS)
              return missing(`orders has ${counted(partitions.length, 'partition')}; it should have ${PARTITIONS}.`)
            const few = partitions.find(({ replicas }) => replicas.length !== REPLICAS)
            if (few)
              return missing(
                `orders-${few.partition} has ${counted(few.replicas.length, 'replica')}; it should have ${REPLICAS}.`,
              )
            const lag = partitions.find(({ isr }) => isr.length < REPLICAS)
            if (lag) return missing(`orders-${lag.partition} has ${lag.isr.length} of ${REPLICAS} replicas in sync.`)
            const all = partitions.filter(({ replicas }) => replicas.includes(DYING)).length
            const led = partitions.filter(({ leader }) => leader === DYING).length
            if (led < 2 || led === all || all === PARTITIONS)
              return missing(
                `Broker ${DYING} has a replica of ${counted(all, 'partition')}, and leads ${led}. It should lead two, follow in others, and not be in all. Were all brokers up when you created the topic? Delete orders, and create it again when the panel shows all three unfenced.`,
              )
            return passed(
              `Broker ${DYING} has a replica of ${all} of the ${PARTITIONS} partitions of orders, and leads ${led}.`,
              { all, led },
            )
          },
          hints: [
            'All three brokers have to be up first: one that is fenced is not made the leader of anything.',
            'kafka-topics --create takes --partitions and --replication-factor.',
            './bin/kafka-topics --bootstrap-server broker-1:9092,broker-3:9092 --create --topic orders --partitions 6 --replication-factor 2',
          ],
        },
      ],
    }),
    step('kill', {
      title: 'Kill a broker',
      predict: {
        question: `${HOST} is about to be killed with SIGKILL. How many PARTITION_CHANGE_RECORDs will the controller write when it fences it?`,
        refuse: notANumber,
        outcome: (given, { history }) => {
          const changes = deathOf(history)?.changes ?? []
          const led = changes.filter(hasLeader).length
          return {
            right: numberIn(given) === changes.length,
            says: `It wrote ${changes.length}, one for each partition that had broker ${DYING} in its ISR. ${led} of them ${led === 1 ? 'has' : 'have'} a leader in it: broker ${DYING} led there. In the others the ISR alone changes.`,
          }
        },
      },
      checks: [
        {
          id: 'fenced',
          title: `${HOST} died, and a record fenced broker ${DYING}`,
          judge: ({ cluster, history }) => {
            const down = history.nodeDown({ host: HOST })
            const death = deathOf(history)
            if (death?.shutdown !== undefined)
              return missing(
                `${HOST} was stopped in order: record ${death.shutdown} says so (inControlledShutdown). Start it, let it lead again (kafka-leader-election), and kill it.`,
              )
            if (!down.passed && cluster.nodes[HOST]?.process === 'none')
              return missing(`${HOST} was down before your guess. Start it, let it lead again, and kill it then.`)
            if (!down.passed) return down
            const { seq, at } = down.evidence as { seq?: number; at?: number }
            if (!death || death.fence.seq < (seq ?? 0))
              return missing(`${HOST} went down, and has not been fenced yet.`, {
                says: `The controller fences a broker from which no heartbeat has come for ${SESSION_MS / 1000} s (broker.session.timeout.ms).`,
                from: at ?? 0,
                due: (at ?? 0) + SESSION_MS + SEEN_MS,
              })
            return passed(
              `${HOST} went down. Record ${death.fence.offset} fenced broker ${DYING}, ${((death.fence.timestamp - (at ?? 0)) / 1000).toFixed(1)} s later.`,
              { offset: death.fence.offset },
            )
          },
          hints: [
            'A broker that is stopped in order says so, and that is another story. Here it has to die.',
            'The signal is SIGKILL. Then the controller has to notice, which takes up to nine seconds.',
            `On ${HOST}: pkill -9 -f kafka.Kafka, or Kill in the menu of the host; then wait`,
          ],
        },
        {
          id: 'elected',
          title: `What broker ${DYING} led in orders has another leader, by records of the same batch`,
          judge: ({ cluster, history, passes }) => {
            if (!passes.fenced) return missing(`Broker ${DYING} has not died and been fenced yet.`)
            const death = deathOf(history)
            const moved = (death?.changes ?? []).filter(
              (record) => hasLeader(record) && fieldsOf(record).topicId === cluster.topics.orders?.id,
            )
            if (!death || moved.length === 0)
              return missing(
                `Broker ${DYING} led no partition of orders when it was fenced. Start it, let it lead again (kafka-leader-election), and kill it once more.`,
              )
            const says = moved.map(
              (record) =>
                `record ${record.offset} gives orders-${fieldsOf(record).partitionId} to broker ${leaderIn(record)}`,
            )
            return passed(`In the batch that ends with record ${death.fence.offset}, ${says.join(', ')}.`, {
              partitions: moved.map((record) => fieldsOf(record).partitionId),
            })
          },
          hints: [
            'It has to lead something when it dies. After a restart a broker leads nothing at first.',
            'kafka-topics --describe --topic orders shows who leads; broker 2 should be among the leaders before it dies.',
            './bin/kafka-leader-election --bootstrap-server broker-1:9092,broker-3:9092 --election-type preferred --all-topic-partitions gives it its partitions back',
          ],
        },
      ],
      ask: `Which offset has the record that fenced broker ${DYING}?`,
      judge: (given, { cluster, history, passes }) => {
        const offset = numberIn(given)
        if (offset === null) return missing('An offset is a whole number.')
        const death = deathOf(history)
        if (!death || !passes.fenced) return missing(`Broker ${DYING} has not died and been fenced yet.`)
        const { fence, changes } = death
        if (offset === fence.offset)
          return passed(
            `Record ${offset} has fenced: 1 for broker ${DYING} of broker epoch ${fieldsOf(fence).brokerEpoch}.`,
          )
        if (changes.some((record) => record.offset === offset))
          return missing(`Record ${offset} is of the same batch, and about a partition. The broker comes behind these.`)
        return missing(isAt(offset, cluster, history))
      },
    }),
    step('elected', {
      title: 'Who leads now',
      ask: `Choose a partition of orders that broker ${DYING} led. Give three numbers: the partition, the broker that leads it now, and its leader epoch.`,
      judge: (given, { cluster, passes }) => {
        const numbers = [...given.replaceAll(/[a-z]+-/gi, '').matchAll(/\d+/g)].map(Number)
        const [partition, leader, epoch] = numbers
        if (numbers.length !== 3 || partition === undefined)
          return missing('Give three numbers, with blanks between: partition, leader, leader epoch.')
        const moved = (passes.elected?.evidence.partitions as number[] | undefined) ?? []
        const now = cluster.topics.orders?.partitions[partition]
        if (!now) return missing(`There is no orders-${partition}.`)
        if (!moved.includes(partition)) return missing(`Broker ${DYING} did not lead orders-${partition} when it died.`)
        if (leader !== now.leader) return missing(`Broker ${leader} does not lead orders-${partition}.`)
        if (epoch !== now.leaderEpoch)
          return missing(
            epoch === now.leaderEpoch - 1
              ? `${epoch} was the leader epoch of orders-${partition} before. Each election raises it.`
              : `The leader epoch of orders-${partition} is not ${epoch}. It is a partition’s own, not that of the quorum.`,
          )
        return passed(`orders-${partition} is led by broker ${leader}, in its leader epoch ${epoch}.`)
      },
    }),
    step('return', {
      title: 'Bring it back',
      predict: {
        question: `${HOST} comes back with all its data. When it is in sync everywhere again, and nobody has asked for an election: of how many partitions of orders will it be the leader?`,
        refuse: notANumber,
        outcome: (given, { cluster }) => {
          const led = partitionsOf(cluster.topics.orders).filter(({ leader }) => leader === DYING).length
          return {
            right: numberIn(given) === led,
            says: `It leads ${led === 0 ? 'none' : led}. Its return made each ISR whole again, and no record of that has a leader in it: a leader that works is left alone.`,
          }
        },
      },
      checks: [
        {
          id: 'registered',
          title: `Broker ${DYING} has registered anew, and been unfenced`,
          judge: ({ cluster, history, passes }) => {
            const fence = told(passes.fenced, 'offset')
            if (fence === null) return missing(`Broker ${DYING} has not died yet.`)
            const life = registrationOf(history)
            if (!life || life.offset < fence) return missing(`Broker ${DYING} has not registered again yet.`)
            const unfenced = changesOf(history).find((record) => record.offset > life.offset && isFenced(record) === -1)
            if (!unfenced || cluster.brokers[DYING]?.fenced !== false)
              return missing(`Broker ${DYING} has registered with record ${life.offset}, and is still fenced.`)
            return passed(
              `Record ${life.offset} registers broker ${DYING}, and record ${unfenced.offset} unfences it.`,
              {
                offset: life.offset,
              },
            )
          },
          hints: [
            'Its disk is as it was. It has to run, and to reach the controller.',
            `Choose Start in the menu of ${HOST}, or use kafka-server-start there.`,
            `On ${HOST}: ./bin/kafka-server-start -daemon config/broker.properties`,
          ],
        },
        {
          id: 'in-sync',
          title: `Broker ${DYING} is in the ISR again wherever it has a replica of orders`,
          judge: ({ cluster, history, passes }) => {
            const since = told(passes.registered, 'offset')
            if (since === null) return missing(`Broker ${DYING} has not registered again yet.`)
            const partitions = partitionsOf(cluster.topics.orders)
            const lag = partitions.filter(({ replicas, isr }) => replicas.includes(DYING) && !isr.includes(DYING))
            if (lag.length > 0)
              return missing(
                `It is not in the ISR of ${lag.map(({ partition }) => `orders-${partition}`).join(', ')} yet.`,
              )
            const grown = history.records({
              type: 'PARTITION_CHANGE_RECORD',
              where: ({ isr }, record) => record.offset > since && Array.isArray(isr) && isr.includes(DYING),
              all: true,
            })
            return passed(
              `${counted(grown.length, 'PARTITION_CHANGE_RECORD')} behind record ${since} ${grown.length === 1 ? 'has' : 'have'} broker ${DYING} in the ISR again.`,
            )
          },
          hints: [
            'Registered is not in sync: it fetches what it missed, and the leader of each partition then asks the controller to take it in.',
            'All brokers have to run, and to reach each other. Nothing else is to be done.',
            'Start every broker that is down, mend all links, and wait some seconds',
          ],
        },
      ],
      ask: `Which broker epoch has broker ${DYING} now?`,
      judge: (given, { cluster, history, passes }) => {
        const epoch = numberIn(given)
        if (epoch === null) return missing('A broker epoch is a whole number.')
        if (!passes.registered) return missing(`Broker ${DYING} has not registered again yet.`)
        const now = registrationOf(history)
        if (!now) return missing('Reading its registration.')
        if (epoch === now.offset)
          return passed(`It registered with record ${epoch}, and a broker epoch is that offset.`, { epoch })
        if (registrationsOf(history).some(({ offset }) => offset === epoch))
          return missing(`${epoch} was its broker epoch in an earlier life.`)
        return missing(isAt(epoch, cluster, history))
      },
    }),
    step('elect', {
      title: 'Give it back what it led',
      predict: {
        question:
          'A preferred election is asked for all partitions of the cluster. How many PARTITION_CHANGE_RECORDs will it append?',
        refuse: notANumber,
        outcome: (given, { history }) => {
          const elections = electionsOf(history)
          return {
            right: numberIn(given) === elections.length,
            says: `It appended ${elections.length}: ${elections.map((record) => `record ${record.offset} has leader ${leaderIn(record)}`).join(', ')}. Where the preferred leader leads already, nothing is written.`,
          }
        },
      },
      checks: [
        {
          id: 'preferred',
          title: 'Every partition of orders is led by its preferred leader, with all replicas in sync',
          judge: ({ cluster, history }) => {
            const partitions = partitionsOf(cluster.topics.orders)
            if (partitions.length === 0) return missing('There is no topic orders.')
            const other = partitions.find(({ leader, replicas }) => leader !== replicas[0])
            if (other)
              return missing(
                `orders-${other.partition} is led by broker ${other.leader}; its preferred leader is broker ${other.replicas[0]}.`,
              )
            const lag = partitions.find(({ isr, replicas }) => isr.length < replicas.length)
            if (lag) return missing(`orders-${lag.partition} has ${lag.isr.length} of ${REPLICAS} replicas in sync.`)
            const last = electionsOf(history).at(-1)
            if (!last) return missing('No record has given a partition its preferred leader back.')
            return passed(
              `Each is led by the first of its replicas. Record ${last.offset} gave orders-${fieldsOf(last).partitionId} to broker ${leaderIn(last)}.`,
            )
          },
          hints: [
            'A leader that works is not replaced by itself here: auto.leader.rebalance.enable is false.',
            'kafka-leader-election asks for it; the type is preferred, and --all-topic-partitions says which.',
            './bin/kafka-leader-election --bootstrap-server broker-1:9092,broker-3:9092 --election-type preferred --all-topic-partitions',
          ],
        },
      ],
    }),
  ],
})

type LoggedRecord = ReturnType<HistoryView['records']>[number]

const isFenced = (record: LoggedRecord) => fieldsOf(record).fenced
const leaderIn = (record: LoggedRecord) => fieldsOf(record).leader
/** Left out, the leader stays. */
const hasLeader = (record: LoggedRecord) => typeof leaderIn(record) === 'number'
const ofDying = ({ brokerId }: Record<string, unknown>) => brokerId === DYING

const changesOf = (history: HistoryView) =>
  history.records({ type: 'BROKER_REGISTRATION_CHANGE_RECORD', where: ofDying, all: true })
const registrationsOf = (history: HistoryView) =>
  history.records({ type: 'REGISTER_BROKER_RECORD', where: ofDying, all: true })
const registrationOf = (history: HistoryView) => registrationsOf(history).at(-1)

/** Elections since the step opened: of what a failure brings about, the ISR changes too. */
const electionsOf = (history: HistoryView) =>
  history
    .records({ type: 'PARTITION_CHANGE_RECORD' })
    .filter((record) => hasLeader(record) && fieldsOf(record).isr === undefined)

type Death = {
  fence: LoggedRecord
  /** of the same batch, right before it */
  changes: LoggedRecord[]
  /** offset of the record that announced it, where there is one: it was none */
  shutdown: number | undefined
}
/** The last time that the broker was fenced since the step opened. It may be said twice; the first says something new. */
function deathOf(history: HistoryView): Death | null {
  const own = changesOf(history)
  const opened = new Set(history.records({ type: 'BROKER_REGISTRATION_CHANGE_RECORD' }).map(({ offset }) => offset))
  const last = own.findLastIndex((record) => isFenced(record) === 1 && opened.has(record.offset))
  if (last < 0) return null
  const unfenced = own.findLastIndex((record, at) => at < last && isFenced(record) === -1)
  const fence = own.find((record, at) => at > unfenced && isFenced(record) === 1)!
  const changes = history
    .records({ type: 'PARTITION_CHANGE_RECORD', all: true })
    .filter(({ offset, timestamp }) => offset < fence.offset && timestamp === fence.timestamp)
  const { brokerEpoch } = fieldsOf(fence)
  const shutdown = own.find(
    (record) => fieldsOf(record).brokerEpoch === brokerEpoch && fieldsOf(record).inControlledShutdown === 1,
  )
  return { fence, changes, shutdown: shutdown?.offset }
}
