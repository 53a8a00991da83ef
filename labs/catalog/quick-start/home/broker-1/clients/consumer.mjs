// Reads the topic payments from its beginning, as the group ledger-javascript. Ends after 5 seconds without a record.
import { Consumer, MessagesStreamFallbackModes, MessagesStreamModes, stringDeserializers } from '@platformatic/kafka'

const consumer = new Consumer({
  clientId: 'ledger-js',
  groupId: 'ledger-javascript',
  bootstrapBrokers: ['localhost:9092'],
  deserializers: stringDeserializers,
})

const stream = await consumer.consume({
  // TODO: the topic's name
  topics: ['TODO'],
  mode: MessagesStreamModes.COMMITTED,
  fallbackMode: MessagesStreamFallbackModes.EARLIEST,
  autocommit: true,
})
const silence = setTimeout(() => stream.close(), 5000)

for await (const { partition, offset, key, value } of stream) {
  console.log(`${partition}/${offset} ${key} ${value}`)
  silence.refresh()
}
await consumer.close()
