import { type Action, answer, defineSolution, hasStopped, read, run, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'

export const CLIENT = { host: 'client' }
/** Older Kafkas have no class-data archive: six of them start in half a minute where the machine is busy. */
const PATIENCE_MS = 150_000
const FEATURES = './bin/kafka-features --bootstrap-server broker-1:9092,broker-2:9092'
const nodeOn = (see: LabSessionState, host: string) => see.clusters[0]!.nodes.find((node) => node.host === host)!

export const allWell = waitFor(
  (see) =>
    see.clusters[0]!.leader !== null &&
    see.clusters[0]!.nodes.every(
      ({ up, roles, fenced, view }) =>
        up && (roles.includes('broker') ? fenced === false : view?.leader === see.clusters[0]!.leader),
    ),
  'all nodes up and none fenced',
  PATIENCE_MS,
)

export const upgrade = (host: string, stop = './bin/kafka-server-stop'): Action[] => [
  allWell,
  run(stop, { host }),
  waitFor(hasStopped(host), `${host} stopped`),
  run('ln -sfn /opt/kafka-4.3.1 ~/current', { host }),
  run(`./bin/kafka-server-start -daemon config/${host.startsWith('broker') ? 'broker' : 'controller'}.properties`, {
    host,
  }),
  waitFor((see) => nodeOn(see, host).up, `${host} up`),
  allWell,
]

export default defineSolution({
  before: [
    allWell,
    run(`${FEATURES} describe`, CLIENT),
    answer('before', read(/metadata\.version.*FinalizedVersionLevel: (\S+)/, CLIENT)),
  ],
  controllers: ['controller-1', 'controller-2', 'controller-3'].flatMap((host) => upgrade(host)),
  brokers: ['broker-1', 'broker-2', 'broker-3'].flatMap((host) => upgrade(host)),
  finish: [run(`${FEATURES} upgrade --release-version 4.3`, CLIENT)],
})
