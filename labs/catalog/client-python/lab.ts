import { clientLab } from '../client-programs.ts'

const run = (file: string) => ({ file, command: `python3 ${file}` })

export default clientLab({
  slug: 'client-python',
  title: 'Four programs in Python',
  minutes: 35,
  topics: {
    ...run('topics.py'),
    hints: [
      'create_topics asks for topics that are not there. What does result() raise for one that is, and what could be asked for instead?',
      'error.args[0].code() is KafkaError.TOPIC_ALREADY_EXISTS. create_partitions takes a larger number; incremental_alter_configs sets one property and leaves the others.',
      'admin.create_partitions([NewPartitions(topic, partitions)])[topic].result(), and with setting = ConfigEntry("retention.ms", retention, incremental_operation=AlterConfigOpType.SET) and resource = ConfigResource("topic", topic, incremental_configs=[setting]): admin.incremental_alter_configs([resource])[resource].result()',
    ],
  },
  orders: {
    ...run('orders.py'),
    hints: [
      'produce() only puts the record into a buffer. Where would the program hear that a broker refused it? And what of Java’s producer does this client not do by itself?',
      'produce() has on_delivery, a function of an error or None, and the record. In the configuration: partitioner, enable.idempotence, and a batch.size that keeps the large record from taking others with it.',
      '"partitioner": "murmur2_random", "enable.idempotence": True, "batch.size": 10000. on_delivery=reported, with def reported(error, record): if error: refused.append(record.value().decode().split()[0]). And after flush() for each of refused: producer.produce(rejected, "refused", order_id), with an on_delivery that raises its error, and flush() again.',
    ],
  },
  bills: {
    ...run('bills.py'),
    hints: [
      'consume() has returned thirty orders, and the printer is at the fifth. What does the group believe to be done when the program is killed now?',
      'The offset says: all before this is done. So it is committed by the program, behind the bills and behind their arrival, and not by a thread that looks at the clock.',
      '"enable.auto.commit": False, and behind producer.flush(): if orders: consumer.commit(asynchronous=False)',
    ],
  },
  once: {
    ...run('bills_once.py'),
    hints: [
      'Bills and offsets are records in topics, both. What makes writes to several topics end together?',
      'A producer with a transactional.id: init_transactions once, then for each batch begin_transaction, the bills, send_offsets_to_transaction, commit_transaction.',
      'The offsets are where the consumer is now: producer.send_offsets_to_transaction(consumer.position(consumer.assignment()), consumer.consumer_group_metadata())',
    ],
  },
})
