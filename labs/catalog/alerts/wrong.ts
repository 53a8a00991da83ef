import { answer, defineWrong, fault, hasPassed, leaderHost, run, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'

const CLIENT = { host: 'client' }
const BROKERS = '--bootstrap-server broker-1:9092,broker-2:9092'

const node = (see: LabSessionState, host: string) => see.clusters[0]!.nodes.find((one) => one.host === host)
const controllers = (see: LabSessionState) => see.clusters[0]!.nodes.filter(({ roles }) => roles.includes('controller'))
const follower = (see: LabSessionState) => controllers(see).find(({ leads, up }) => up && !leads)!
const partitions = (see: LabSessionState) => see.clusters[0]!.topics.flatMap((topic) => topic.partitions)

const fenced = (host: string) => waitFor((see) => node(see, host)?.fenced === true, `${host} fenced`)

const allInSync = waitFor(
  (see) =>
    partitions(see).every(({ leader, replicas }) => leader >= 0 && replicas.every(({ inSync }) => inSync)) &&
    node(see, 'broker-2')?.fenced === false,
  'every replica in sync',
)

export default defineWrong({
  topics: {
    why: 'both topics, each with two replicas: nothing would go offline',
    do: [
      waitFor(
        (see) => ['broker-1', 'broker-2'].every((host) => node(see, host)?.fenced === false),
        'both brokers unfenced',
      ),
      run(`./bin/kafka-topics ${BROKERS} --create --topic orders --partitions 6 --replication-factor 2`, CLIENT),
      run(`./bin/kafka-topics ${BROKERS} --create --topic audit --partitions 6 --replication-factor 2`, CLIENT),
    ],
  },
  fenced: {
    why: 'a controller dies, which stores no partition',
    do: [fault((see) => ({ action: 'kill', host: follower(see).host }))],
  },
  'alarm-answer': {
    why: 'how many partitions lack a replica, with or without a leader',
    do: [
      fault({ action: 'kill', host: 'broker-2' }),
      fenced('broker-2'),
      answer('alarm', (see) =>
        String(partitions(see).filter(({ replicas }) => replicas.some(({ inSync }) => !inSync)).length),
      ),
    ],
  },
  'leader-died': {
    why: 'a controller is killed that does not lead',
    do: [fault((see) => ({ action: 'kill', host: follower(see).host }))],
  },
  'new-leader': {
    why: 'the leader dies, and a second controller with it: one of three is no majority',
    do: [
      fault((see) => ({ action: 'kill', host: follower(see).host })),
      fault((see) => ({ action: 'kill', host: leaderHost(see) })),
    ],
  },
  'failover-answer': {
    why: 'the epoch before the election',
    do: [
      fault((see) => ({ action: 'kill', host: leaderHost(see) })),
      waitFor(hasPassed('new-leader'), 'another active controller'),
      answer('failover', (see) => String(see.clusters[0]!.epoch! - 1)),
    ],
  },
  'all-clear': {
    why: 'the broker is back; the controller is not',
    do: [fault({ action: 'start', host: 'broker-2' }), allInSync],
  },
  balanced: {
    why: 'all is back, and the broker that returned leads nothing of orders',
    do: [
      fault({ action: 'start', host: 'broker-2' }),
      fault((see) => ({ action: 'start', host: controllers(see).find(({ up }) => !up)!.host })),
      allInSync,
    ],
  },
})
