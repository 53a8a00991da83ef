import { type Action, answer, defineSolution, hasPassed, predict, run, waitFor } from '#labs/engine/solution.ts'
import { ready } from '../nodes.ts'

const CLIENT = { host: 'client' }
export const create = (topic: string): Action =>
  run(`./bin/kafka-topics --bootstrap-server node-1:9092 --create --topic ${topic}`, CLIENT)
/** Ten a second, and it goes on behind the prompt. */
export const slowly = (topic: string, options = ''): Action =>
  run(
    `(for i in $(seq 150); do echo record-$i; sleep 0.1; done | ./bin/kafka-console-producer --bootstrap-server node-1:9092 --topic ${topic}${options} > producer.log 2>&1; echo done-${topic}) &`,
    CLIENT,
  )
/** Once the first records are there. */
export const begun = (topic: string): Action =>
  run(
    `until ./bin/kafka-get-offsets --bootstrap-server node-1:9092 --topic ${topic} | grep -q '0:[1-9]'; do sleep 0.2; done`,
    CLIENT,
  )
export const pause = run('pkill -STOP -f kafka.Kafka; sleep 5; pkill -CONT -f kafka.Kafka', { host: 'node-1' })
export const NOT_IDEMPOTENT = ' --command-property enable.idempotence=false'
export const over = run('wait', CLIENT)
export const send = (options = ''): Action =>
  run(
    `seq -f record-%g 5 | ./bin/kafka-console-producer --bootstrap-server node-1:9092 --topic again${options}`,
    CLIENT,
  )

export default defineSolution({
  without: [
    ready,
    create('plain'),
    slowly('plain', NOT_IDEMPOTENT),
    begun('plain'),
    pause,
    over,
    waitFor(hasPassed('twice'), 'records that are there twice'),
    run(
      './bin/kafka-console-consumer --bootstrap-server node-1:9092 --topic plain --partition 0 --offset earliest --timeout-ms 5000 > plain.txt 2> consumer.log; echo "$(wc -l < plain.txt) records, $(sort -u plain.txt | wc -l) of them different"',
      CLIENT,
    ),
    answer('without', {
      ...CLIENT,
      tell: (shown) => {
        const [, all, different] = /(\d+) records, (\d+) of them different/.exec(shown) ?? []
        return String(Number(all) - Number(different))
      },
      as: 'the first number less the second',
    }),
  ],
  with: [predict('with', 'once'), create('once'), slowly('once'), begun('once'), pause, over],
  again: [create('again'), send(), send()],
})
