/** What the labs of client programs lay before a program: orders, topics with records in them, and the trials made of it. */
import { batches, groups, records, trial } from '#labs/engine/define.ts'
import type { Random } from '#labs/engine/trials.ts'

export const CLIENT = 'client'
export const SHOP = { host: CLIENT, directory: '/home/learner/shop' }
const BROKERS = 'node-1:9092,broker-2:9092'
export const COPIES = 2
export const PARTITIONS = 6
const BILLS_PARTITIONS = 2
const MAX_RECORDS = 300
/** Of a topic of orders: one order is larger, so that the brokers refuse it. */
const MAX_MESSAGE_BYTES = 10_000
const LARGE_NOTE = 20_000
export const ORDERS = 30
const CUSTOMERS = 6
/** A program is killed when so many bills are seen; they take it a fifth of a second each. */
const KILLED_AT = 8
/** The same for bills that are written in transactions of ten: behind the first. */
const KILLED_BEHIND_FIRST = 13
/** Two starts, one of them after a kill, on a busy machine. */
const TWICE_LIMIT_MS = 90_000

type Topic = { name: string; partitions?: number; copies?: number; config?: Record<string, string> }
type Filling = {
  topics: Topic[]
  /** their partition is chosen by the key as Java's producer does */
  records?: { topic: string; key: string; value: string }[]
  /** of ~/shop/orders.txt */
  lines?: string[]
}

const FILL = `
import json, pathlib, sys, time
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic
given = json.loads(sys.argv[1])
brokers = {"bootstrap.servers": "${BROKERS}"}
topics = [NewTopic(one["name"], one.get("partitions", 1), one.get("copies", 1), config=one.get("config", {})) for one in given["topics"]]
admin = AdminClient(brokers)
until = time.monotonic() + 60
while len(admin.list_topics(timeout=60).brokers) < 2 and time.monotonic() < until:
    time.sleep(0.1)
for made in admin.create_topics(topics, operation_timeout=20).values():
    made.result(30)
producer = Producer({**brokers, "partitioner": "murmur2_random"})
for one in given.get("records", []):
    producer.produce(one["topic"], one["value"], one["key"])
if producer.flush(30) > 0:
    raise SystemExit("not all records were delivered")
if "lines" in given:
    text = "".join(line.replace("NOTE", "x" * ${LARGE_NOTE}) + "\\n" for line in given["lines"])
    pathlib.Path.home().joinpath("shop/orders.txt").write_text(text)
`
export const ordersTopic = (name: string): Topic => ({
  name,
  partitions: PARTITIONS,
  copies: COPIES,
  config: { 'max.message.bytes': String(MAX_MESSAGE_BYTES) },
})

export const filled = (what: Filling) => ({
  host: CLIENT,
  command: `python3 - '${JSON.stringify(what)}' <<'END'${FILL}END`,
})

export type Order = { id: string; customer: string; quantity: number; cents: number; note: string }
/** As a line of orders.txt has it behind the customer, and as the record's value is. */
export const recordOf = ({ id, quantity, cents, note }: Order): string => `${id} ${quantity} ${cents} ${note}`
const lineOf = (order: Order): string => `${order.customer} ${recordOf(order)}`

/** As `kept` can carry them. @param large how many have a note that the brokers do not take */
function made(random: Random, { large }: { large: number }): string {
  const customers = Array.from({ length: CUSTOMERS }, () => random.word('customer'))
  const orders = Array.from({ length: ORDERS }, (_, at) => ({
    id: random.word('order'),
    customer: customers[at % CUSTOMERS]!,
    quantity: random.number(1, 9),
    cents: random.number(100, 999),
    // in the middle, so that others of its customer come before it and after it
    note: at >= ORDERS / 2 && at < ORDERS / 2 + large ? 'NOTE' : 'thanks',
  }))
  return JSON.stringify(orders)
}
export const ordersOf = (kept: { orders: string }): Order[] => JSON.parse(kept.orders) as Order[]

/** By hand: two dozen orders of people with names, one of them with the large note. */
export const SAMPLE_LINES = [1, 2, 3, 4].flatMap((nth) =>
  ['anna', 'ben', 'carla', 'david', 'emma', 'frank'].map((customer, at) =>
    lineOf({
      customer,
      id: `order-${nth}${at}`,
      quantity: nth,
      cents: 150 + 10 * at,
      note: nth === 3 && at === 2 ? 'NOTE' : 'thanks',
    }),
  ),
)

/** A topic that is not there, one with fewer partitions and one that has as many. @param command of the program, in its directory */
export const topicsTrial = (command: string) =>
  trial('topics', {
    ...SHOP,
    make: (random) => {
      const [fresh, old, grown] = [random.word('stock'), random.word('sales'), random.word('staff')]
      return {
        given: {
          TOPICS: `${old} ${grown} ${fresh}`,
          PARTITIONS: String(random.number(5, 9)),
          RETENTION_MS: String(random.number(86_400_001, 604_799_999)),
        },
        kept: { fresh, old, grown, own: String(random.number(20_001, 29_999)), earlier: random.word('earlier') },
      }
    },
    prepare: ({ given, kept }) => {
      const config = { 'max.message.bytes': kept.own }
      return [
        filled({
          topics: [
            { name: kept.old, partitions: 2, copies: COPIES, config },
            { name: kept.grown, partitions: Number(given.PARTITIONS), copies: COPIES, config },
          ],
          records: [{ topic: kept.old, key: 'earlier', value: kept.earlier }],
        }),
      ]
    },
    command,
    looks: ({ kept }) => ({ earlier: records({ topic: kept.old, max: MAX_RECORDS }) }),
  })

export const ordersTrial = (command: string) =>
  trial('orders', {
    ...SHOP,
    make: (random) => ({
      given: { TOPIC: random.word('orders'), REJECTED: random.word('rejected') },
      kept: { orders: made(random, { large: 1 }), earlier: random.word('earlier') },
    }),
    prepare: ({ given, kept }) => [
      filled({
        topics: [ordersTopic(given.TOPIC), { name: given.REJECTED, copies: COPIES }],
        records: ordersOf(kept)
          .slice(0, CUSTOMERS)
          .map(({ customer }) => ({ topic: given.TOPIC, key: customer, value: kept.earlier })),
        lines: ordersOf(kept).map(lineOf),
      }),
    ],
    command,
    looks: ({ given }) => ({
      arrived: records({ topic: given.TOPIC, max: MAX_RECORDS }),
      rejected: records({ topic: given.REJECTED, max: MAX_RECORDS }),
      batches: batches({ topic: given.TOPIC, max: MAX_RECORDS }),
    }),
  })

const billing = {
  ...SHOP,
  make: (random: Random) => ({
    given: { ORDERS: random.word('orders'), BILLS: random.word('bills'), GROUP: random.word('billing') },
    kept: { orders: made(random, { large: 0 }) },
  }),
  prepare: ({ given, kept }: { given: { ORDERS: string; BILLS: string }; kept: { orders: string } }) => [
    filled({
      topics: [ordersTopic(given.ORDERS), { name: given.BILLS, partitions: BILLS_PARTITIONS, copies: COPIES }],
      records: ordersOf(kept).map((order) => ({ topic: given.ORDERS, key: order.customer, value: recordOf(order) })),
    }),
  ],
  limitMs: TWICE_LIMIT_MS,
}

/** Killed when enough bills are seen, or when more orders count as done than have bills: a right program survives either. */
export const billsTrial = (command: string) =>
  trial('bills', {
    ...billing,
    command,
    looks: ({ given }) => ({
      bills: records({ topic: given.BILLS, max: MAX_RECORDS }),
      batches: batches({ topic: given.BILLS, max: MAX_RECORDS }),
      groups: groups({ everyMs: 100 }),
    }),
    killedWhen: ({ bills, groups }) => {
      if (bills.state !== 'fetched') return false
      const { length } = bills.value.records
      const done = groups.state === 'fetched' ? groups.value.flatMap(({ offsets }) => offsets) : []
      return length >= KILLED_AT || done.reduce((sum, { offset }) => sum + Math.max(0, offset), 0) > length
    },
  })

export const onceTrial = (command: string) =>
  trial('once', {
    ...billing,
    command,
    looks: ({ given }) => ({
      bills: records({ topic: given.BILLS, max: MAX_RECORDS }),
      batches: batches({ topic: given.BILLS, max: MAX_RECORDS }),
      groups: groups(),
      offsets: batches({ topic: '__consumer_offsets', max: MAX_RECORDS }),
    }),
    killedWhen: ({ bills }) => bills.state === 'fetched' && bills.value.records.length >= KILLED_BEHIND_FIRST,
  })
