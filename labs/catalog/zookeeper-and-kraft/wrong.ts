import { answer, defineWrong, downHost, fault, run, waitFor } from '#labs/engine/solution.ts'
import { BROKERS, bothInCharge, clusterIn, inSync, leading, type Which } from './solution.ts'

const CLIENT = { host: 'client' }
const create = (which: Which, partitions: number, replicas: number) =>
  run(
    `./bin/kafka-topics --bootstrap-server ${BROKERS[which]} --create --topic load --partitions ${partitions} --replication-factor ${replicas}`,
    CLIENT,
  )
/** Long enough for the dead broker to be missed, and its partitions to move. */
const othersLead = (which: Which) =>
  waitFor(
    (see) => {
      const { nodes, topics } = clusterIn(see, which)
      const down = nodes.find(({ up, roles }) => !up && roles.includes('broker'))?.node
      const led = topics.flatMap(({ partitions }) => partitions).filter(({ leader }) => leader === down || leader < 0)
      return down !== undefined && led.length === 0
    },
    'other leaders',
    90_000,
  )
const kill = (which: Which) => [fault((see) => ({ action: 'kill', host: leading(which)(see) })), othersLead(which)]
const back = (which: Which) => [fault((see) => ({ action: 'start', host: downHost(see, which) })), inSync(which)]

export default defineWrong({
  'find-answer': { why: 'there is no such broker', do: [bothInCharge, answer('find', 'broker 99')] },
  'zk-loaded': { why: 'all partitions, but one replica each', do: [create('zk', 300, 1)] },
  'kraft-loaded': { why: 'all replicas, but too few partitions', do: [create('kraft', 30, 3)] },
  'zk-controller': { why: 'a broker died that leads as many partitions, but is not the controller', do: kill('zk') },
  'kraft-controller': {
    why: 'a node died that leads as many partitions, but is not the controller',
    do: kill('kraft'),
  },
  'zk-stopped': { why: 'a broker that leads as many was killed', do: [...back('zk'), ...kill('zk')] },
  'kraft-stopped': {
    why: 'a broker that leads as many was killed',
    do: [...back('zk'), ...back('kraft'), ...kill('kraft')],
  },
})
