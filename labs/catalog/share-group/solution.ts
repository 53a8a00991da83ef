import { defineSolution, hasPassed, predict, run, waitFor } from '#labs/engine/solution.ts'
import { brokersUnfenced } from '../nodes.ts'

const CLIENT = { host: 'client' }
const AT = '--bootstrap-server node-1:9092 --topic jobs'
export const isUp = waitFor(brokersUnfenced, 'the broker unfenced')
export const reader = run(`./bin/kafka-console-consumer ${AT} --group readers > /dev/null 2>&1 &`, CLIENT)
export const worker = (more = '') =>
  run(`./bin/kafka-console-share-consumer ${AT} --group workers${more} > /dev/null 2>&1 &`, CLIENT)
export const write = (lines: string) => run(`${lines} | ./bin/kafka-console-producer ${AT}`, CLIENT)
export const giveBack = (more: string) =>
  run(`./bin/kafka-console-share-consumer ${AT} --group workers ${more}`, CLIENT)
export const endWorkers = run(
  'pkill -f ConsoleShareConsumer; while pgrep -f ConsoleShareConsumer > /dev/null; do sleep 1; done',
  CLIENT,
)
export const jobs = write('seq -f job-%g 1 3000')
export const badJob = write('echo bad-job')

export default defineSolution({
  two: [isUp, reader, reader, worker(), worker()],
  accept: [jobs],
  release: [
    predict('release', '5'),
    endWorkers,
    badJob,
    giveBack('--release --max-messages 1'),
    waitFor(hasPassed('released'), 'the record given back'),
    giveBack('--release --timeout-ms 8000'),
  ],
})
