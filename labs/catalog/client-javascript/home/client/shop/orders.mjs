/** Sends each order of orders.txt to TOPIC, and the ids of those that the brokers refuse to REJECTED. */
import { readFileSync } from 'node:fs'
import { compatibilityPartitioner, Producer, stringSerializers } from '@platformatic/kafka'

const topic = told('TOPIC', 'orders')
const rejected = told('REJECTED', 'rejected')

const producer = new Producer({
  clientId: 'orders',
  bootstrapBrokers: ['node-1:9092', 'broker-2:9092'],
  serializers: stringSerializers,
})
const orders = readFileSync('orders.txt', 'utf8').trimEnd().split('\n').map(orderIn)
const refused = []
await producer.send({ messages: orders })
await producer.close()
console.log('refused:', refused)

function orderIn(line) {
  const [customer] = line.split(' ')
  return { topic, key: customer, value: line.slice(customer.length + 1) }
}

function told(name, otherwise) {
  return process.env[name] ?? otherwise
}
