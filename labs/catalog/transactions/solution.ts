import {
  type Action,
  answer,
  defineSolution,
  fault,
  hasPassed,
  predict,
  read,
  run,
  waitFor,
} from '#labs/engine/solution.ts'
import { brokersUnfenced } from '../nodes.ts'

const CLIENT = { host: 'client' }
export const SERVER = '--bootstrap-server node-1:9092'
export const VERIFICATION = 'transaction.partition.verification.enable'
/** A retransmission waits for as long as the link had been cut by then, and that again. */
const LATE_MS = 60_000

export const ready = waitFor(brokersUnfenced, 'all brokers unfenced')
/** Words to one program, in one line. */
export const till = (program: string, ...words: string[]): Action =>
  run(words.map((word) => `./till ${program} ${word}`).join(' && '), CLIENT)
export const plain = run(`echo water | ./bin/kafka-console-producer ${SERVER} --topic orders`, CLIENT)
export const features = (word: 'upgrade' | 'downgrade', level: number) =>
  run(`./bin/kafka-features ${SERVER} ${word} --feature transaction.version=${level}`, CLIENT)
export const brokers = (what: string) =>
  run(`./bin/kafka-configs ${SERVER} --alter --entity-type brokers --entity-default ${what}`, CLIENT)
/** What is under way when its transaction is aborted arrives when the link is whole again. */
export const late: Action[] = [
  till('c', 'open till-2', 'begin', 'send orders tea'),
  fault({ action: 'cut', from: 'client', to: 'broker-2' }),
  run('./till c send orders late; ./till c abort; ./till c close', CLIENT),
  fault({ action: 'heal', host: null }),
]
export const dump = run(
  './bin/kafka-dump-log --files /var/lib/kafka/data/orders-0/00000000000000000000.log | grep isControl',
  { host: 'broker-2' },
)
export const find = run(
  `./bin/kafka-transactions ${SERVER} find-hanging --topic orders --max-transaction-timeout 0`,
  CLIENT,
)

export default defineSolution({
  open: [ready, till('a', 'open till-1', 'begin', 'send orders coffee', "send stock 'coffee -1'"), plain],
  commit: [
    predict('commit', '1'),
    till('a', 'commit'),
    waitFor(hasPassed('committed'), 'the markers'),
    dump,
    answer('commit', read(/producerEpoch: (\d+) .*isControl: true/, { host: 'broker-2' })),
  ],
  abort: [till('a', 'begin', 'send orders tea', 'abort')],
  fence: [
    predict('fence', 'aborted'),
    till('a', 'begin', 'send orders milk'),
    till('b', 'open till-1', 'begin', 'send orders juice', 'commit', 'close'),
    run('./till a send orders cake; ./till a close', CLIENT),
  ],
  hang: [
    features('downgrade', 1),
    brokers(`--add-config ${VERIFICATION}=false`),
    ...late,
    waitFor(hasPassed('hangs'), 'the late record', LATE_MS),
  ],
  free: [
    find,
    run(
      {
        host: 'client',
        tell: (shown) => {
          const row = shown.split('\n').find((line) => /^orders\s+0\s/.test(line))
          const start = row?.trim().split(/\s+/)[5]
          if (start === undefined) throw new Error(`find-hanging shows no transaction, but ${shown}`)
          return `./bin/kafka-transactions ${SERVER} abort --topic orders --partition 0 --start-offset ${start}`
        },
        as: `./bin/kafka-transactions ${SERVER} abort --topic orders --partition 0 --start-offset START`,
      },
      CLIENT,
    ),
    features('upgrade', 2),
    brokers(`--delete-config ${VERIFICATION}`),
  ],
})
