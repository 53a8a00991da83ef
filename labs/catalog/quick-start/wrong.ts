import { CTRL_D, defineWrong, ENTER, keys, run, shows } from '#labs/engine/solution.ts'

const NODE = { terminal: 'node' }
const PRODUCER = './bin/kafka-console-producer --bootstrap-server localhost:9092 --topic orders'

export default defineWrong({
  formatted: {
    why: 'a meta.properties written by hand, with all that belongs in it',
    do: [
      run('mkdir -p /tmp/kraft-combined-logs'),
      run(
        String.raw`printf 'version=1\ncluster.id=%s\nnode.id=1\ndirectory.id=%s\n' $(./bin/kafka-storage random-uuid) $(./bin/kafka-storage random-uuid) > /tmp/kraft-combined-logs/meta.properties`,
      ),
    ],
  },
  'node-alive': {
    why: 'something listens on both ports, but it is not Kafka',
    do: [run('nc -lk 9092 & nc -lk 9093 & sleep 1; ss -ltn')],
  },
  'leads-itself': {
    why: 'the node is up, but its quorum has a second voter that is not there',
    do: [
      run(
        "sed -i 's/^controller.quorum.voters=.*/controller.quorum.voters=1@localhost:9093,2@localhost:9193/' etc/kafka/kraft/server.properties",
      ),
      run('./bin/kafka-server-start ./etc/kafka/kraft/server.properties', { ...NODE, wait: false }),
      shows(/Election timed out before receiving/, NODE),
    ],
  },
  'topic-created': {
    why: 'orders with two partitions',
    do: [run('./bin/kafka-topics --bootstrap-server localhost:9092 --create --topic orders --partitions 2')],
  },
  'records-with-keys': {
    why: 'six records, none with a key',
    do: [
      run(PRODUCER, { wait: false }),
      shows(/>/),
      ...['alice:book', 'bob:lamp', 'carol:chair', 'dave:desk', 'alice:pen', 'erin:cup'].map((line) =>
        keys(line + ENTER),
      ),
      keys(CTRL_D),
    ],
  },
  'group-committed': {
    why: 'the group stops after two records',
    do: [
      run(
        './bin/kafka-console-consumer --bootstrap-server localhost:9092 --topic orders --group billing --from-beginning --max-messages 2',
      ),
    ],
  },
  'payments-created': {
    why: 'a topic of nearly that name',
    do: [run('./bin/kafka-topics --bootstrap-server localhost:9092 --create --topic payment')],
  },
  'python-records': {
    why: 'ten records that say python, but without keys',
    do: [
      run('./bin/kafka-topics --bootstrap-server localhost:9092 --create --topic payments'),
      run(
        `for i in 0 1 2 3 4 5 6 7 8 9; do echo '{"client":"python","amount":'$i'}'; done | ./bin/kafka-console-producer --bootstrap-server localhost:9092 --topic payments`,
      ),
    ],
  },
  'java-records': {
    why: 'the program as it lies there: it sends ten records, without their keys',
    do: [run('java -cp "$HOME/kafka/libs/*" ~/clients/Producer.java')],
  },
  'javascript-records': {
    why: 'keys and values are right, but another client is named',
    do: [run('python3 ~/clients/producer.py')],
  },
})
