/** Brings each of TOPICS to PARTITIONS partitions, two replicas and a retention of RETENTION_MS. */
import { Admin, ConfigResourceTypes, IncrementalAlterConfigOperationTypes } from '@platformatic/kafka'

const topics = told('TOPICS', 'orders rejected bills').split(' ')
const partitions = Number(told('PARTITIONS', '6'))
const retention = told('RETENTION_MS', '86400000')

const admin = new Admin({ clientId: 'topics', bootstrapBrokers: ['node-1:9092', 'broker-2:9092'] })
for (const topic of topics) {
  const configs = [{ name: 'retention.ms', value: retention }]
  await admin.createTopics({ topics: [topic], partitions, replicas: 2, configs })
  console.log(`made ${topic}`)
}
await admin.close()

function told(name, otherwise) {
  return process.env[name] ?? otherwise
}
