import { defineWrong, fault, run, waitFor } from '#labs/engine/solution.ts'
import solution, { CLUSTER_ID } from './solution.ts'

const CONTROLLERS = ['controller-1', 'controller-2', 'controller-3']
/** Not that of the solution. */
const OTHER_CLUSTER_ID = 'mK3sD8wRQe6uT1yHvB5cPA'

export default defineWrong({
  'controllers-configured': {
    why: 'all is filled in, but two controllers have the same id',
    do: ['controller-2', 'controller-3'].map((host) =>
      run(`sed -i 's/^node.id=.*/node.id=102/; s/TODO:9093/${host}:9093/' config/controller.properties`, { host }),
    ),
  },
  'brokers-configured': {
    why: 'the brokers look for the quorum at the port for clients',
    do: ['broker-1', 'broker-2'].map((host) =>
      run(
        `sed -i 's/^process.roles=.*/process.roles=broker/; s/^node.id=.*/node.id=${host.at(-1)}/; s/TODO:9092/${host}:9092/; s/^controller.quorum.bootstrap.servers=.*/controller.quorum.bootstrap.servers=controller-1:9092/; s/^controller.listener.names=.*/controller.listener.names=CONTROLLER/' config/broker.properties`,
        { host },
      ),
    ),
  },
  formatted: {
    why: 'one broker has a cluster id of its own',
    do: [
      ...solution.format!.slice(0, -1),
      run(
        `./bin/kafka-storage format --cluster-id ${OTHER_CLUSTER_ID} --config config/broker.properties --no-initial-controllers`,
        { host: 'broker-2' },
      ),
    ],
  },
  quorum: {
    why: 'each controller is formatted as a quorum of its own, with the right cluster id',
    do: [
      ...CONTROLLERS.flatMap((host) => [
        fault({ action: 'wipe', host }),
        run(
          `./bin/kafka-storage format --cluster-id ${CLUSTER_ID} --config config/controller.properties --standalone`,
          {
            host,
          },
        ),
        fault({ action: 'start', host }),
      ]),
      waitFor(
        (see) => CONTROLLERS.every((host) => see.clusters[0]!.nodes.some((node) => node.host === host && node.up)),
        'all controllers up',
      ),
    ],
  },
  brokers: {
    why: 'one of the two brokers runs',
    do: [
      ...solution.start!.slice(0, -1),
      waitFor(
        (see) => see.clusters[0]!.nodes.some(({ host, fenced }) => host === 'broker-1' && fenced === false),
        'broker-1 unfenced',
      ),
    ],
  },
  replicated: {
    why: 'the topic has one replica',
    do: [
      waitFor((see) => see.clusters[0]!.leader !== null, 'a leader'),
      run('./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic orders --replication-factor 1', {
        host: 'client',
      }),
    ],
  },
})
