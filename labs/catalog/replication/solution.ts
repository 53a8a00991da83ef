import {
  type Action,
  answer,
  defineSolution,
  fault,
  hasPassed,
  hasStopped,
  predict,
  read,
  run,
  waitFor,
} from '#labs/engine/solution.ts'
import { brokersUnfenced, inSyncAre } from '../nodes.ts'

const CLIENT = { host: 'client' }
const gone = (host: string): Action => waitFor(hasStopped(host), `${host} gone`)

export const create = (assignment = '1:2:3'): Action =>
  run(
    `./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic orders --replica-assignment ${assignment}`,
    CLIENT,
  )
export const write = (name: string, count: number, to = 'broker-1', options = ''): Action =>
  run(
    `seq -f ${name}-%g ${count} | ./bin/kafka-console-producer --bootstrap-server ${to}:9092 --topic orders${options}`,
    CLIENT,
  )
export const pause = fault({ action: 'pause', host: 'broker-3' })
export const held = write('held', 5, 'broker-1', ' --command-property acks=1')
export const guess = predict('pause', 'no')
const stopFollowers = [
  fault({ action: 'stop', host: 'broker-3' }),
  inSyncAre(2),
  fault({ action: 'stop', host: 'broker-2' }),
  inSyncAre(1),
]
export const unfenced = (host: string): Action =>
  waitFor(
    (see) => see.clusters[0]!.nodes.some((node) => node.host === host && node.up && node.fenced === false),
    `${host} unfenced`,
  )
const elect = run(
  './bin/kafka-leader-election --bootstrap-server broker-2:9092 --election-type unclean --topic orders --partition 0',
  CLIENT,
)
const othersInstead = [
  fault({ action: 'stop', host: 'broker-1' }),
  gone('broker-1'),
  fault({ action: 'start', host: 'broker-2' }),
  fault({ action: 'start', host: 'broker-3' }),
  unfenced('broker-2'),
  unfenced('broker-3'),
]

export default defineSolution({
  write: [waitFor(brokersUnfenced, 'all brokers unfenced'), create(), write('record', 10)],
  pause: [guess, pause, held, waitFor(hasPassed('shrunk'), 'the follower to leave the ISR')],
  resume: [fault({ action: 'resume', host: 'broker-3' })],
  alone: [...stopFollowers, gone('broker-2'), gone('broker-3'), write('alone', 5)],
  unclean: [...othersInstead, elect, write('other', 2, 'broker-2')],
  truncate: [
    predict('truncate', 'leader'),
    fault({ action: 'start', host: 'broker-1' }),
    waitFor(hasPassed('truncated'), 'the old leader in sync'),
    run('cat /var/lib/kafka/data/orders-0/leader-epoch-checkpoint', { host: 'broker-1' }),
    answer('truncate', read(/^\d+ ([1-9]\d*)\s*$/m, { host: 'broker-1' })),
  ],
})
