import { answer, defineSolution, fault, hasPassed, leaderHost, read, run, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'
import { brokersUnfenced } from '../nodes.ts'

const CLIENT = { host: 'client' }
const CONTROLLER = { host: 'controller-1' }
const BROKER = { host: 'broker-1' }
const BROKERS = '--bootstrap-server broker-1:9092,broker-2:9092'
const JMX_ON =
  'jcmd $(pgrep -f kafka.Kafka) ManagementAgent.start jmxremote.port=9999 jmxremote.authenticate=false jmxremote.ssl=false'
const metric = (object: string) =>
  `./bin/kafka-jmx --jmx-url service:jmx:rmi:///jndi/rmi://localhost:9999/jmxrmi --one-time --report-format properties --object-name '${object}'`

const downController = (see: LabSessionState) =>
  see.clusters[0]!.nodes.find(({ roles, up }) => roles.includes('controller') && !up)!.host

export default defineSolution({
  rest: [
    waitFor(brokersUnfenced, 'both brokers unfenced'),
    run(`./bin/kafka-topics ${BROKERS} --create --topic orders --partitions 6 --replication-factor 2`, CLIENT),
    run(`./bin/kafka-topics ${BROKERS} --create --topic audit --partitions 6 --replication-factor 1`, CLIENT),
  ],
  alarm: [
    run(JMX_ON, CONTROLLER),
    run('pkill -9 -f kafka.Kafka', { host: 'broker-2' }),
    waitFor(hasPassed('fenced'), 'the dead broker fenced'),
    run(metric('kafka.controller:type=KafkaController,name=*'), CONTROLLER),
    answer('alarm', read(/OfflinePartitionsCount:Value=(\d+)/, CONTROLLER)),
  ],
  failover: [
    run(JMX_ON, BROKER),
    fault((see) => ({ action: 'kill', host: leaderHost(see) })),
    waitFor(hasPassed('new-leader'), 'another active controller'),
    run(metric('kafka.server:type=raft-metrics'), BROKER),
    answer('failover', read(/current-epoch=(\d+)/, BROKER)),
  ],
  quiet: [
    fault((see) => ({ action: 'start', host: downController(see) })),
    fault({ action: 'start', host: 'broker-2' }),
    waitFor(hasPassed('all-clear'), 'everything back'),
    run(`./bin/kafka-leader-election ${BROKERS} --election-type preferred --all-topic-partitions`, CLIENT),
  ],
})
