import type { ClusterView, PartitionView } from '#labs/engine/cluster.ts'
import { cluster, defineLab, missing, passed, step } from '#labs/engine/define.ts'
import { partitionsOf, told } from '../quorum.ts'

const BROKERS = 3
const MIN_IN_SYNC = '2'

export default defineLab({
  slug: 'eligible-leader-replicas',
  title: 'Eligible to lead',
  course: 'kraft',
  module: 'broker-failure',
  minutes: 20,
  clusters: { main: cluster({ controllers: 1, brokers: BROKERS }) },
  hosts: ['client'],
  probe: 'main',
  steps: [
    step('replicate', {
      title: 'One partition, three replicas',
      checks: [
        {
          id: 'replicated',
          title: `Topic orders has one partition with ${BROKERS} replicas in sync, and needs ${MIN_IN_SYNC} for a write`,
          judge: ({ cluster }) => {
            const partitions = partitionsOf(cluster.topics.orders)
            const [only] = partitions
            if (!only) return missing('There is no topic orders.')
            if (partitions.length > 1)
              return missing(
                `orders has ${partitions.length} partitions; one is enough here. Delete it and create it again.`,
              )
            if (only.replicas.length !== BROKERS)
              return missing(`orders has ${only.replicas.length} of ${BROKERS} replicas.`)
            const minimum = cluster.configs['topic:orders']?.['min.insync.replicas']
            if (minimum !== MIN_IN_SYNC)
              return missing(`min.insync.replicas of orders is ${minimum ?? 'not set'}; it should be ${MIN_IN_SYNC}.`)
            if (only.isr.length < BROKERS) return missing(`${only.isr.length} of ${BROKERS} replicas are in sync.`)
            if (!cluster.probe?.acknowledged) return missing('The probe has not written its first record yet.')
            return passed(`Broker ${only.leader} leads orders-0; in sync are ${only.isr.join(', ')}.`)
          },
          hints: [
            'One partition is enough to see it, and three brokers are there.',
            'kafka-topics --create takes --replication-factor 3 and --config min.insync.replicas=2.',
            './bin/kafka-topics --bootstrap-server broker-1:9092,broker-2:9092,broker-3:9092 --create --topic orders --replica-assignment 1:2:3 --config min.insync.replicas=2',
          ],
        },
      ],
    }),
    step('shrink', {
      title: 'Stop two brokers in order',
      checks: [
        {
          id: 'elr-filled',
          title: 'One replica is in sync, and another one is eligible to lead',
          judge: ({ cluster }) => {
            const orders = ordersOf(cluster)
            if (!orders) return missing('There is no topic orders.')
            const { leader, isr, elr } = orders
            if (leader < 0) return missing(`${state(orders)} Nobody leads it: start one of the eligible ones.`)
            if (isr.length > 1)
              return missing(`${state(orders)} Below the minimum of ${MIN_IN_SYNC} the next one counts.`)
            const eligible = elr[0]
            if (eligible === undefined)
              return missing(
                `${state(orders)} Who left was killed: start one broker, wait until it is in sync, and stop it.`,
              )
            return passed(`${state(orders)} Broker ${eligible} left last, and has all that was acknowledged.`, {
              leader,
              eligible,
            })
          },
          hints: [
            'Three, two, one: look at the ISR after each broker that you stop.',
            'Stop two brokers that do not lead, by SIGTERM, one after the other. Wait for the ISR in between.',
            'Choose Stop (SIGTERM) for broker-3, wait until the panel shows two in sync, then for broker-2',
          ],
        },
      ],
    }),
    step('offline', {
      title: 'Stop the last one',
      checks: [
        {
          id: 'no-leader',
          title: 'Nobody is in sync, nobody leads, and two are eligible',
          judge: ({ cluster, passes }) => {
            if (!passes['elr-filled']) return missing('Nobody is eligible yet.')
            const orders = ordersOf(cluster)
            if (!orders) return missing('There is no topic orders.')
            if (orders.leader >= 0 || orders.isr.length > 0) return missing(state(orders))
            if (orders.elr.length < 2) return missing(`${state(orders)} Two should be eligible.`)
            return passed(state(orders))
          },
          hints: [
            'One broker is left. It leads, and is the ISR.',
            'Stop it in order, as the others. Start none of them yet.',
            'Choose Stop (SIGTERM) for the broker that still runs.',
          ],
        },
      ],
    }),
    step('return', {
      title: 'Bring back one that did not lead last',
      checks: [
        {
          id: 'elr-leads',
          title: 'A broker that was eligible leads, and it is not the one that led last',
          judge: ({ cluster, passes }) => {
            const [eligible, last] = [told(passes['elr-filled'], 'eligible'), told(passes['elr-filled'], 'leader')]
            if (eligible === null || !passes['no-leader'])
              return missing('The partition has not been without a leader yet.')
            const orders = ordersOf(cluster)
            if (!orders) return missing('There is no topic orders.')
            if (orders.leader < 0) return missing(`${state(orders)} Start broker ${eligible}.`)
            if (orders.leader !== eligible)
              return missing(
                `${state(orders)} Broker ${last} led last, so that was to be expected. Stop all three in order, ${last} at the end, and start broker ${eligible} first.`,
              )
            return passed(`${state(orders)} Broker ${last} had led until then.`, { leader: orders.leader })
          },
          hints: [
            'Two are eligible. Which of them has not led?',
            'The one that was stopped second: it left the ISR when that fell below the minimum.',
            'Choose Start for broker-2, and leave the others down.',
          ],
        },
        {
          id: 'none-lost',
          title: 'All three are back in sync, and every acknowledged record is there',
          judge: ({ cluster, history, passes }) => {
            if (!passes['elr-leads']) return missing('That is said when a broker from the ELR has led.')
            const orders = ordersOf(cluster)
            if (!orders || orders.isr.length < BROKERS)
              return missing(orders ? `${state(orders)} ${BROKERS} should be in sync.` : 'There is no topic orders.')
            return history.acknowledgedAllFound({ since: 'elr-leads' })
          },
          hints: [
            'The probe has a topic with the same settings. It reads back everything that was ever acknowledged to it.',
            'It needs all three brokers, and some seconds.',
            'Start the other two brokers and wait.',
          ],
        },
      ],
    }),
    step('unclean', {
      title: 'Kill instead of stop',
      checks: [
        {
          id: 'out-of-elr',
          title: 'A broker that was killed came back, and was eligible no more',
          judge: ({ cluster, history }) => {
            const left = history.last(
              'partition',
              ({ topic, elr, isr, before }) =>
                topic === 'orders' && before.elr.some((node) => !elr.includes(node) && !isr.includes(node)),
            )
            if (left) {
              const node = left.before.elr.find((one) => !left.elr.includes(one) && !left.isr.includes(one))
              return passed(
                `Broker ${node} was in the ELR [${left.before.elr.join(', ')}], came back without a clean shutdown, and was taken out: [${left.elr.join(', ')}].`,
                { node, seq: left.seq, at: left.at },
              )
            }
            const orders = ordersOf(cluster)
            if (!orders) return missing('There is no topic orders.')
            return missing(
              orders.elr.length === 0
                ? `${state(orders)} First the ELR has to have a member that was killed.`
                : `${state(orders)} Start a broker of the ELR that was killed.`,
            )
          },
          hints: [
            'A broker that is killed may have lost what its disk had not written yet. How would the controller know?',
            'Stop one broker, then kill another: it gets into the ELR when it is fenced. Then start the one that was killed.',
            'Stop broker-3 (SIGTERM), wait for two in sync; kill broker-2 (SIGKILL), wait until it is fenced, 10 seconds; start broker-2',
          ],
        },
      ],
    }),
  ],
})

const ordersOf = (cluster: ClusterView): PartitionView | undefined => cluster.topics.orders?.partitions[0]

const list = (nodes: number[]) => (nodes.length > 0 ? [...nodes].sort((a, b) => a - b).join(', ') : 'nobody')
const state = ({ leader, isr, elr }: PartitionView): string =>
  `orders-0: ${leader < 0 ? 'no leader' : `led by broker ${leader}`}; in sync: ${list(isr)}; eligible: ${list(elr)}.`
