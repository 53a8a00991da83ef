import { type Action, answer, defineSolution, ofVariants, read, run } from '#labs/engine/solution.ts'

const NODE_3 = { host: 'node-3' }
const CONFIG = 'config/server.properties'
const DATA = '/var/lib/kafka/data'
const DISK_2 = '/var/lib/kafka/disk-2'

/** What made it give up, as its log has it. */
const diagnosis: Action[] = [
  run('grep -m 1 -A 1 ERROR logs/server.log', NODE_3),
  answer('read', read(/((?:Exception|requirement failed): [^\r\n]+)/, NODE_3)),
]

/** Commands on node-3 that make each of them start again, with all that it had. */
export const REPAIRS: Record<string, string[]> = {
  'no-meta-properties': [
    "cluster=$(./bin/kafka-cluster cluster-id --bootstrap-server node-1:9092 | sed 's/^Cluster ID: //')",
    `directory=$(./bin/kafka-metadata-quorum --bootstrap-controller node-1:9093 describe --replication | awk '$1 == 3 { print $2 }')`,
    `printf "version=1\\nnode.id=3\\ncluster.id=$cluster\\ndirectory.id=$directory\\n" | tee ${DATA}/meta.properties`,
  ],
  'wrong-cluster-id': [
    `sed -i "s/^cluster.id=.*/$(grep ^cluster.id= ${DATA}/meta.properties)/" ${DISK_2}/meta.properties`,
  ],
  'stored-node-id': [`sed -i 's/^node.id=.*/node.id=3/' ${CONFIG}`],
  'half-formatted': [
    `./bin/kafka-storage format --config ${CONFIG} --cluster-id $(sed -n 's/^cluster.id=//p' ${DATA}/meta.properties) --ignore-formatted --no-initial-controllers`,
  ],
  'kraft-version': ["sed -i 's/ --feature kraft.version=1//' ~/format-disk.sh", '~/format-disk.sh'],
  'not-a-voter': [`sed -i 's/,4@/,3@/' ${CONFIG}`],
  'listener-not-mapped': [`sed -i 's/^listener.security.protocol.map=/&CONTROLLER:PLAINTEXT,/' ${CONFIG}`],
}
export const START = `./bin/kafka-server-start -daemon ${CONFIG}`
export const onNode3 = (commands: string[]): Action[] => commands.map((command) => run(command, NODE_3))

export default ofVariants(
  Object.fromEntries(
    Object.entries(REPAIRS).map(([variant, commands]) => [
      variant,
      defineSolution({ read: diagnosis, repair: onNode3([...commands, START]) }),
    ]),
  ),
)
