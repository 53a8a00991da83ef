import { clientLab } from '../client-programs.ts'

const run = (file: string) => ({ file, command: `node ${file}` })

export default clientLab({
  slug: 'client-javascript',
  title: 'Four programs in JavaScript',
  minutes: 35,
  topics: {
    ...run('topics.mjs'),
    hints: [
      'createTopics asks for topics that are not there. What does it say of one that is, and what could be asked for instead?',
      'Errors of this client hold others; error.findBy("apiId", "TOPIC_ALREADY_EXISTS") finds the one that a broker sent. createPartitions takes a larger number, incrementalAlterConfigs sets one property and leaves the others.',
      'await admin.createPartitions({ topics: [{ name: topic, count: partitions }] }), and await admin.incrementalAlterConfigs({ resources: [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: topic, configs: [{ name: "retention.ms", value: retention, configOperation: IncrementalAlterConfigOperationTypes.SET }] }] }). How many partitions there are, tells admin.metadata({ topics: [topic] }).',
    ],
  },
  orders: {
    ...run('orders.mjs'),
    hints: [
      'What is in one batch is refused as one. How many orders does this program put into a batch? And who chose the partition of the orders that were there before?',
      'Send each order by itself, await it before the next, and catch MESSAGE_TOO_LARGE. The producer takes a partitioner, and is idempotent only if it is told to be.',
      'for (const order of orders) { try { await producer.send({ messages: [order] }) } catch (error) { if (!error.findBy?.("apiId", "MESSAGE_TOO_LARGE")) throw error; refused.push(order.value.split(" ")[0]) } }; then send each of refused to rejected, as the key. In the constructor: idempotent: true, partitioner: compatibilityPartitioner.',
    ],
  },
  bills: {
    ...run('bills.mjs'),
    hints: [
      'What does the group believe to be done when the program is killed in its fifth bill?',
      'autocommit commits what was fetched, and a fetch brings all that is there. Each order has a commit() of its own, which does nothing while autocommit is on.',
      'autocommit: false, and behind the send: await order.commit()',
    ],
  },
  once: {
    ...run('bills-once.mjs'),
    hints: [
      'Bills and offsets are records in topics, both. What makes writes to several topics end together?',
      'A producer with a transactionalId: beginTransaction once before consume, to end what an earlier start left open, and cancel; then for each batch beginTransaction, addConsumer, each bill by transaction.send, its order by transaction.addOffset, commit. Is the second start refused as fenced? It sent an id and an epoch of 0, and has none.',
      'transactionalId: `${group}-1`, producerId: -1n, producerEpoch: -1 in the constructor; await (await producer.beginTransaction()).cancel() before consume; for (const order of batch) { await transaction.send({ messages: [await billFor(order.value)] }); await transaction.addOffset(order) }; await transaction.commit()',
    ],
  },
})
