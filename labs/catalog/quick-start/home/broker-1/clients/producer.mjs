// Writes ten payments to the topic payments, with Platformatic's client.
import { Producer, stringSerializers } from '@platformatic/kafka'

const producer = new Producer({
  clientId: 'payments-js',
  bootstrapBrokers: ['localhost:9092'],
  // TODO: Kafka stores bytes. Uncomment this, and strings become bytes.
  // serializers: stringSerializers,
})

try {
  const messages = Array.from({ length: 10 }, (_, n) => ({
    topic: 'payments',
    key: `user-${n % 5}`,
    value: JSON.stringify({ client: 'javascript', amount: 10 * n }),
  }))
  // one batch for each partition; the answer names the offset of its first record
  const { offsets } = await producer.send({ messages })
  for (const { topic, partition, offset } of offsets) console.log(`${topic}-${partition}: from offset ${offset}`)
} finally {
  await producer.close()
}
