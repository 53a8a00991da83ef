import {
  answer,
  defineSolution,
  fault,
  hasPassed,
  leaderHost,
  predict,
  read,
  run,
  waitFor,
} from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'

export const brokerReady = waitFor(
  (see) => see.clusters[0]!.nodes.some(({ host, fenced }) => host === 'broker-1' && fenced === false),
  'broker-1 unfenced',
)
/** The host all of whose links are cut. */
export const isolated = (see: LabSessionState): string =>
  see.clusters[0]!.nodes.find(({ host }) => see.cuts.filter(({ from }) => from === host).length > 1)!.host
export const write = (host: string): string =>
  `timeout 8 ./bin/kafka-configs --bootstrap-controller ${host}:9093 --alter --entity-type brokers --entity-default --add-config message.max.bytes=2000000`

export default defineSolution({
  alone: [
    brokerReady,
    // The terminal is there before the cut: the leader has 15 seconds.
    run('true', { host: leaderHost }),
    fault((see) => ({ action: 'isolate', host: leaderHost(see) })),
    waitFor((see) => see.cuts.length > 0, 'the cut links'),
    run((see) => write(isolated(see)), { host: isolated }),
    waitFor(hasPassed('new-leader'), 'the leader of the other side'),
  ],
  differ: [
    run('cat /var/lib/kafka/data/__cluster_metadata-0/leader-epoch-checkpoint', { host: leaderHost }),
    answer('differ', read(/^\d+ (\d+)\s*$/m, { host: leaderHost })),
  ],
  heal: [predict('heal', 'no'), fault({ action: 'heal', host: null })],
})
