import { defineSolution, edit, predict, tryIt } from '#labs/engine/solution.ts'

/** A topic that is there is brought to what is asked. */
const names = edit(
  'topics.py',
  'from confluent_kafka.admin import AdminClient, NewTopic',
  `from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewPartitions, NewTopic`,
)
const change = edit(
  'topics.py',
  `    return os.environ.get(name, otherwise)
`,
  `    return os.environ.get(name, otherwise)


def change(admin, topic, partitions, retention):
    has = len(admin.list_topics(topic, timeout=10).topics[topic].partitions)
    if has < partitions:
        admin.create_partitions([NewPartitions(topic, partitions)])[topic].result()
    setting = ConfigEntry("retention.ms", retention, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource("topic", topic, incremental_configs=[setting])
    admin.incremental_alter_configs([resource])[resource].result()
`,
)
const there = edit(
  'topics.py',
  `    made.result()
    print("made", topic)`,
  `    try:
        made.result()
        print("made", topic)
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise
        change(admin, topic, partitions, retention)
        print("changed", topic)`,
)
export const topics = [names, change, there]

/** @param batches what keeps the large order from taking others with it */
const producer = (batches: string) =>
  edit(
    'orders.py',
    '        "bootstrap.servers": "node-1:9092,broker-2:9092",',
    `        "bootstrap.servers": "node-1:9092,broker-2:9092",
        "partitioner": "murmur2_random",  # as Java's producer
        "enable.idempotence": True,${batches}`,
  )
const reported = edit(
  'orders.py',
  'refused = []',
  `refused = []


def reported(error, record):
    if error:
        refused.append(record.value().decode().split()[0])
`,
)
const asked = edit(
  'orders.py',
  '        producer.produce(topic, order, customer)',
  '        producer.produce(topic, order, customer, on_delivery=reported)',
)
const raising = edit(
  'orders.py',
  'from confluent_kafka import Producer',
  'from confluent_kafka import KafkaException, Producer',
)
const told = edit(
  'orders.py',
  'print("refused:", refused)',
  `

def arrived(error, record):
    if error:
        raise KafkaException(error)


for order_id in refused:
    producer.produce(rejected, "refused", order_id, on_delivery=arrived)
if producer.flush(30) > 0:
    raise SystemExit("not all refused orders were told of")
print("refused:", refused)`,
)
export const ordersWith = (batches: string) => [producer(batches), reported, asked, raising, told]

export const byHand = edit(
  'bills.py',
  '        "auto.commit.interval.ms": 1000,',
  '        "enable.auto.commit": False,',
)
export const behind = edit(
  'bills.py',
  '    producer.flush()',
  `    producer.flush()
    consumer.commit(asynchronous=False)`,
)

export const named = edit(
  'bills_once.py',
  'producer = Producer({"bootstrap.servers": BROKERS})',
  `producer = Producer({"bootstrap.servers": BROKERS, "transactional.id": f"{group}-1"})
producer.init_transactions()`,
)
/** As bills_once.py lies there. */
export const atLeastOnce = `    for order in orders:
        producer.produce(bills, **bill_for(order), on_delivery=arrived)
    producer.flush()
    consumer.commit(asynchronous=False)`
const together = edit(
  'bills_once.py',
  atLeastOnce,
  `    producer.begin_transaction()
    for order in orders:
        producer.produce(bills, **bill_for(order), on_delivery=arrived)
    where = consumer.position(consumer.assignment())
    producer.send_offsets_to_transaction(where, consumer.consumer_group_metadata())
    producer.commit_transaction()`,
)

export default defineSolution({
  topics: [...topics, tryIt('topics-as-asked')],
  orders: [...ordersWith('\n        "batch.size": 10_000,  # no more than the brokers take'), tryIt('orders-arrive')],
  bills: [predict('bills', 'more'), byHand, behind, tryIt('none-lost')],
  once: [named, together, tryIt('exactly-once')],
})
