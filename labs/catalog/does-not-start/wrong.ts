import { type Action, answer, defineWrong, fault, ofVariants, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'
import { onNode3, REPAIRS, START } from './solution.ts'

const DATA = '/var/lib/kafka/data'
const CONFIG = 'config/server.properties'

const node3 = (see: LabSessionState) => see.clusters[0]!.nodes.find(({ host }) => host === 'node-3')
const unfenced = waitFor((see) => node3(see)?.up === true && node3(see)?.fenced === false, 'node-3 unfenced')

const OTHER_DIRECTORY = 'directory.id=Zb7kQ2wYRr6mJ1xTnVdE8g'
const isStatic = (variant: string) => variant === 'kraft-version' || variant === 'not-a-voter'

/** All that was there is thrown away, and the node starts as a new one under the old number. */
function anew(variant: string): Action[] {
  const id = `$(./bin/kafka-cluster cluster-id --bootstrap-server node-1:9092 | sed 's/^Cluster ID: //')`
  const how = isStatic(variant) ? '' : ' --no-initial-controllers'
  const needed = ['stored-node-id', 'not-a-voter', 'listener-not-mapped'].includes(variant) ? REPAIRS[variant]! : []
  return onNode3([
    ...needed,
    `rm -rf ${DATA}/* /var/lib/kafka/disk-2/*`,
    `./bin/kafka-storage format --config ${CONFIG} --cluster-id ${id}${how}`,
    START,
  ])
}

export default ofVariants(
  Object.fromEntries(
    Object.entries(REPAIRS).map(([variant, repair]) => [
      variant,
      defineWrong({
        'read-answer': {
          why: 'the line of the log that is there at each start',
          do: [
            answer(
              'read',
              'INFO Registered `kafka:type=kafka.Log4jController` MBean (kafka.utils.Log4jControllerRegistration$)',
            ),
          ],
        },
        runs: {
          why: 'it is repaired and runs, and nothing reaches it: its broker stays fenced',
          do: [...onNode3(repair), fault({ action: 'isolate', host: 'node-3' }), ...onNode3([START])],
        },
        votes: isStatic(variant)
          ? {
              why: 'it is repaired, and then cut off before it has caught up',
              do: [...onNode3(repair), fault({ action: 'isolate', host: 'node-3' }), ...onNode3([START])],
            }
          : {
              why: 'all is repaired but the directory id: the voter is another disk, and the node only observes',
              do: [
                ...onNode3([
                  ...repair,
                  `sed -i 's/^directory.id=.*/${OTHER_DIRECTORY}/' ${DATA}/meta.properties`,
                  START,
                ]),
                unfenced,
              ],
            },
        'same-disk': {
          why: 'the disk is formatted anew: the node works, as another disk',
          do: [...anew(variant), unfenced],
        },
        records: {
          why: 'the directory of orders is removed from the disk: the node serves an empty partition',
          do: [...onNode3([`rm -rf ${DATA}/orders-0`, ...repair, START]), unfenced],
        },
      }),
    ]),
  ),
)
