import {
  type Action,
  answer,
  CTRL_C,
  defineSolution,
  hasPassed,
  keys,
  ofVariants,
  run,
  waitFor,
} from '#labs/engine/solution.ts'

const CLIENT = { host: 'client' }
const NODE = { host: 'node-1' }
const CONFIG = 'config/server.properties'

export const PROPERTIES: Record<string, string> = {
  'advertised-localhost': 'advertised.listeners',
  'advertised-port': 'advertised.listeners',
  'internal-topics': 'offsets.topic.replication.factor',
}
const ADVERTISED =
  "sed -i 's#^advertised.listeners=.*#advertised.listeners=PLAINTEXT://node-1:9092,CONTROLLER://node-1:9093#' config/server.properties"
const REPAIRS: Record<string, string> = {
  'advertised-localhost': ADVERTISED,
  'advertised-port': ADVERTISED,
  'internal-topics': `sed -i 's/^offsets.topic.replication.factor=.*/offsets.topic.replication.factor=1/' ${CONFIG}`,
}

export const STOP = "./bin/kafka-server-stop; while pgrep -f 'kafka[.]Kafka' > /dev/null; do sleep 0.2; done"
export const START = `rm -f logs/*; ./bin/kafka-server-start -daemon ${CONFIG}; until grep -qs 'Kafka Server started' logs/server.log; do sleep 0.3; done`
export const repaired = (variant: string): Action[] =>
  [STOP, REPAIRS[variant]!, START].map((command) => run(command, NODE))
export const consume = (where: { host: string }): Action =>
  run('./bin/kafka-console-consumer --bootstrap-server node-1:9092 --topic orders --group billing --from-beginning', {
    ...where,
    wait: false,
  })

export default ofVariants(
  Object.fromEntries(
    Object.entries(PROPERTIES).map(([variant, property]) => [
      variant,
      defineSolution({
        find: [run(`grep -n '${property}' ${CONFIG}`, NODE), answer('find', property)],
        serve: [
          ...repaired(variant),
          consume(CLIENT),
          waitFor(hasPassed('client-reads'), 'the consumer to have read everything'),
          keys(CTRL_C, CLIENT),
        ],
      }),
    ]),
  ),
)
