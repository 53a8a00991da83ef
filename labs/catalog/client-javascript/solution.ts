import { defineSolution, edit, predict, tryIt } from '#labs/engine/solution.ts'

/** A topic that is there is brought to what is asked. */
export const topics = edit(
  'topics.mjs',
  `  await admin.createTopics({ topics: [topic], partitions, replicas: 2, configs })
  console.log(\`made \${topic}\`)
}
await admin.close()
`,
  `  try {
    await admin.createTopics({ topics: [topic], partitions, replicas: 2, configs })
    console.log(\`made \${topic}\`)
  } catch (error) {
    if (!error.findBy?.('apiId', 'TOPIC_ALREADY_EXISTS')) throw error
    await change(topic)
    console.log(\`changed \${topic}\`)
  }
}
await admin.close()

async function change(topic) {
  const { topics } = await admin.metadata({ topics: [topic] })
  if (topics.get(topic).partitionsCount < partitions)
    await admin.createPartitions({ topics: [{ name: topic, count: partitions }] })
  const configOperation = IncrementalAlterConfigOperationTypes.SET
  const configs = [{ name: 'retention.ms', value: retention, configOperation }]
  const resources = [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: topic, configs }]
  await admin.incrementalAlterConfigs({ resources })
}
`,
)

export const apart = edit(
  'orders.mjs',
  'await producer.send({ messages: orders })',
  `for (const order of orders) {
  try {
    await producer.send({ messages: [order] })
  } catch (error) {
    if (!error.findBy?.('apiId', 'MESSAGE_TOO_LARGE')) throw error
    refused.push(order.value.split(' ')[0])
  }
}
for (const id of refused) await producer.send({ messages: [{ topic: rejected, key: id, value: 'refused' }] })`,
)
export const placed = edit(
  'orders.mjs',
  '  serializers: stringSerializers,',
  `  serializers: stringSerializers,
  partitioner: compatibilityPartitioner,
  idempotent: true,`,
)

export const asked = edit('bills.mjs', '  autocommit: true,', '  autocommit: false,')
export const behind = edit(
  'bills.mjs',
  '  await producer.send({ messages: [await billFor(order.value)] })',
  `  await producer.send({ messages: [await billFor(order.value)] })
  await order.commit()`,
)

export const named = edit(
  'bills-once.mjs',
  '  idempotent: true,',
  `  idempotent: true,
  transactionalId: \`\${group}-1\`,`,
)
/** Ends what an earlier start has left open, before the offsets are read. */
export const begun = edit(
  'bills-once.mjs',
  'const stream = await consumer.consume({',
  `await (await producer.beginTransaction()).cancel()
const stream = await consumer.consume({`,
)
export const together = edit(
  'bills-once.mjs',
  `  for (const { value } of batch) await producer.send({ messages: [await billFor(value)] })
  for (const { commit } of batch) await commit()`,
  `  const transaction = await producer.beginTransaction()
  await transaction.addConsumer(consumer)
  for (const order of batch) {
    await transaction.send({ messages: [await billFor(order.value)] })
    await transaction.addOffset(order)
  }
  await transaction.commit()`,
)
/** What a producer sends that has no id yet; this client would send 0. */
export const without = edit(
  'bills-once.mjs',
  '  transactionalId: `${group}-1`,',
  `  transactionalId: \`\${group}-1\`,
  producerId: -1n,
  producerEpoch: -1,`,
)

export default defineSolution({
  topics: [topics, tryIt('topics-as-asked')],
  orders: [apart, placed, tryIt('orders-arrive')],
  bills: [predict('bills', 'more'), asked, behind, tryIt('none-lost')],
  once: [named, begun, together, without, tryIt('exactly-once')],
})
