import type { ClusterView } from '#labs/engine/cluster.ts'
import { cluster, defineLab, type Moment, missing, passed, step, type Verdict } from '#labs/engine/define.ts'
import type { EventOf } from '#labs/engine/events.ts'
import type { HistoryView } from '#labs/engine/history-view.ts'
import { counted, partitionsOf } from '../quorum.ts'

/** Enough that a broker leads many, and few enough for a small machine. */
const PARTITIONS = 300
const REPLICAS = 3
/** A broker that hands over in order leads about a third of them, or half when another has not led since its restart. */
const HANDED_OVER = 20
/** One that dies is missed after 9 s with KRaft and 18 s with ZooKeeper, by default. */
const IN_ORDER_MS = 4_000
const NAMES = { zk: 'the cluster with ZooKeeper', kraft: 'the cluster with KRaft' }
type Which = keyof typeof NAMES

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

function isLoaded(cluster: ClusterView, which: Which): Verdict {
  const partitions = partitionsOf(cluster.topics.load)
  if (partitions.length === 0) return missing(`${which}: there is no topic load.`)
  if (partitions.length < PARTITIONS)
    return missing(`${which}: load has ${counted(partitions.length, 'partition')}; it should have ${PARTITIONS}.`)
  const few = partitions.find(({ replicas }) => replicas.length !== REPLICAS)
  if (few)
    return missing(`${which}: load-${few.partition} has ${counted(few.replicas.length, 'replica')}, not ${REPLICAS}.`)
  const behind = partitions.filter(({ isr }) => isr.length < REPLICAS).length
  if (behind > 0)
    return missing(
      `${which}: ${counted(behind, 'partition')} of load ${behind === 1 ? 'has' : 'have'} a replica out of sync.`,
    )
  return passed(`load has ${partitions.length} partitions, each with ${REPLICAS} replicas in sync.`, {
    partitions: partitions.length,
  })
}

/** From when its process was gone; the connections of a node that was killed end a moment later. */
function endOf(history: HistoryView, down: EventOf<'node'>): number {
  const gone = history.last(
    'process',
    ({ host, state, seq }) => host === down.host && state === 'none' && seq <= down.seq,
  )
  return Math.min(down.at, gone?.at ?? down.at)
}

/** The controller died, and every partition that its broker led has another leader. */
function failedOver({ clusters, historyOf }: Pick<Moment, 'clusters' | 'historyOf'>, which: Which): Verdict {
  const view = clusters[which]!
  const history = historyOf(which)
  const down = history.last('node', ({ up, led, process }) => !up && led && process !== 'paused')
  if (!down || down.node === null) {
    const other = history.last('node', ({ up }) => !up)
    return missing(
      other
        ? `${other.host} went down, and it was not the controller of ${NAMES[which]}.`
        : `The controller of ${NAMES[which]} has not been killed.`,
    )
  }
  const { host, node } = down
  const from = endOf(history, down)
  const next = history.last('leader', ({ leader, at }) => leader !== null && leader !== node && at >= from)
  if (!next) return missing(`${host}, the controller, went down. No other is the controller yet.`)
  const mark = { seq: down.seq, at: down.at }
  const led = new Set(
    history
      .events('partition', { after: mark })
      .filter(({ topic, before }) => topic === 'load' && before.leader === node)
      .map(({ partition }) => partition),
  )
  const without = partitionsOf(view.topics.load).filter(({ leader }) => leader === node || leader < 0).length
  if (without > 0)
    return missing(
      `Broker ${next.leader} is the controller now. ${counted(without, 'partition')} of load still wait for a leader.`,
    )
  const last = history.last(
    'partition',
    ({ topic, partition, leader, before }) =>
      topic === 'load' && led.has(partition) && leader >= 0 && leader !== before.leader,
    { after: mark },
  )
  if (!last)
    return missing(
      `${host} led no partition of load when it died. Start it, choose another, and see that it leads some.`,
    )
  const ms = last.at - from
  const controllerMs = Math.max(0, next.at - from)
  return passed(
    `${host} was killed. After ${seconds(controllerMs)} broker ${next.leader} was the controller; after ${seconds(ms)} all ${led.size} partitions that ${host} had led had another leader.`,
    { ms, controllerMs, partitions: led.size, host, seq: last.seq, at: last.at },
  )
}

/** A broker was asked to stop, and all that it led moved at once, not when it was missed. */
function stoppedInOrder({ clusters, historyOf }: Pick<Moment, 'clusters' | 'historyOf'>, which: Which): Verdict {
  const history = historyOf(which)
  const down = history.last('node', ({ up, process }) => !up && process !== 'paused')
  const gone = down && history.last('process', ({ host, state }) => host === down.host && state === 'none')
  if (!down || !gone || down.node === null) return missing(`No broker of ${NAMES[which]} has been stopped.`)
  const { host, node } = down
  const moved = history
    .events('partition')
    .filter(({ topic, before, leader }) => topic === 'load' && before.leader === node && leader !== node)
  const led = partitionsOf(clusters[which]!.topics.load).filter(({ leader }) => leader === node).length
  if (led > 0) return missing(`${host} is down, and ${counted(led, 'partition')} of load still have no other leader.`)
  const [first, last] = [moved[0], moved.at(-1)]
  if (!first || !last || moved.length < HANDED_OVER)
    return missing(
      `${host} went down and led ${counted(moved.length, 'partition')} of load. Start it, and stop one that leads more.`,
    )
  if (last.at - gone.at > IN_ORDER_MS)
    return missing(
      `What ${host} led had no leader for ${seconds(last.at - gone.at)} after its end: that was no stop in order. Start it, and stop another one with SIGTERM.`,
    )
  const asked = history.faults({ action: 'stop', host }).findLast(({ at }) => at <= gone.at)
  const from = asked?.at ?? Math.min(first.at, gone.at)
  const ms = Math.max(gone.at, last.at) - from
  return passed(
    `${host} handed over ${counted(moved.length, 'partition')} and ended, ${seconds(ms)} after ${asked ? 'it was asked to' : 'the first of them moved'}.`,
    { ms, partitions: moved.length, host, seq: Math.max(gone.seq, last.seq), at: Math.max(gone.at, last.at) },
  )
}

export default defineLab({
  slug: 'zookeeper-and-kraft',
  title: 'ZooKeeper and KRaft, measured',
  course: 'kraft',
  module: 'log-of-all-logs',
  minutes: 25,
  startSeconds: 45,
  // The last Kafka that has both, so that nothing differs but where the metadata is.
  clusters: {
    zk: cluster({ zookeeper: 1, brokers: 3, kafka: '3.9.2' }),
    kraft: cluster({ combined: 3, kafka: '3.9.2' }),
  },
  hosts: [{ name: 'client', kafka: '3.9.2' }],
  steps: [
    step('find', {
      title: 'Who is in charge',
      ask: 'Which broker holds ZooKeeper’s node /controller? Give its id.',
      judge: (given, { clusters }) => {
        const controller = clusters.zk?.zookeeper?.controller
        if (!controller) return missing('Nobody holds /controller just now. Try again in a moment.')
        const [id] = given.match(/\d+/) ?? []
        if (id === undefined)
          return missing('Give the id of a broker, a number. The data of /controller has it as brokerid.')
        if (Number(id) !== controller.node)
          return missing(`Not broker ${id}. Read the data of /controller: it has brokerid.`)
        return passed(`Broker ${id} holds /controller, as controller number ${controller.epoch} of this cluster.`)
      },
    }),
    step('load', {
      title: 'The same load on both',
      checks: (['zk', 'kraft'] as const).map((which) => ({
        id: `${which}-loaded`,
        title: `In ${NAMES[which]} topic load has ${PARTITIONS} partitions with ${REPLICAS} replicas, all in sync`,
        judge: ({ clusters }) => isLoaded(clusters[which]!, which),
        hints: [
          'The same topic in two clusters: the same command, twice, to different brokers.',
          `kafka-topics --create takes --partitions ${PARTITIONS} and --replication-factor ${REPLICAS}. The welcome of the terminal says where each cluster is.`,
          `./bin/kafka-topics --bootstrap-server ${which === 'zk' ? 'zk-broker-1' : 'kraft-node-1'}:9092 --create --topic load --partitions ${PARTITIONS} --replication-factor ${REPLICAS}`,
        ] as const,
      })),
    }),
    step('kill', {
      title: 'Kill the controller',
      predict: {
        question:
          'You will kill the controller of each cluster. After how many seconds will the cluster with ZooKeeper have a leader for all its partitions again?',
        refuse: (given) => (/\d/.test(given) ? null : 'Give a number of seconds.'),
        outcome: (given, { passes }) => {
          const guess = Number(/\d+([.,]\d+)?/.exec(given)?.[0].replace(',', '.'))
          const ms = Number(passes['zk-controller']?.evidence.ms)
          const right = guess >= (ms / 1000) * 0.7 && guess <= (ms / 1000) * 1.3
          return {
            right,
            says: `It took ${seconds(ms)}. Nothing can begin before ZooKeeper has given up the dead broker’s session: 18 s by default (zookeeper.session.timeout.ms).`,
          }
        },
      },
      checks: (['zk', 'kraft'] as const).map((which) => ({
        id: `${which}-controller`,
        title: `In ${NAMES[which]} the controller died, and all that it led has another leader`,
        judge: (at) => failedOver(at, which),
        hints: [
          'The panel marks the controller of each cluster.',
          'Kill (SIGKILL) it by its menu in the panel, or with kill -9 in a terminal of its host; then wait.',
          `In a terminal of the host that is marked: pkill -9 -f kafka.Kafka. ${which === 'zk' ? 'It takes some 20 seconds.' : 'It takes some 10 seconds.'}`,
        ] as const,
      })),
    }),
    step('stop', {
      title: 'Stop a broker in order',
      checks: (['zk', 'kraft'] as const).map((which) => ({
        id: `${which}-stopped`,
        title: `In ${NAMES[which]} a broker handed over what it led, and ended`,
        judge: (at) => stoppedInOrder(at, which),
        hints: [
          'A broker that is asked to stop tells the controller so, and gives away what it leads before it ends.',
          'Start the one that you killed, wait until all replicas are in sync, then stop another one: one that leads partitions.',
          'Choose Stop (SIGTERM) in the menu of a broker that is not marked as the controller.',
        ] as const,
      })),
    }),
  ],
})
