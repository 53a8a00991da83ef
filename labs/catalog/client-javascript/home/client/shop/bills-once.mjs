/** As bills.mjs, and each bill and the offset of its order are committed together, or neither is. */
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
  autocommit: false,
})
const silence = setTimeout(() => stream.close(), 8000)
let batch = []
for await (const order of stream) {
  silence.refresh()
  batch.push(order)
  // ten at once, or fewer where no more have been fetched
  if (batch.length < 10 && stream.readableLength > 0) continue
  for (const { value } of batch) await producer.send({ messages: [await billFor(value)] })
  for (const { commit } of batch) await commit()
  batch = []
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
