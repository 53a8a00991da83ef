import { answer, CTRL_C, defineWrong, hasPassed, keys, ofVariants, run, shows, waitFor } from '#labs/engine/solution.ts'
import { consume, PROPERTIES, repaired, START, STOP } from './solution.ts'

const CLIENT = { host: 'client' }
const NODE = { host: 'node-1' }

export default ofVariants(
  Object.fromEntries(
    Object.keys(PROPERTIES).map((variant) => [
      variant,
      defineWrong({
        'find-answer': {
          why: 'another property that has to do with it',
          do: [answer('find', 'listeners')],
        },
        'offsets-topic': {
          why: 'the records are read from the partition itself, without a group',
          do: [
            ...repaired(variant),
            run(
              './bin/kafka-console-consumer --bootstrap-server node-1:9092 --topic orders --partition 0 --offset earliest',
              { ...CLIENT, wait: false },
            ),
            shows(/order-40/, CLIENT),
          ],
        },
        'client-reads': {
          why: 'the group reads everything, but where the node itself runs',
          do: [
            ...repaired(variant),
            consume(NODE),
            shows(/order-40/, NODE),
            // Its offsets are committed five seconds later; until then it is refused for another reason.
            waitFor(
              (see) =>
                see.steps.some(({ checks }) =>
                  checks.some(({ id, says }) => id === 'client-reads' && /runs on/.test(says)),
                ),
              'the group to have read everything',
            ),
          ],
        },
        'nothing-lost': {
          why: 'the disk is formatted anew, and the same records are written again',
          do: [
            run(STOP, NODE),
            ...repaired(variant).slice(1, 2),
            run('rm -rf /var/lib/kafka/data/*', NODE),
            run(
              './bin/kafka-storage format --config config/server.properties --cluster-id $(./bin/kafka-storage random-uuid) --standalone',
              NODE,
            ),
            run(START, NODE),
            run(
              "./bin/kafka-topics --bootstrap-server node-1:9092 --create --topic orders && seq -f 'order-%02g' 1 40 | ./bin/kafka-console-producer --bootstrap-server node-1:9092 --topic orders",
              NODE,
            ),
            consume(CLIENT),
            waitFor(hasPassed('client-reads'), 'the consumer to have read everything'),
            keys(CTRL_C, CLIENT),
          ],
        },
      }),
    ]),
  ),
)
