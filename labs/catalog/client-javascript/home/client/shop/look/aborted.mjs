/** Three transactions in the topic that is named, a record in each. Two are aborted, the third is committed. */
import { Producer, stringSerializers } from '@platformatic/kafka'

const producer = new Producer({
  clientId: 'aborted',
  bootstrapBrokers: ['node-1:9092', 'broker-2:9092'],
  serializers: stringSerializers,
  idempotent: true,
  transactionalId: `aborted-${process.pid}`,
})
for (const [value, end] of [
  ['first', 'abort'],
  ['second', 'abort'],
  ['third', 'commit'],
]) {
  const transaction = await producer.beginTransaction()
  await transaction.send({ messages: [{ topic: process.argv[2], key: 'key', value }] })
  await transaction[end]()
}
await producer.close()
