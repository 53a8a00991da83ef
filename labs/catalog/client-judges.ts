/** What the checks of client programs say of a trial: of the topics, offsets and markers that were at its cluster. Pure. */
import { type Fact, type FactSpec, missing, passed, type Verdict } from '#labs/engine/define.ts'
import type { TopicBatch, TopicRecord } from '#labs/protocol/observation.ts'
import {
  type billsTrial,
  COPIES,
  type Order,
  type onceTrial,
  ordersOf,
  type ordersTrial,
  recordOf,
  type topicsTrial,
} from './client-trials.ts'
import { committed, type Groups, groupOf } from './groups.ts'
import { counted } from './quorum.ts'
import { readCommitted } from './topic-log.ts'
import { recordsOf, tried } from './tried.ts'

/** The evidence of a trial. */
type Of<Make extends (command: string) => FactSpec<unknown>> =
  ReturnType<Make> extends FactSpec<infer Evidence> ? Evidence : never

/** Of the looks of a trial all topics are there: the trial laid them. So what cannot be read is not empty. */
export const triedWhole = <Evidence extends { facts: object }>(
  fact: Fact<Evidence>,
  judge: (evidence: Evidence) => Verdict,
): Verdict =>
  tried(fact, (evidence) => {
    const looks = Object.entries(evidence.facts as Record<string, Fact<{ complete?: boolean }>>)
    const isWhole = looks.every(
      ([name, look]) => name === OFFSETS || (look.state === 'fetched' && look.value.complete !== false),
    )
    return isWhole ? judge(evidence) : missing('Not all that arrived could be read. Try it again.')
  })
/** The look at __consumer_offsets, which comes to be with the first group. */
const OFFSETS = 'offsets'

type Records = Fact<{ records: TopicRecord[] }>
type Batches = Fact<{ batches: TopicBatch[] }>
const batchesOf = (fact: Batches): TopicBatch[] => (fact.state === 'fetched' ? fact.value.batches : [])
/** Those that read_committed gets. */
function countingOf(records: Records, batches: Batches): TopicRecord[] {
  const { counting } = readCommitted(batchesOf(batches))
  return recordsOf(records).filter(({ partition, offset }) => counting.has(`${partition}/${offset}`))
}

/** A value of orders, or of bills: what it begins with, the order's id. */
const idIn = (value: string | null): string => (value ?? '').split(' ')[0] ?? ''
const few = (ids: string[]): string => `${ids.slice(0, 3).join(', ')}${ids.length > 3 ? ' and others' : ''}`

export function judgeTopics({ given, kept, topics, configs, facts: seen }: Of<typeof topicsTrial>): Verdict {
  for (const name of [kept.fresh, kept.old, kept.grown]) {
    const [topic, config] = [topics[name], configs[`topic:${name}`] ?? {}]
    const is = name === kept.fresh ? name : `${name}, which was there before,`
    if (!topic) return missing(`The program was told of ${name}; there is no such topic at its cluster.`)
    if (topic.partitions !== Number(given.PARTITIONS))
      return missing(`${is} has ${counted(topic.partitions, 'partition')}; the program was told ${given.PARTITIONS}.`)
    if (topic.replicas !== COPIES)
      return missing(`${is} has ${counted(topic.replicas, 'replica')} of each partition, and not ${COPIES}.`)
    if (config['retention.ms'] !== given.RETENTION_MS)
      return missing(
        `retention.ms of ${is} ${config['retention.ms'] ? `is ${config['retention.ms']}` : 'was not set'}; the program was told ${given.RETENTION_MS}.`,
      )
    if (name !== kept.fresh && config['max.message.bytes'] !== kept.own)
      return missing(
        `${name} had max.message.bytes=${kept.own} of its own, and has it no longer: the program replaced all that was set.`,
      )
  }
  if (!recordsOf(seen.earlier).some(({ value }) => value === kept.earlier))
    return missing(`${kept.old} had a record, and has it no longer: the program made the topic anew.`)
  return passed(
    `${kept.fresh} was made and ${kept.old} was changed: ${given.PARTITIONS} partitions, retention.ms ${given.RETENTION_MS}. ${kept.old} kept max.message.bytes=${kept.own}.`,
  )
}

export function judgeNoneLost({ given, kept, killed, facts: seen }: Of<typeof billsTrial>): Verdict {
  const all = ordersOf(kept)
  const bills = countingOf(seen.bills, seen.batches)
  const done = ordersDone(seen.groups, given)
  const wrong = judgeBills(all, bills, { killed, done })
  if (wrong) return missing(wrong)
  if (!killed) return missing(NOT_KILLED)
  if (done < all.length)
    return missing(
      `All orders have their bills, but group ${given.GROUP} has committed ${done} of ${all.length} orders: the next start would begin again.`,
    )
  const more = bills.length - all.length
  return passed(
    `It was killed in the middle. Each of ${all.length} orders has its bill${more > 0 ? `, and ${counted(more, 'bill')} came twice` : ''}; group ${given.GROUP} has committed all of them.`,
    { orders: all.length, bills: bills.length },
  )
}

export function judgeOnce({ given, kept, killed, facts: seen }: Of<typeof onceTrial>): Verdict {
  const all = ordersOf(kept)
  const log = recordsOf(seen.bills)
  const counts = countingOf(seen.bills, seen.batches)
  const done = ordersDone(seen.groups, given)
  const written = batchesOf(seen.batches)
  const { counting, open } = readCommitted(written)
  if (log.length > 0 && written.every(({ transactional }) => !transactional))
    return missing('Bills arrived, none of them in a transaction.')
  if (open)
    return missing(
      'A transaction is still open, and whoever reads with read_committed waits behind it. Has the producer the same transactional.id at each start, and does it say that it is there before it reads?',
    )
  const wrong = judgeBills(all, counts, { killed, done })
  if (wrong) return missing(wrong)
  if (counts.length > all.length) return missing(tooMany(all, counts))
  if (!killed) return missing(NOT_KILLED)
  const withOffsets = new Set(
    batchesOf(seen.offsets)
      .filter(({ transactional, control }) => transactional && control === null)
      .map(transactionOf),
  )
  const beside = written.filter(
    (one) =>
      one.control === null &&
      counting.has(`${one.partition}/${one.baseOffset}`) &&
      !withOffsets.has(transactionOf(one)),
  )
  if (beside.length > 0)
    return missing(
      'Each order has one bill. But the offsets were not committed in the transaction of the bills: killed between the two, it would bill twice.',
    )
  if (done < all.length) return missing(`Group ${given.GROUP} has committed ${done} of ${all.length} orders.`)
  const aborted = log.length - counts.length
  return passed(
    `It was killed in the middle. Each of ${all.length} orders has one bill that is committed, and its offset with it. ${aborted > 0 ? `${counted(aborted, 'bill')} of a transaction that was aborted ${aborted === 1 ? 'lies' : 'lie'} in the log, and ${aborted === 1 ? 'does' : 'do'} not count.` : 'The kill came between two transactions.'}`,
    { orders: all.length, aborted },
  )
}

/** Since Kafka 4.0 each transaction has an epoch of its own; a client that does not know that keeps one for all of its. */
const transactionOf = ({ producerId, producerEpoch }: TopicBatch): string => `${producerId}/${producerEpoch}`

function tooMany(orders: Order[], bills: TopicRecord[]): string {
  const ids = bills.map(({ key }) => key ?? '')
  const twice = orders.map(({ id }) => id).filter((id) => ids.indexOf(id) !== ids.lastIndexOf(id))
  if (twice.length > 0)
    return `${counted(twice.length, 'order')} ${twice.length === 1 ? 'was' : 'were'} billed more than once, as committed: ${few(twice)}.`
  return `There are bills of no order: ${few(ids.filter((key) => !orders.some(({ id }) => id === key)))}.`
}

const NOT_KILLED =
  'It ended before the trial could kill it in the middle. A bill takes a fifth of a second to make: leave that in.'

export function judgeOrders({ given, kept, facts: seen }: Of<typeof ordersTrial>): Verdict {
  const all = ordersOf(kept)
  const large = all.find(({ note }) => note === 'NOTE')!
  const wanted = all.filter((order) => order !== large)
  const arrived = countingOf(seen.arrived, seen.batches)
  const earlier = new Map(arrived.filter(({ value }) => value === kept.earlier).map((one) => [one.key, one]))
  const sent = arrived.filter(({ value }) => value !== kept.earlier)
  if (sent.length === 0) return missing(`Nothing arrived in ${given.TOPIC}. What did the program print?`)
  const by = (order: Order) => sent.filter(({ value }) => value === recordOf(order))
  const lost = wanted.filter((order) => by(order).length === 0)
  if (lost.length > 0)
    return missing(
      `${lost.length} of ${wanted.length} orders that the brokers take did not arrive, as the line has them behind the customer: ${few(lost.map(({ id }) => id))}.`,
    )
  const twice = wanted.filter((order) => by(order).length > 1)
  if (twice.length > 0) return missing(`Orders arrived more than once: ${few(twice.map(({ id }) => id))}.`)
  const strange = sent.filter(({ value }) => !wanted.some((order) => recordOf(order) === value))
  if (strange.length > 0)
    return missing(`${given.TOPIC} has records that are no orders: ${few(strange.map(({ value }) => idIn(value)))}.`)
  const keyless = wanted.filter((order) => by(order)[0]?.key !== order.customer)
  if (keyless.length > 0)
    return missing(`${keyless.length} of ${wanted.length} orders do not have their customer as the key.`)
  const elsewhere = wanted.filter((order) => by(order)[0]?.partition !== earlier.get(order.customer)?.partition)
  if (elsewhere.length > 0) {
    const [order] = elsewhere
    return missing(
      `Earlier orders of ${order!.customer} are in partition ${earlier.get(order!.customer)?.partition}, the new ones in ${by(order!)[0]?.partition}: ${elsewhere.length} of ${wanted.length} orders are not where Java’s producer puts that key.`,
    )
  }
  const late = wanted.find((order, at) => {
    const before = wanted.slice(0, at).findLast(({ customer }) => customer === order.customer)
    return before && by(before)[0]!.offset > by(order)[0]!.offset
  })
  if (late) return missing(`The orders of ${late.customer} did not arrive in their order.`)
  const begins = (partition: number) =>
    Math.max(-1, ...[...earlier.values()].filter((one) => one.partition === partition).map(({ offset }) => offset))
  const bare = batchesOf(seen.batches).filter((one) => one.producerId < 0 && one.baseOffset > begins(one.partition))
  if (bare.length > 0)
    return missing(
      'The orders came from a producer without an id: one that is sent again after a lost answer lies there twice. Make it idempotent.',
    )
  const told = recordsOf(seen.rejected)
  if (!told.some(({ key, value }) => key === large.id || idIn(value) === large.id))
    return missing(
      `Order ${large.id} is too large for ${given.TOPIC}, so the brokers refused it. ${told.length === 0 ? `Nobody was told: ${given.REJECTED} is empty.` : `${given.REJECTED} does not name it.`}`,
    )
  const wrongly = told.filter(({ key, value }) => key !== large.id && idIn(value) !== large.id)
  if (wrongly.length > 0)
    return missing(
      `${given.REJECTED} also names orders that arrived: ${few(wrongly.map(({ key, value }) => key ?? idIn(value)))}.`,
    )
  return passed(
    `${wanted.length} orders arrived once, each customer’s in their order and in one partition; ${large.id}, which is too large, stands in ${given.REJECTED}.`,
    { orders: wanted.length },
  )
}

/** What is wrong with these bills; null: each order has one at least, and it is right. */
function judgeBills(
  orders: Order[],
  bills: TopicRecord[],
  { killed, done }: { killed: boolean; done: number },
): string | null {
  if (bills.length === 0 && done === 0)
    return 'Nothing arrived in the topic that BILLS named. What did the program print?'
  const without = orders.filter(({ id }) => !bills.some(({ key }) => key === id))
  if (without.length > 0) {
    const lost = `${without.length} of ${orders.length} orders have no bill: ${few(without.map(({ id }) => id))}.`
    if (done < orders.length)
      return `${lost} It has committed ${done} of ${orders.length}, so it ended before it came to all of them. What did it print? A second start that is a new member waits 45 s for the dead one.`
    return killed
      ? `${lost} Their offsets are committed: killed behind the offset and before the bill, it does not read them again.`
      : `${lost} Their offsets are committed.`
  }
  const wrong = orders.filter(({ id, quantity, cents }) =>
    bills.some(({ key, value }) => key === id && Number(value) !== quantity * cents),
  )
  if (wrong.length > 0) return `The bill of ${few(wrong.map(({ id }) => id))} is not quantity times cents.`
  return null
}

/** How many orders are behind the offsets of the group, all partitions together. */
function ordersDone(groups: Groups, { GROUP, ORDERS }: { GROUP: string; ORDERS: string }): number {
  const group = groupOf(groups, GROUP)
  const offsets = typeof group === 'string' ? [] : Object.values(committed(group, ORDERS))
  return offsets.reduce((sum, offset) => sum + Math.max(0, offset), 0)
}
