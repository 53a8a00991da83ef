/**
 * The labs of client programs: the same four programs in each language, judged alike by what arrived at a cluster that they
 * could not know. A lab adds its language, how its programs are run, and its hints.
 */
import { type Check, cluster, defineLab, type Lab, step } from '#labs/engine/define.ts'
import { judgeNoneLost, judgeOnce, judgeOrders, judgeTopics, triedWhole } from './client-judges.ts'
import {
  billsTrial,
  CLIENT,
  filled,
  ORDERS,
  onceTrial,
  ordersTopic,
  ordersTrial,
  SAMPLE_LINES,
  SHOP,
  topicsTrial,
} from './client-trials.ts'
import { recordsOf } from './tried.ts'

type Program = {
  /** in ~/shop */
  file: string
  /** how it is run there */
  command: string
  hints: Check['hints']
}
type ClientLab = Pick<Lab, 'slug' | 'title' | 'minutes'> & {
  topics: Program
  orders: Program
  bills: Program
  once: Program
}

export function clientLab({ topics, orders, bills, once, ...about }: ClientLab): Lab {
  const run = Object.fromEntries(
    [topics, orders, bills, once].map(({ file, command }) => [file, `cd ~/shop && ${command}`]),
  )
  const trials = {
    topics: topicsTrial(topics.command),
    orders: ordersTrial(orders.command),
    bills: billsTrial(bills.command),
    once: onceTrial(once.command),
  }
  return defineLab({
    ...about,
    course: 'internals',
    module: 'client-programs',
    editor: { ...SHOP, run },
    clusters: {
      main: cluster({
        combined: 1,
        brokers: 1,
        // The first member of a group waits for no others; Kafka's default is three seconds.
        properties: { 'group.initial.rebalance.delay.ms': '0' },
      }),
    },
    hosts: [CLIENT],
    prepare: [
      filled({
        topics: [{ ...ordersTopic('orders'), partitions: 2 }],
        lines: SAMPLE_LINES,
      }),
    ],
    steps: [
      step('topics', {
        title: 'Topics, as they should be',
        facts: { topics: trials.topics },
        checks: [
          {
            id: 'topics-as-asked',
            title: 'The program makes a topic that is not there, and brings one that is to what is asked',
            trial: 'topics',
            judge: ({ facts }) => triedWhole(facts.topics, judgeTopics),
            hints: topics.hints,
          },
        ],
      }),
      step('orders', {
        title: 'Orders, each of them once',
        facts: { orders: trials.orders },
        checks: [
          {
            id: 'orders-arrive',
            title: 'Each order arrives once, where its customer’s orders are; one that is refused is told of',
            trial: 'orders',
            judge: ({ facts }) => triedWhole(facts.orders, judgeOrders),
            hints: orders.hints,
          },
        ],
      }),
      step('bills', {
        title: 'Bills, killed in the middle',
        facts: { bills: trials.bills },
        predict: {
          question: `The trial kills your program in the middle and starts it again. There are ${ORDERS} orders. When its offsets are committed behind the bills, how many bills are there at the end: fewer than ${ORDERS}, ${ORDERS} exactly, or ${ORDERS} and some more?`,
          refuse: (given) => (guessed(given) === null ? 'Answer “fewer”, “exactly” or “more”.' : null),
          outcome: (given, { facts }) => {
            const all = facts.bills.state === 'fetched' ? recordsOf(facts.bills.value.facts.bills).length : 0
            const came = all > ORDERS ? 'more' : all === ORDERS ? 'exactly' : 'fewer'
            return {
              right: guessed(given) === came || guessed(given) === 'more',
              says: `There were ${all}. Between a bill and the commit behind it there is always a moment. Who is killed in it writes that bill again: at least once, and now and then twice.`,
            }
          },
        },
        checks: [
          {
            id: 'none-lost',
            title: 'The program is killed and started again, and no order is without its bill',
            trial: 'bills',
            judge: ({ facts }) => triedWhole(facts.bills, judgeNoneLost),
            hints: bills.hints,
          },
        ],
      }),
      step('once', {
        title: 'Bills, each of them once',
        facts: { once: trials.once },
        checks: [
          {
            id: 'exactly-once',
            title: 'The program is killed and started again, and each order has exactly one bill that counts',
            trial: 'once',
            judge: ({ facts }) => triedWhole(facts.once, judgeOnce),
            hints: once.hints,
          },
        ],
      }),
    ],
  })
}

const guessed = (given: string): 'fewer' | 'exactly' | 'more' | null => {
  const words = given.toLowerCase()
  return (['fewer', 'exactly', 'more'] as const).find((one) => words.includes(one)) ?? null
}
