import { defineWrong, edit, tryIt } from '#labs/engine/solution.ts'
import { atLeastOnce, behind, byHand, named, ordersWith, topics } from './solution.ts'

export default defineWrong({
  'topics-as-asked': {
    why: 'alter_configs, the older call, replaces all that was set of the topic',
    do: [
      ...topics,
      edit(
        'topics.py',
        `    setting = ConfigEntry("retention.ms", retention, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource("topic", topic, incremental_configs=[setting])
    admin.incremental_alter_configs([resource])[resource].result()`,
        `    resource = ConfigResource("topic", topic, set_config={"retention.ms": retention})
    admin.alter_configs([resource])[resource].result()`,
      ),
      tryIt('topics-as-asked'),
    ],
  },
  'orders-arrive': {
    why: 'the order that is too large is in one batch with others, and they are refused with it',
    do: [...ordersWith(''), tryIt('orders-arrive')],
  },
  'none-lost': {
    why: 'committed by the program and behind flush(), but the bills are made by a thread for which it does not wait',
    do: [
      byHand,
      behind,
      edit('bills.py', 'import time', 'import time\nfrom concurrent.futures import ThreadPoolExecutor'),
      edit('bills.py', 'while quiet < 4:', 'printers = ThreadPoolExecutor(1)\nwhile quiet < 8:'),
      edit(
        'bills.py',
        `    for order in orders:
        producer.produce(bills, **bill_for(order), on_delivery=arrived)`,
        '    printers.map(lambda order: producer.produce(bills, **bill_for(order), on_delivery=arrived), orders)',
      ),
      tryIt('none-lost'),
    ],
  },
  'exactly-once': {
    why: 'the bills are in transactions, the offsets are committed behind each, by themselves',
    do: [
      named,
      edit(
        'bills_once.py',
        atLeastOnce,
        `    producer.begin_transaction()
    for order in orders:
        producer.produce(bills, **bill_for(order), on_delivery=arrived)
    producer.commit_transaction()
    consumer.commit(asynchronous=False)`,
      ),
      tryIt('exactly-once'),
    ],
  },
})
