import { defineSolution, run, waitFor } from '#labs/engine/solution.ts'

const CONTROLLERS = ['controller-1', 'controller-2', 'controller-3']
/** As kafka-storage random-uuid makes them: one for the cluster, one for each controller's disk. */
export const CLUSTER_ID = 'Z0fnHhLJQxWfXtT1aFQ3mA'
const DIRECTORIES = ['pS9aV2VfQz-0o6qRkXb3Yw', 'xW1mG7tUTl2cJ4nDzE8uKA', 'hB6yO3iPSf5rL9vCjM0eNQ']
const VOTERS = CONTROLLERS.map((host, at) => `10${at + 1}@${host}:9093:${DIRECTORIES[at]}`).join(',')

export default defineSolution({
  configure: [
    ...['controller-2', 'controller-3'].map((host) =>
      run(`sed -i 's/^node.id=.*/node.id=10${host.at(-1)}/; s/TODO:9093/${host}:9093/' config/controller.properties`, {
        host,
      }),
    ),
    ...['broker-1', 'broker-2'].map((host) =>
      run(
        `sed -i 's/^process.roles=.*/process.roles=broker/; s/^node.id=.*/node.id=${host.at(-1)}/; s/TODO:9092/${host}:9092/; s/^controller.quorum.bootstrap.servers=.*/controller.quorum.bootstrap.servers=controller-1:9093,controller-2:9093,controller-3:9093/; s/^controller.listener.names=.*/controller.listener.names=CONTROLLER/' config/broker.properties`,
        { host },
      ),
    ),
  ],
  format: [
    ...CONTROLLERS.map((host) =>
      run(
        `./bin/kafka-storage format --cluster-id ${CLUSTER_ID} --config config/controller.properties --initial-controllers "${VOTERS}"`,
        { host },
      ),
    ),
    ...['broker-1', 'broker-2'].map((host) =>
      run(
        `./bin/kafka-storage format --cluster-id ${CLUSTER_ID} --config config/broker.properties --no-initial-controllers`,
        { host },
      ),
    ),
  ],
  start: [
    ...CONTROLLERS.map((host) => run('./bin/kafka-server-start -daemon config/controller.properties', { host })),
    waitFor((see) => see.clusters[0]!.leader !== null, 'a leader'),
    ...['broker-1', 'broker-2'].map((host) =>
      run('./bin/kafka-server-start -daemon config/broker.properties', { host }),
    ),
  ],
  use: [
    run('./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic orders --replication-factor 2', {
      host: 'client',
    }),
  ],
})
