import {
  answer,
  CTRL_C,
  defineSolution,
  fault,
  hasPassed,
  hasStopped,
  keys,
  predict,
  run,
  waitFor,
} from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'

export const CLIENT = { host: 'client' }
export const MIRROR = { host: 'mirror' }
export const serve = waitFor(
  (see: LabSessionState) => see.clusters.every(({ nodes }) => nodes.every(({ fenced }) => fenced === false)),
  'both clusters to serve',
)
export const write = (numbers: string) =>
  run(`seq ${numbers} | ./bin/kafka-console-producer --bootstrap-server a-node-1:9092 --topic orders`, CLIENT)
export const create = (options = '') =>
  run(`./bin/kafka-topics --bootstrap-server a-node-1:9092 --create --topic orders ${options}`.trim(), CLIENT)
export const mirror = run('./bin/connect-mirror-maker config/mm2.properties', { ...MIRROR, wait: false })
export const stopMirror = keys(CTRL_C, MIRROR)
export const consume = (options: string) => run(`./bin/kafka-console-consumer ${options}`, CLIENT)
export const readSome = consume(
  '--bootstrap-server a-node-1:9092 --topic orders --group billing --from-beginning --max-messages 437',
)
export const describe = run(
  'for c in a b; do ./bin/kafka-consumer-groups --bootstrap-server $c-node-1:9092 --describe --group billing; done',
  CLIENT,
)
/** CURRENT-OFFSET of the first cluster and of the second. */
const offsets = (shown: string): [number, number] => {
  const [there, here] = [...shown.matchAll(/^billing +(?:a\.)?orders +0 +(\d+)/gm)].map(([, offset]) => Number(offset))
  if (there === undefined || here === undefined) throw new Error(`no two offsets in ${shown.slice(-500)}`)
  return [there, here]
}

export default defineSolution({
  mirror: [serve, create(), write('1 1000'), mirror, waitFor(hasPassed('mirrored'), 'the copy')],
  translate: [
    readSome,
    waitFor(hasPassed('translated'), 'the translated offset'),
    describe,
    answer('translate', {
      ...CLIENT,
      tell: (shown) => {
        const [there, here] = offsets(shown)
        return String(there - here)
      },
      as: 'the difference of the two CURRENT-OFFSETs',
    }),
  ],
  behind: [stopMirror, write('1001 1050')],
  'fail-over': [
    predict('fail-over', {
      ...CLIENT,
      tell: (_, see) => {
        const says = see.steps.flatMap(({ checks }) => checks).find(({ id }) => id === 'translated')?.says ?? ''
        return /at (\d+) on cluster b/.exec(says)?.[1] ?? '0'
      },
      as: 'CURRENT-OFFSET of the group on cluster b',
    }),
    fault({ action: 'kill', host: 'a-node-1' }),
    waitFor(hasPassed('gone'), 'a-node-1 down'),
    consume('--bootstrap-server b-node-1:9092 --topic a.orders --group billing --timeout-ms 5000'),
  ],
  return: [waitFor(hasStopped('a-node-1'), 'a-node-1 gone'), fault({ action: 'start', host: 'a-node-1' }), mirror],
})
