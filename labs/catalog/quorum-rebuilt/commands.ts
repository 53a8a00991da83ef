/** What solution and near misses of this lab type. */
import { type Action, fault, run, type Shown, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'
import { controllers, follower } from '../nodes.ts'

export const CLIENT = { host: 'client' }
export const QUORUM = './bin/kafka-metadata-quorum --bootstrap-server broker-1:9092'
export const START = './bin/kafka-server-start -daemon config/controller.properties'
const LOG = '/var/lib/kafka/data/__cluster_metadata-0'
/** Node and directory of each voter, as the last voters' record of the log and its snapshots says. */
export const VOTERS = `for file in ${LOG}/*.checkpoint ${LOG}/*.log; do ./bin/kafka-dump-log --cluster-metadata-decoder --files $file; done | grep -o '"voterId":[0-9]*,"voterDirectoryId":"[^"]*"' | sed 's/[^0-9]*\\([0-9]*\\).*:"\\(.*\\)"/\\1 \\2/' | tail -3`

type Of = (see: LabSessionState) => string
/** The one whose disk is whole; it never left. */
export const survivor: Of = (see) => controllers(see).find(({ up }) => up)!.host
const lost = (see: LabSessionState) => controllers(see).filter(({ up }) => !up)
export const firstLost: Of = (see) => lost(see)[0]!.host
/** When the first is back. */
export const lastLost: Of = (see) => lost(see).at(-1)!.host

/** Two that follow: the one that is left has led, and its epoch goes on. */
export const lose: Action[] = [
  fault((see) => ({ action: 'wipe', host: follower(see) })),
  waitFor((see) => lost(see).length === 1, 'one down'),
  fault((see) => ({ action: 'wipe', host: follower(see) })),
  waitFor((see) => lost(see).length === 2, 'two down'),
]

export const format = (host: Of): Action =>
  run(
    './bin/kafka-storage format --no-initial-controllers --config config/controller.properties --cluster-id $(./bin/kafka-cluster cluster-id --bootstrap-server broker-1:9092 | cut -d" " -f3)',
    { host },
  )

const withId = (id: string): string =>
  `sed -i 's/^directory.id=.*/directory.id=${id}/' /var/lib/kafka/data/meta.properties`

/** What VOTERS has shown on the survivor, of one node. @throws Error where it is not there */
export const directoryOf = (host: Of): Shown => ({
  host: survivor,
  tell: (shown, see) => {
    const { node } = controllers(see).find((one) => one.host === host(see))!
    const id = shown.match(new RegExp(`${node} (\\S{22})`))?.[1]
    if (!id) throw new Error(`no voter ${node} is shown in: ${shown}`)
    return id
  },
  as: '…',
})

/** As the voter that it was: by the directory id that the survivor's log has. */
export const revive = (host: Of): Action[] => {
  const directory = directoryOf(host)
  return [
    format(host),
    run({ ...directory, tell: (shown, see) => withId(directory.tell(shown, see)), as: withId('…') }, { host }),
    run(START, { host }),
  ]
}
