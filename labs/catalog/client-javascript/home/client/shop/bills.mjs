/** Writes a bill to BILLS for each order in ORDERS, as group GROUP. Ends after 8 seconds without an order. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Consumer, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka'

const group = told('GROUP', 'billing')
const bootstrapBrokers = ['node-1:9092', 'broker-2:9092']

const consumer = new Consumer({
  clientId: 'bills',
  bootstrapBrokers,
  groupId: group,
  groupInstanceId: `${group}-1`,
  deserializers: stringDeserializers,
})
const producer = new Producer({
  clientId: 'bills',
  bootstrapBrokers,
  serializers: stringSerializers,
  idempotent: true,
})

const stream = await consumer.consume({
  topics: [told('ORDERS', 'orders')],
  mode: 'committed',
  fallbackMode: 'earliest',
  autocommit: true,
})
const silence = setTimeout(() => stream.close(), 8000)
for await (const order of stream) {
  await producer.send({ messages: [await billFor(order.value)] })
  silence.refresh()
}
await consumer.close()
await producer.close()

async function billFor(order) {
  await sleep(200) // the printer
  const [id, quantity, cents] = order.split(' ')
  console.log(`bill for ${id}: ${quantity * cents}`)
  return { topic: told('BILLS', 'bills'), key: id, value: String(quantity * cents) }
}

function told(name, otherwise) {
  return process.env[name] ?? otherwise
}
