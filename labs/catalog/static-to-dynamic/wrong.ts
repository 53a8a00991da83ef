import { defineWrong, fault, hasPassed, run, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'
import solution from './solution.ts'

const QUORUM = './bin/kafka-metadata-quorum --bootstrap-server broker-1:9092'
const CONTROLLERS = ['controller-1', 'controller-2', 'controller-3']
const everyone = [...CONTROLLERS, 'broker-1', 'broker-2']
const edit = (host: string) =>
  run(
    "sed -i 's/^controller.quorum.voters=.*/controller.quorum.bootstrap.servers=controller-1:9093,controller-2:9093,controller-3:9093/' config/*.properties",
    { host },
  )
const whole = waitFor(
  (see: LabSessionState) =>
    see.clusters[0]!.leader !== null &&
    see.clusters[0]!.nodes.every(({ up, roles, fenced }) => up && (!roles.includes('broker') || fenced === false)),
  'all nodes up, a leader, and all brokers unfenced',
)
export default defineWrong({
  dynamic: {
    why: 'asked whether it could be done, and not done',
    do: [
      whole,
      run('./bin/kafka-features --bootstrap-server broker-1:9092 upgrade --feature kraft.version=1 --dry-run', {
        host: 'client',
      }),
    ],
  },
  configured: {
    why: 'one broker still has the old line',
    do: everyone.slice(0, -1).map(edit),
  },
  restarted: {
    why: 'all five files are right, and nobody was restarted',
    do: everyone.map(edit),
  },
  'never-stopped': {
    why: 'two controllers are down together',
    do: [
      ...['controller-1', 'controller-2'].map((host) => fault({ action: 'kill', host })),
      waitFor((see) => see.clusters[0]!.nodes.filter(({ up }) => !up).length === 2, 'both down'),
      ...['controller-1', 'controller-2'].map((host) => fault({ action: 'start', host })),
      whole,
      ...solution.configure!,
      // Until then it is refused for another reason.
      waitFor(hasPassed('restarted'), 'all five to run with the new configuration'),
    ],
  },
  'taken-out': {
    why: 'a controller is stopped: it votes no more, and is a voter all the same',
    do: [fault({ action: 'stop', host: 'controller-3' })],
  },
  'put-back': {
    why: 'it is removed, and stays an observer',
    do: [
      run(
        `${QUORUM} remove-controller --controller-id 103 --controller-directory-id $(${QUORUM} describe --replication | awk '$1 == 103 { print $2 }')`,
        { host: 'controller-3' },
      ),
    ],
  },
})
