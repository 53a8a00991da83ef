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
import { brokersUnfenced, cutsAreThere, heal, inSyncAre } from '../nodes.ts'

const CLIENT = { host: 'client' }
export const create = (topic: string, minimum: number): Action =>
  run(
    `./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic ${topic} --replica-assignment 1:2:3 --config min.insync.replicas=${minimum}`,
    CLIENT,
  )
/** @param run which of the producers' runs: the first part of each value */
export const write = (topic: string, acks: 1 | -1, values: number, to = 'broker-1'): Action =>
  run(
    `./bin/kafka-verifiable-producer --bootstrap-server ${to}:9092 --topic ${topic} --acks ${acks} --max-messages 20 --value-prefix ${values} --command-config impatient.properties | tail -1`,
    CLIENT,
  )
export const cutFollowers = [fault({ action: 'split', groups: [['broker-1'], ['broker-2', 'broker-3']] }), cutsAreThere]
export const guess = predict('kill', '20')
export const toOneInSync = [
  fault({ action: 'stop', host: 'broker-3' }),
  inSyncAre(2, 'safe'),
  fault({ action: 'stop', host: 'broker-1' }),
  inSyncAre(1, 'safe'),
  inSyncAre(1, 'fast'),
  waitFor(hasStopped('broker-1'), 'broker-1 gone'),
]
export const backToTwo = [fault({ action: 'start', host: 'broker-3' }), inSyncAre(2, 'safe'), inSyncAre(2, 'fast')]

export default defineSolution({
  ledger: [
    waitFor(brokersUnfenced, 'all brokers unfenced'),
    create('fast', 1),
    create('safe', 2),
    write('fast', 1, 1),
    write('safe', -1, 1),
  ],
  alone: [...cutFollowers, write('fast', 1, 2), write('safe', -1, 2)],
  kill: [guess, run('pkill -9 -f kafka.Kafka', { host: 'broker-1' })],
  return: [heal, fault({ action: 'start', host: 'broker-1' })],
  refuse: [
    ...toOneInSync,
    write('fast', -1, 3, 'broker-2'),
    write('safe', -1, 3, 'broker-2'),
    waitFor(hasPassed('refused'), 'safe to refuse'),
    ...backToTwo,
    write('safe', -1, 4, 'broker-2'),
  ],
})
