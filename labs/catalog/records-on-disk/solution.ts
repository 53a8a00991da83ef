import { answer, defineSolution, hasPassed, predict, read, run, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'
import { brokersUnfenced } from '../nodes.ts'

const HERE = { host: 'node-1' }
export const DIRECTORY = '/var/lib/kafka/data/parcels-0'
const NODE = '--bootstrap-server node-1:9092'
const KEYS = '--reader-property parse.key=true --reader-property key.separator=:'
export const create = (partitions: number) =>
  run(
    `./bin/kafka-topics ${NODE} --create --topic parcels --partitions ${partitions} --config segment.bytes=1048576`,
    HERE,
  )
export const produce = (lines: string, { topic = 'parcels', options = '' } = {}) =>
  run(`printf '${lines}' | ./bin/kafka-console-producer ${NODE} --topic ${topic} ${KEYS} ${options}`.trim(), HERE)
export const fill = (records: number, size = 1_000) =>
  run(
    `./bin/kafka-producer-perf-test ${NODE} --topic parcels --num-records ${records} --record-size ${size} --throughput -1 --command-property batch.size=3500`,
    HERE,
  )
export const FIRST = 'ann:book\\nbob:lamp\\ncarol:chair\\nann:pen\\ndave:clock\\n'
export const upAndRunning = waitFor(brokersUnfenced, 'the node unfenced')
/** The name of the segment with offset 1200, in the shell's variable `s`. */
export const segment = run(
  `s=$(ls ${DIRECTORY} | grep 'log$' | awk -F. '$1 + 0 <= 1200 {last = $1} END {print last}'); echo it is $s.log`,
  HERE,
)
export const entry = (which: string) =>
  run(
    `./bin/kafka-dump-log --files ${DIRECTORY}/$s.index | awk '$1 == "offset:" && ${which}; END {print "at byte", p}'`,
    HERE,
  )

/** As the check of the first step says it, and kafka-dump-log too. */
const batchBytes = (see: LabSessionState) =>
  /batch of (\d+) bytes/.exec(see.steps[0]?.checks.find(({ id }) => id === 'batch-written')?.says ?? '')?.[1]

export default defineSolution({
  write: [upAndRunning, create(1), produce(FIRST)],
  next: [
    predict('next', (see) => `5 ${batchBytes(see)}`),
    produce('erin:map\\n'),
    waitFor(hasPassed('next-batch'), 'the next batch'),
    run(`grep -abo erin ${DIRECTORY}/00000000000000000000.log`, HERE),
    answer('next', read(/(\d+):erin/, HERE)),
  ],
  fill: [
    fill(1_500),
    waitFor(hasPassed('rolled'), 'the second segment'),
    segment,
    answer('fill', read(/it is (\d+\.log)/, HERE)),
  ],
  'look-up': [entry('$2 <= 1200 {p = $4}'), answer('look-up', read(/at byte (\d+)/, HERE))],
})
