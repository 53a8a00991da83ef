import type { ClusterView } from '#labs/engine/cluster.ts'
import { cluster, defineLab, missing, passed, replicas, step, type Verdict } from '#labs/engine/define.ts'
import { type Logs, listed, logOf, notAsAsked, onlyPartition } from '../partition.ts'
import { counted, told } from '../quorum.ts'
import { notANumber, numberIn } from '../snapshots.ts'

/** By name, the min.insync.replicas that it is created with. */
const TOPICS = { fast: '1', safe: '2' } as const
type Name = keyof typeof TOPICS
const NAMES = ['fast', 'safe'] as const
const BROKERS = 3
const RECORDS = 20
/** So long a leader keeps a follower in the ISR that does not fetch: longer than anybody takes to write and to kill. */
const LAG_MS = 180_000
const FACTS = { fast: replicas('fast'), safe: replicas('safe') }
type Facts = Record<Name, Logs>

export default defineLab({
  slug: 'losing-records',
  title: 'Losing records on purpose',
  course: 'internals',
  module: 'durability',
  minutes: 20,
  clusters: {
    main: cluster({
      controllers: 1,
      brokers: BROKERS,
      properties: { 'replica.lag.time.max.ms': LAG_MS },
      nodes: { 'controller-1': { 'auto.leader.rebalance.enable': false } },
    }),
  },
  hosts: ['client'],
  files: [
    {
      host: 'client',
      path: '/home/learner/kafka/impatient.properties',
      text: '# A producer that takes a request for failed after 3 seconds, not 30.\nrequest.timeout.ms=3000\ndelivery.timeout.ms=4000\n',
    },
  ],
  shows: [FACTS.fast, FACTS.safe],
  steps: [
    step('ledger', {
      title: 'Two topics, and what was promised',
      facts: FACTS,
      checks: [
        {
          id: 'ready',
          title: `Topics fast (min.insync.replicas 1) and safe (2) hold ${RECORDS} records each, on all ${BROKERS} replicas`,
          judge: ({ cluster, facts }) => {
            for (const name of NAMES) {
              const wrong = notAsAsked(cluster, name, { replicas: BROKERS, minimum: TOPICS[name] })
              const partition = onlyPartition(cluster, name)
              if (wrong || !partition) return missing(wrong ?? '')
              for (const broker of partition.replicas) {
                const end = logOf(facts[name], broker)?.end ?? 0
                if (end < RECORDS)
                  return missing(`The log of ${name} on broker ${broker} ends at ${end}, not at ${RECORDS}.`)
              }
            }
            const [fast, safe] = NAMES.map((name) => onlyPartition(cluster, name)?.leader)
            if (fast !== safe)
              return missing(`Broker ${fast} leads fast, and broker ${safe} leads safe. One should lead both.`)
            return passed(`Broker ${fast} leads both, and all three brokers have ${RECORDS} records of each.`, {
              leader: fast,
            })
          },
          hints: [
            'Two topics that differ in one setting, and a producer that says of each record whether it was acknowledged.',
            'kafka-topics --create takes --replica-assignment 1:2:3 and --config min.insync.replicas=2; kafka-verifiable-producer takes --acks 1 or -1 (all).',
            './bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic safe --replica-assignment 1:2:3 --config min.insync.replicas=2 (fast without --config), then ./bin/kafka-verifiable-producer --bootstrap-server broker-1:9092 --topic fast --acks 1 --max-messages 20 (safe with --acks -1)',
          ],
        },
      ],
    }),
    step('alone', {
      title: 'Followers that cannot fetch',
      facts: FACTS,
      checks: [
        {
          id: 'unreplicated',
          title: 'Of both topics the leader has records that no follower has, and all three are still in the ISR',
          judge: ({ cluster, facts, passes }) => {
            const leader = told(passes.ready, 'leader')
            if (leader === null) return missing('The topics are not ready yet.')
            const found: Partial<Record<Name, { end: number; more: number }>> = {}
            for (const name of NAMES) {
              const partition = onlyPartition(cluster, name)
              if (partition?.leader !== leader) return missing(`Broker ${leader} does not lead ${name} any more.`)
              if (partition.isr.length < BROKERS)
                return missing(
                  `In sync in ${name} are ${listed(partition.isr)}. Choose Heal all cuts, and wait for all three.`,
                )
              const end = logOf(facts[name], leader)?.end
              const others = partition.replicas.filter((one) => one !== leader)
              const ends = others.map((one) => logOf(facts[name], one)?.end)
              if (end === undefined || ends.includes(undefined)) return missing('Reading the ends of the logs.')
              const most = Math.max(...(ends as number[]))
              if (end <= most) return missing(`Of ${name} broker ${leader} has no record that no other has.`)
              found[name] = { end, more: end - most }
            }
            const { fast, safe } = found as Record<Name, { end: number; more: number }>
            return passed(
              `Broker ${leader} alone has the last ${counted(fast.more, 'record')} of fast and the last ${safe.more} of safe. Both are led by it, and all three replicas are in the ISR.`,
              { leader, fast: fast.more, safe: safe.more, fastEnd: fast.end, safeEnd: safe.end },
            )
          },
          hints: [
            'The leader is to live and to be reached by the client and the controller, but by no follower.',
            'Split the network: broker-1 in A, broker-2 and broker-3 in B, the others in no group. Then write to both topics.',
            './bin/kafka-verifiable-producer --bootstrap-server broker-1:9092 --topic fast --acks 1 --max-messages 20 --value-prefix 2 --command-config impatient.properties, and the same with --topic safe --acks -1',
          ],
        },
      ],
    }),
    step('kill', {
      title: 'The leader dies',
      predict: {
        question: `Each topic has ${RECORDS} new records that broker 1 alone has. How many acknowledged records will be lost, of both topics together?`,
        refuse: notANumber,
        outcome: (given, { passes }) => {
          const lost = told(passes.unreplicated, 'fast')
          return {
            right: numberIn(given) === lost,
            says: `${lost}: those of fast, written with acks=1. The ${told(passes.unreplicated, 'safe')} of safe are gone as well, but they were never acknowledged: their producer got an error.`,
          }
        },
      },
      checks: [
        {
          id: 'new-leader',
          title: 'The leader is gone, and another one, from the ISR, leads both topics',
          judge: ({ cluster, history, passes }) => {
            const was = told(passes.unreplicated, 'leader')
            if (was === null) return missing('There is nothing to lose yet.')
            if (cluster.nodes[`broker-${was}`]?.up) return missing(`Broker ${was} lives.`)
            for (const name of NAMES) {
              const moved = history.partitionLeaderMoved({ topic: name, from: was, after: 'unreplicated' })
              if (!moved.passed || onlyPartition(cluster, name)?.leader === was)
                return missing(
                  `Broker ${was} is still the leader of ${name}: the controller waits 9 s for a heartbeat.`,
                )
            }
            const leader = onlyPartition(cluster, 'fast')!.leader
            return passed(
              `Broker ${leader} leads both topics. It was in the ISR: for Kafka this is a clean election.`,
              { was, leader },
            )
          },
          hints: [
            'Everybody in the ISR may lead. Who is in it?',
            'Choose Kill (SIGKILL) for the broker that leads, and wait until the controller has fenced it.',
            'In a terminal of broker-1: pkill -9 -f kafka.Kafka, then wait 10 seconds',
          ],
        },
      ],
    }),
    step('return', {
      title: 'It comes back',
      facts: FACTS,
      checks: [
        {
          id: 'cut-off',
          title: 'The old leader is in sync again, and has cut off what it alone had',
          judge: ({ cluster, facts, passes }) => {
            const was = told(passes['new-leader'], 'was')
            if (was === null) return missing('No leader has died yet.')
            if (!cluster.nodes[`broker-${was}`]?.up) return missing(`Broker ${was} is down.`)
            const ends: Partial<Record<Name, number>> = {}
            for (const name of NAMES) {
              const partition = onlyPartition(cluster, name)
              if (!partition?.isr.includes(was)) return missing(`Broker ${was} is not in sync in ${name}.`)
              const [leads, follows] = [logOf(facts[name], partition.leader), logOf(facts[name], was)]
              if (!leads || !follows) return missing('Reading the ends of the logs.')
              const before = told(passes.unreplicated, `${name}End`)!
              if (follows.end >= before)
                return missing(`The log of ${name} on broker ${was} ends at ${follows.end}; before it was ${before}.`)
              if (follows.end !== leads.end) return missing(`Broker ${was} has not all of ${name} yet.`)
              ends[name] = leads.end
            }
            return passed(
              `On broker ${was} fast ended at ${told(passes.unreplicated, 'fastEnd')} and ends at ${ends.fast} now; safe at ${told(passes.unreplicated, 'safeEnd')} and at ${ends.safe}.`,
              { fastEnd: ends.fast, safeEnd: ends.safe },
            )
          },
          hints: [
            'It has to run, and to reach the one that leads now.',
            'Choose Heal all cuts, then Start in the menu of broker-1.',
            'After the heal, on broker-1: ./bin/kafka-server-start -daemon config/broker.properties',
          ],
        },
      ],
    }),
    step('refuse', {
      title: 'One disk is not enough',
      facts: FACTS,
      checks: [
        {
          id: 'refused',
          title: 'With one replica in sync, fast takes records, and safe takes none',
          judge: (at) => {
            const wrong = notSafeAnyMore(at.cluster)
            if (wrong) return wrong
            const [fastEnd, safeEnd] = [told(at.passes['cut-off'], 'fastEnd'), told(at.passes['cut-off'], 'safeEnd')]
            if (fastEnd === null || safeEnd === null) return missing('The old leader is not back yet.')
            const alone = alike(at.cluster, at.facts, 1)
            if (typeof alone === 'string') return missing(alone)
            if (alone.fast <= fastEnd)
              return missing(`In sync is broker ${alone.leader} alone. fast has no new record.`)
            if (alone.safe > safeEnd)
              return missing(
                `safe has taken ${counted(alone.safe - safeEnd, 'record')}. Was that with two in sync, or with acks=1?`,
              )
            return passed(
              `In sync is broker ${alone.leader} alone: fast has taken ${counted(alone.fast - fastEnd, 'record')}, safe none. Its minimum is ${TOPICS.safe}.`,
              { leader: alone.leader, fastEnd: alone.fast, safeEnd: alone.safe },
            )
          },
          hints: [
            'How many replicas in sync does each of the topics want for acks=all?',
            'Stop two brokers by SIGTERM, those that do not lead, and write to both topics with acks=all.',
            'Choose Stop (SIGTERM) for broker-3 and broker-1; then ./bin/kafka-verifiable-producer --bootstrap-server broker-2:9092 --topic fast --acks -1 --max-messages 20, and the same with --topic safe',
          ],
        },
        {
          id: 'accepted',
          title: 'With two in sync, safe takes records again, and two logs have them',
          judge: (at) => {
            const wrong = notSafeAnyMore(at.cluster)
            if (wrong) return wrong
            const safeEnd = told(at.passes.refused, 'safeEnd')
            if (safeEnd === null) return missing('safe has not refused anything yet.')
            const two = alike(at.cluster, at.facts, 2)
            if (typeof two === 'string') return missing(two)
            if (two.safe <= safeEnd) return missing('Two replicas are in sync. safe has no new record.')
            return passed(
              `safe has taken ${counted(two.safe - safeEnd, 'record')}, and both replicas in sync have them.`,
            )
          },
          hints: [
            'What is the least that has to change?',
            'Start one of the two brokers, wait until it is in sync, and write to safe.',
            'Choose Start for broker-3; then ./bin/kafka-verifiable-producer --bootstrap-server broker-2:9092 --topic safe --acks -1 --max-messages 20',
          ],
        },
      ],
    }),
  ],
})

/** What is asked of safe is asked of its minimum. */
function notSafeAnyMore(cluster: ClusterView): Verdict | null {
  const wrong = notAsAsked(cluster, 'safe', { replicas: BROKERS, minimum: TOPICS.safe })
  return wrong === null ? null : missing(wrong)
}

/** Where the leader's logs end, which all that are in sync have; else why they are not so. */
function alike(
  cluster: ClusterView,
  facts: Facts,
  inSync: number,
): { leader: number; fast: number; safe: number } | string {
  const ends: Record<Name, number> = { fast: 0, safe: 0 }
  let leader = -1
  for (const name of NAMES) {
    const partition = onlyPartition(cluster, name)
    if (!partition) return `There is no topic ${name} with one partition.`
    if (partition.leader < 0) return `Nobody leads ${name}: start the broker that led.`
    if (partition.isr.length !== inSync)
      return `In sync in ${name} are ${listed(partition.isr)}: it should be ${inSync === 1 ? 'the leader alone' : `${inSync} of them`}.`
    const logs = partition.isr.map((one) => logOf(facts[name], one)?.end)
    const end = logOf(facts[name], partition.leader)?.end
    if (end === undefined || logs.some((one) => one !== end)) return `Not all that are in sync have all of ${name} yet.`
    ends[name] = end
    leader = partition.leader
  }
  return { leader, ...ends }
}
