import { defineWrong, run, tryIt } from '#labs/engine/solution.ts'
import { announces, properties, registry, rest, script, withoutZooKeeper } from './solution.ts'

const inOrders = (command: string) => run(`cd ~/orders && ${command}`, { host: 'client' })

export default defineWrong({
  'program-runs': {
    why: 'all is right, but the totals go to a topic of a fixed name',
    do: [
      ...properties,
      withoutZooKeeper,
      inOrders(`sed -i 's/System.getenv("TOTALS")/"totals"/' src/Totals.java`),
      tryIt('program-runs'),
    ],
  },
  'registry-configured': {
    why: 'the property of an ordinary client, which the Schema Registry does not know',
    do: registry('bootstrap.servers'),
  },
  'rest-configured': { why: 'the brokers are there, and ZooKeeper still is', do: rest },
  'topic-created': {
    why: 'a topic of the right name, with as many partitions as the broker likes',
    do: [
      script('create-topic'),
      inOrders(`sed -i 's/ --partitions "$PARTITIONS"//' bin/create-topic.sh`),
      tryIt('topic-created'),
    ],
  },
  'retention-set': {
    why: 'the same without credentials: nothing arrives',
    do: [script('set-retention', '--bootstrap-server node-1:9092'), tryIt('retention-set')],
  },
  'cluster-announced': {
    why: 'the id of the cluster that the learner sees',
    do: [
      run(
        'id=$(kafka-cluster cluster-id --bootstrap-server node-1:9092 --command-config ~/orders/conf/client.properties | tail -c 23)',
        { host: 'client' },
      ),
      announces('echo $id'),
      tryIt('cluster-announced'),
    ],
  },
  'order-sent': {
    why: 'the right order, written into Kafka by the script itself',
    do: [
      inOrders(
        `printf '%s\\n' 'printf %s "\\"$CUSTOMER\\"={\\"amount\\": $AMOUNT}" | kafka-console-producer --bootstrap-server node-1:9092 --command-config conf/client.properties --topic "$TOPIC" --reader-property parse.key=true --reader-property key.separator==' >> bin/send-order.sh`,
      ),
      tryIt('order-sent'),
    ],
  },
})
