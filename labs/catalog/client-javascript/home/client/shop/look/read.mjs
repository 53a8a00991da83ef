/** Prints each record of the topic that is named, from its beginning. Ends after 3 seconds without one. */
import { Consumer, stringDeserializers } from '@platformatic/kafka'

const consumer = new Consumer({
  clientId: 'read',
  bootstrapBrokers: ['node-1:9092', 'broker-2:9092'],
  groupId: `read-${process.pid}`,
  deserializers: stringDeserializers,
})
// isolationLevel is READ_COMMITTED, unless it says otherwise
const stream = await consumer.consume({ topics: [process.argv[2]], mode: 'earliest', autocommit: false })
const silence = setTimeout(() => stream.close(), 3000)
for await (const { partition, key, value } of stream) {
  console.log(partition, key, value)
  silence.refresh()
}
await consumer.close()
