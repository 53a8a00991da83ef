import { clientLab } from '../client-programs.ts'

const run = (file: string) => ({ file, command: `java -cp '/opt/kafka/libs/*' ${file}` })

export default clientLab({
  slug: 'client-java',
  title: 'Four programs in Java',
  minutes: 35,
  topics: {
    ...run('Topics.java'),
    hints: [
      'createTopics asks for topics that are not there. What does it say of one that is, and what could be asked for instead?',
      'Catch the TopicExistsException. createPartitions takes a larger number; incrementalAlterConfigs sets one property and leaves the others.',
      'admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions))).all().get(), where an InvalidPartitionsException says that it has as many; and admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(new AlterConfigOp(new ConfigEntry("retention.ms", retention), AlterConfigOp.OpType.SET)))).all().get()',
    ],
  },
  orders: {
    ...run('Orders.java'),
    hints: [
      'send() only puts the record into a buffer. Where would the program hear that a broker refused it? And by what is the partition chosen?',
      'ProducerRecord has a constructor with a key. send() takes a callback with the record’s place, or an error.',
      'producer.send(new ProducerRecord<>(topic, customer, order), (place, error) -> { if (error != null) refused.add(id); }); and after flush() send each of refused to the topic rejected, as the key, and get() its answer.',
    ],
  },
  bills: {
    ...run('Bills.java'),
    hints: [
      'What does the group believe to be done when the program is killed in its fifth bill?',
      'The offset says: all before this is done. So it is committed behind the bills, and behind their arrival.',
      'Keep what send() returns: for (var order : orders) sent.add(producer.send(billFor(order.value()))); producer.flush(); for (var bill : sent) bill.get(); consumer.commitSync();',
    ],
  },
  once: {
    ...run('BillsOnce.java'),
    hints: [
      'Bills and offsets are records in topics, both. What makes writes to several topics end together?',
      'A producer with a transactional.id: initTransactions once, then for each poll beginTransaction, the bills, sendOffsetsToTransaction, commitTransaction.',
      'The offsets are Map<TopicPartition, OffsetAndMetadata>: orders.nextOffsets() has them. producer.sendOffsetsToTransaction(orders.nextOffsets(), consumer.groupMetadata());',
    ],
  },
})
