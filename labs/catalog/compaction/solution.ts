import { answer, defineSolution, hasPassed, predict, read, run, waitFor } from '#labs/engine/solution.ts'
import { brokersUnfenced } from '../nodes.ts'

const HERE = { host: 'node-1' }
const NODE = '--bootstrap-server node-1:9092'
const KEYS = '--reader-property parse.key=true --reader-property key.separator=:'
export const create = (policy: string) =>
  run(
    `./bin/kafka-topics ${NODE} --create --topic prices --partitions 1 --config cleanup.policy=${policy} --config segment.ms=500 --config min.cleanable.dirty.ratio=0.01`,
    HERE,
  )
export const write = (...records: string[]) =>
  run(
    `printf '${records.map((one) => `${one}\\n`).join('')}' | ./bin/kafka-console-producer ${NODE} --topic prices ${KEYS} --reader-property null.marker=NULL`,
    HERE,
  )
export const configure = (setting: string) =>
  run(`./bin/kafka-configs ${NODE} --alter --topic prices --add-config ${setting}`, HERE)
export const upAndRunning = waitFor(brokersUnfenced, 'the node unfenced')
/** Deletes a key, and rolls the log behind it. */
export const forget = (key: string, next: string) => [write(`${key}:NULL`), write(next)]

export default defineSolution({
  write: [upAndRunning, create('compact'), write('apple:1', 'pear:1', 'apple:2', 'plum:1', 'pear:2', 'apple:3')],
  clean: [
    predict('clean', '3 4 5 6'),
    write('plum:2'),
    waitFor(hasPassed('superseded'), 'the cleaner'),
    run(
      `./bin/kafka-console-consumer ${NODE} --topic prices --partition 0 --offset 1 --max-messages 1 --formatter-property print.offset=true`,
      HERE,
    ),
    answer('clean', read(/Offset:(\d+)/, HERE)),
  ],
  delete: forget('pear', 'apple:4'),
  forget: [
    predict('forget', 'second'),
    configure('delete.retention.ms=1000'),
    ...forget('plum', 'apple:5'),
    waitFor(hasPassed('second-tombstone'), 'the second tombstone'),
    write('apple:6'),
  ],
})
