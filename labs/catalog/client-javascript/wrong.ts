import { defineWrong, edit, tryIt } from '#labs/engine/solution.ts'
import { apart, begun, behind, named, placed, together, topics, without } from './solution.ts'

export default defineWrong({
  'topics-as-asked': {
    why: 'alterConfigs sets the retention, and takes what else was set of the topic away',
    do: [
      topics,
      edit(
        'topics.mjs',
        `  const configOperation = IncrementalAlterConfigOperationTypes.SET
  const configs = [{ name: 'retention.ms', value: retention, configOperation }]`,
        "  const configs = [{ name: 'retention.ms', value: retention }]",
      ),
      edit(
        'topics.mjs',
        '  await admin.incrementalAlterConfigs({ resources })',
        '  await admin.alterConfigs({ resources })',
      ),
      tryIt('topics-as-asked'),
    ],
  },
  'orders-arrive': {
    why: 'each order by itself, and all at once: their batches have the same sequence number, and the brokers take all but the first for one that is sent again',
    do: [
      apart,
      placed,
      edit(
        'orders.mjs',
        `for (const order of orders) {
  try {`,
        `const send = async (order) => {
  try {`,
      ),
      edit(
        'orders.mjs',
        `    refused.push(order.value.split(' ')[0])
  }
}`,
        `    refused.push(order.value.split(' ')[0])
  }
}
await Promise.all(orders.map(send))`,
      ),
      tryIt('orders-arrive'),
    ],
  },
  'none-lost': {
    why: 'each order is committed behind its bill, and autocommit, which is still on, has committed them all before',
    do: [behind, tryIt('none-lost')],
  },
  'exactly-once': {
    why: 'the offsets are added all at once, and the client sends the first of them alone',
    do: [
      named,
      begun,
      together,
      without,
      edit(
        'bills-once.mjs',
        `    await transaction.send({ messages: [await billFor(order.value)] })
    await transaction.addOffset(order)
  }`,
        `    await transaction.send({ messages: [await billFor(order.value)] })
  }
  await Promise.all(batch.map((order) => transaction.addOffset(order)))`,
      ),
      tryIt('exactly-once'),
    ],
  },
})
