import { CTRL_C, CTRL_D, defineSolution, ENTER, keys, run, shows } from '#labs/engine/solution.ts'

const NODE = { terminal: 'node' }

export default defineSolution({
  format: [
    run(
      './bin/kafka-storage format --config ./etc/kafka/kraft/server.properties --cluster-id $(./bin/kafka-storage random-uuid)',
    ),
  ],
  start: [
    run('./bin/kafka-server-start ./etc/kafka/kraft/server.properties', { ...NODE, wait: false }),
    shows(/Kafka Server started/, NODE),
  ],
  topic: [run('./bin/kafka-topics --bootstrap-server localhost:9092 --create --topic orders --partitions 3')],
  produce: [
    run(
      './bin/kafka-console-producer --bootstrap-server localhost:9092 --topic orders --reader-property parse.key=true --reader-property key.separator=:',
      { wait: false },
    ),
    shows(/>/),
    ...['alice:book', 'bob:lamp', 'carol:chair', 'dave:desk', 'alice:pen', 'erin:cup'].map((line) =>
      keys(line + ENTER),
    ),
    keys(CTRL_D),
  ],
  consume: [
    run(
      './bin/kafka-console-consumer --bootstrap-server localhost:9092 --topic orders --group billing --from-beginning',
      { wait: false },
    ),
    shows(/cup/),
    keys(CTRL_C),
  ],
  python: [
    run('./bin/kafka-topics --bootstrap-server localhost:9092 --create --topic payments'),
    run("sed -i 's/localhost:9093/localhost:9092/' ~/clients/producer.py"),
    run('python3 ~/clients/producer.py'),
  ],
  java: [
    run('sed -i \'s/("payments", value)/("payments", user, value)/\' ~/clients/Producer.java'),
    run('java -cp "$HOME/kafka/libs/*" ~/clients/Producer.java'),
  ],
  javascript: [
    run("sed -i 's#// serializers#serializers#' ~/clients/producer.mjs"),
    run('node ~/clients/producer.mjs'),
  ],
})
