import {
  type Action,
  defineSolution,
  fault,
  hasPassed,
  leaderHost,
  predict,
  run,
  waitFor,
} from '#labs/engine/solution.ts'
import { cutsAreThere, heal, ready } from '../nodes.ts'

const ALL = 'broker-1:9092,broker-2:9092,broker-3:9092'
export const create = (minimum: number): Action =>
  run(
    `./bin/kafka-topics --bootstrap-server ${ALL} --create --topic orders --replica-assignment 1:2:3 --config min.insync.replicas=${minimum}`,
    { host: 'client' },
  )
export const before = run(`echo before | ./bin/kafka-console-producer --bootstrap-server ${ALL} --topic orders`, {
  host: 'client',
})
/** @param broker the host of the one on the leader's side */
export const split = (broker: string): Action =>
  fault((see) => {
    const side = [leaderHost(see), broker]
    return { action: 'split', groups: [side, see.hosts.filter((host) => !side.includes(host))] }
  })
export const alone = run(
  'echo alone | ./bin/kafka-console-producer --bootstrap-server broker-1:9092 --topic orders --command-property acks=1',
  { host: 'broker-1' },
)
/** Again where it fails: the brokers of that side may not have heard from the new controller who leads. */
export const together = run(
  'while echo together | ./bin/kafka-console-producer --bootstrap-server broker-2:9092,broker-3:9092 --topic orders 2>&1 | grep ERROR; do sleep 1; done',
  { host: 'client' },
)

export default defineSolution({
  topic: [ready, create(2), before],
  split: [split('broker-1'), cutsAreThere, waitFor(hasPassed('taken-over'), 'another leader of orders')],
  write: [alone, together],
  heal: [predict('heal', 'together'), heal],
})
