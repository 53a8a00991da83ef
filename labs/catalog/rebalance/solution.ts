import { defineSolution, hasPassed, predict, run, waitFor } from '#labs/engine/solution.ts'
import { brokersUnfenced } from '../nodes.ts'

const CLIENT = { host: 'client' }
export const traffic = run(
  './bin/kafka-verifiable-producer --bootstrap-server node-1:9092 --topic orders --throughput 60 --repeating-keys 60 > /dev/null &',
  CLIENT,
)
export const three = (group: string, protocol: string) => run(`bash ~/members/three.sh ${group} ${protocol}`, CLIENT)
export const end = (which: string, signal = 'KILL') => run(`pkill -${signal} -f 'Member ${which}'`, CLIENT)
/** The slow member gets its partitions one after the other, and works on each lot. */
const SLOW_MS = 150_000
const shared = (check: string) => waitFor(hasPassed(check), 'three members that all commit', SLOW_MS)
export const isUp = waitFor(brokersUnfenced, 'the broker unfenced')

export default defineSolution({
  classic: [isUp, traffic, three('billing', 'classic'), shared('classic-shared')],
  'classic-kill': [
    predict('classic-kill', 'yes'),
    end('billing .* member-3'),
    waitFor(hasPassed('classic-moved'), 'the other two to have all', SLOW_MS),
  ],
  consumer: [end('billing', 'TERM'), three('shipping', 'consumer'), shared('consumer-shared')],
  'consumer-kill': [
    predict('consumer-kill', 'no'),
    end('shipping .* member-3'),
    waitFor(hasPassed('consumer-moved'), 'the other two to have all', SLOW_MS),
  ],
})
