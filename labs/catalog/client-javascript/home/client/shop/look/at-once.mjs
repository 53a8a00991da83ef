/** Sends 30 records to the topic that is named, without waiting in between, and says how many were acknowledged. */
import { Producer, stringSerializers } from '@platformatic/kafka'

const producer = new Producer({
  clientId: 'at-once',
  bootstrapBrokers: ['node-1:9092', 'broker-2:9092'],
  serializers: stringSerializers,
  idempotent: true,
})
const values = Array.from({ length: 30 }, (_, n) => `record-${n}`)
const sends = values.map((value) => producer.send({ messages: [{ topic: process.argv[2], key: 'key', value }] }))
const answers = await Promise.all(sends)
console.log('acknowledged:', answers.length)
await producer.close()
