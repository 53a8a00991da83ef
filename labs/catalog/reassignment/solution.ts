import {
  type Action,
  defineSolution,
  fault,
  hasPassed,
  hasStopped,
  predict,
  run,
  waitFor,
} from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'
import { brokersUnfenced } from '../nodes.ts'

const CLIENT = { host: 'client' }
const REASSIGN = './bin/kafka-reassign-partitions --bootstrap-server broker-2:9092 --reassignment-json-file'
/** 20 MB at 1 MB a second, on a busy machine. */
const MOVE_MS = 90_000
const COME_BACK_MS = 60_000

export const file = (name: string, ...partitions: string[]): Action =>
  run(`echo '{"version": 1, "partitions": [${partitions.join(', ')}]}' > ${name}`, CLIENT)
const place = (topic: string, partition: number, replicas: string) =>
  `{"topic": "${topic}", "partition": ${partition}, "replicas": [${replicas}]}`
export const reassign = (file: string, what: string) => run(`${REASSIGN} ${file} ${what}`, CLIENT)
export const planned = file('move.json', place('orders', 0, '3, 2'), place('orders', 1, '2, 3'))
export const started = reassign('move.json', '--execute --throttle 1000000')
export const moved = waitFor(hasPassed('moved'), 'orders to have moved', MOVE_MS)
/** Of all that is shown. */
const inSync = ({ clusters }: LabSessionState): boolean =>
  clusters[0]!.topics.every(({ partitions }) => partitions.every(({ replicas }) => replicas.every((one) => one.inSync)))
export const elect = (what: string) =>
  run(`./bin/kafka-leader-election --bootstrap-server broker-3:9092 --election-type preferred ${what}`, CLIENT)
export const restarted: Action[] = [
  fault({ action: 'stop', host: 'broker-2' }),
  waitFor(hasStopped('broker-2'), 'broker-2 gone'),
  fault({ action: 'start', host: 'broker-2' }),
  waitFor((see) => brokersUnfenced(see) && inSync(see), 'broker-2 in sync again', COME_BACK_MS),
]
export const drain: Action[] = [
  file('drain.json', place('__kraftlab-probe', 0, '2, 3')),
  reassign('drain.json', '--execute'),
  waitFor(hasPassed('drained'), 'the probe’s topic off broker 1'),
]
export const stopped: Action[] = [
  fault({ action: 'stop', host: 'broker-1' }),
  waitFor(hasStopped('broker-1'), 'broker-1 gone'),
]
export const unregister = run('./bin/kafka-cluster unregister --bootstrap-server broker-2:9092 --id 1', CLIENT)

export default defineSolution({
  add: [fault({ action: 'start', host: 'broker-3' }), waitFor(hasPassed('joined'), 'broker-3', COME_BACK_MS)],
  move: [predict('move', '20'), planned, started, moved, reassign('move.json', '--verify')],
  leaders: [...restarted, elect('--all-topic-partitions')],
  remove: [...drain, ...stopped, unregister],
})
