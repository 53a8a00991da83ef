import { answer, CTRL_C, defineSolution, downHost, fault, keys, run, shows, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'
import { brokersUnfenced } from '../nodes.ts'

const controllers = (see: LabSessionState) => see.clusters[0]!.nodes.filter(({ roles }) => roles.includes('controller'))
const follower = (see: LabSessionState) => controllers(see).find(({ leads, up }) => up && !leads)!.host
const CLIENT = { host: 'client' }
const BROKERS = '--bootstrap-server broker-1:9092,broker-2:9092'

export default defineSolution({
  use: [
    waitFor(brokersUnfenced, 'all brokers unfenced'),
    run(`./bin/kafka-topics ${BROKERS} --create --topic orders --replication-factor 2`, CLIENT),
    run(`echo "with a quorum" | ./bin/kafka-console-producer ${BROKERS} --topic orders`, CLIENT),
    run(`./bin/kafka-console-consumer ${BROKERS} --topic orders --group billing --from-beginning`, {
      ...CLIENT,
      wait: false,
    }),
    shows(/with a quorum/, CLIENT),
    keys(CTRL_C, CLIENT),
  ],
  lose: [
    fault((see) => ({ action: 'stop', host: follower(see) })),
    waitFor((see) => controllers(see).filter(({ up }) => !up).length === 1, 'one controller down'),
    run('pkill -9 -f kafka.Kafka', { host: follower }),
  ],
  serve: [
    run(
      `echo "without a quorum" | ./bin/kafka-console-producer ${BROKERS} --topic orders --command-property enable.idempotence=false`,
      CLIENT,
    ),
    run(`./bin/kafka-console-consumer ${BROKERS} --topic orders --group billing`, { ...CLIENT, wait: false }),
    shows(/without a quorum/, CLIENT),
    keys(CTRL_C, CLIENT),
    run(
      `./bin/kafka-topics ${BROKERS} --command-config config/impatient.properties --create --topic payments --replication-factor 2`,
      CLIENT,
    ),
    answer('serve', 'createTopics'),
  ],
  recover: [
    run('./bin/kafka-server-start -daemon config/controller.properties', { host: downHost }),
    waitFor((see) => see.clusters[0]?.leader !== null, 'a leader'),
    run(`./bin/kafka-topics ${BROKERS} --create --topic refunds --replication-factor 2`, CLIENT),
    fault((see) => ({ action: 'start', host: downHost(see) })),
  ],
})
