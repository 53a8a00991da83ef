/** What solution and near misses of this lab type. */
import { type Action, fault, read, run, waitFor, withRead } from '#labs/engine/solution.ts'
import { brokersUnfenced } from '../nodes.ts'

export const CLIENT = { host: 'client' }
export const QUORUM = './bin/kafka-metadata-quorum --bootstrap-server broker-1:9092'
export const START = './bin/kafka-server-start -daemon config/controller.properties'
const LOG = '/var/lib/kafka/data/__cluster_metadata-0'
/** Node and directory of each voter, as the last voters' record of the log and its snapshots says. */
export const VOTERS = `for file in ${LOG}/*.checkpoint ${LOG}/*.log; do ./bin/kafka-dump-log --cluster-metadata-decoder --files $file; done | grep -o '"voterId":[0-9]*,"voterDirectoryId":"[^"]*"' | sed 's/[^0-9]*\\([0-9]*\\).*:"\\(.*\\)"/\\1 \\2/' | tail -3`

export const lose: Action[] = [
  waitFor((see) => see.clusters[0]!.leader !== null && brokersUnfenced(see), 'a leader, and all brokers unfenced'),
  fault({ action: 'wipe', host: 'controller-2' }),
  fault({ action: 'wipe', host: 'controller-3' }),
]

export const format = (host: string): Action =>
  run(
    './bin/kafka-storage format --no-initial-controllers --config config/controller.properties --cluster-id $(./bin/kafka-cluster cluster-id --bootstrap-server broker-1:9092 | cut -d" " -f3)',
    { host },
  )

/** As the voter that it was: by the directory id that the survivor's log has. */
export const revive = (host: string, node: number): Action[] => [
  format(host),
  run(
    withRead(
      read(new RegExp(`${node} (\\S{22})`), { host: 'controller-1' }),
      (id) => `sed -i 's/^directory.id=.*/directory.id=${id}/' /var/lib/kafka/data/meta.properties`,
    ),
    { host },
  ),
  run(START, { host }),
]
