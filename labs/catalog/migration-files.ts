/** What a node's configuration needs for a migration from ZooKeeper, as commands on its host. */

export const BROKER_HOSTS = ['broker-1', 'broker-2', 'broker-3']
export const CONTROLLER_HOSTS = ['controller-1', 'controller-2', 'controller-3']
export const VOTERS = '101@controller-1:9093,102@controller-2:9093,103@controller-3:9093'
/** What a broker has in its file for as long as it migrates, and no longer. */
export const MIGRATING = [
  'zookeeper.metadata.migration.enable',
  'controller.quorum.voters',
  'controller.listener.names',
]
const appended = (file: string, ...properties: string[]): string =>
  `printf '%s\\n' ${properties.join(' ')} >> config/${file}.properties`

const ENABLED = 'zookeeper.metadata.migration.enable=true'
export const CONTROLLER_MIGRATES = appended('controller', 'zookeeper.connect=zookeeper-1:2181', ENABLED)
export const BROKER_MIGRATES = appended(
  'server',
  ENABLED,
  `controller.quorum.voters=${VOTERS}`,
  'controller.listener.names=CONTROLLER',
)
/** A broker of a quorum, in place of ZooKeeper's. */
export const BROKER_LEAVES =
  "sed -i -e 's/^broker.id=/node.id=/' -e '/^zookeeper/d' -e '1i process.roles=broker' config/server.properties"
/** And back: ZooKeeper's again, while the migration goes on. */
export const BROKER_RETURNS =
  "sed -i -e '/^process.roles/d' -e 's/^node.id=/broker.id=/' -e '$a zookeeper.connect=zookeeper-1:2181\\nzookeeper.metadata.migration.enable=true' config/server.properties"
export const BROKER_FORGETS =
  "sed -i -e '/^zookeeper.metadata.migration.enable/d' -e '/^controller.quorum/d' -e '/^controller.listener/d' config/server.properties"
/** In place of the id: asked of ZooKeeper. */
export const CLUSTER_ID = `"$(./bin/zookeeper-shell zookeeper-1:2181 get /cluster/id 2>/dev/null | sed -n 's/.*"id":"\\([^"]*\\)".*/\\1/p')"`
/** @param clusterId as the shell is to see it */
export const format = (clusterId = CLUSTER_ID): string =>
  `./bin/kafka-storage format --cluster-id ${clusterId} --config config/controller.properties`
